"""What the problems of a schedule are found from, read in a constant number of queries.

The ground is all but the schedule's own roster, and stays the same one for as long as its stamp does: most edits are of
the roster. The roster comes as one text for each person, by which what was found of it before is known again.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet, StringAgg, TextField, Value
from django.db.models.functions import Cast, Concat

from people.kept import Kept
from people.prepared import prepared
from scheduling.models import Assignment, Block, Schedule
from scheduling.rules import Rulebook
from scheduling.services import facts as facts_
from scheduling.services.checking import book_of
from scheduling.services.facts import Facts
from scheduling.services.fairness import Balance, Measured, balances_before, measured_by
from scheduling.services.house_rules import Call, house_rules
from scheduling.services.live_problems.label import RECENT, ground_stamp
from scheduling.services.plan_problem import schedule_before
from scheduling.services.plan_verdicts import PlanRules, plan_rules
from scheduling.services.roster_build import Plan, stored_plan
from scheduling.services.staffing import Need, needs_of
from scheduling.services.year_grid import Year, read_year

DAY = timedelta(days=1)
MOST = 8  # grounds that are kept, of some 10 MB each for 60 people with what was found of them


class Taken(NamedTuple):
    """What a person holds in a block, by keys."""

    block: int
    rotation: int
    role: str
    override: str


class When(NamedTuple):
    """A block: its day, its shift type's key, its instants."""

    day: date
    shift_type: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Roster:
    """Who holds what, by the person's key: blocks with rotations as a text such as "31 4,32 4"; and of the few that
    are no primary's, or have an override, (block, role, override)."""

    texts: Mapping[int, str]
    marks: Mapping[int, Sequence[tuple[int, str, str]]]


@dataclass(frozen=True, eq=False)
class Ground:
    """A schedule but for its roster. `recent` is by person's key what they held in the last weeks of what was published
    before it, without overrides. `found` remembers what was found of each person's roster on this ground."""

    facts: Facts
    book: Rulebook
    plan: Plan
    blocks: Mapping[int, When]
    recent: Mapping[int, Sequence[Taken]]
    year: Year
    needs: Sequence[Need]
    calls: Sequence[Call]
    rules: PlanRules | None
    measured: Measured
    before: Mapping[int, Balance]
    found: Kept[Any] = field(repr=False)
    known: dict[str, Any] = field(default_factory=dict, repr=False)

    @cached_property
    def period_of(self) -> Mapping[date, int]:
        """The place of each day's period among the schedule's, from 0; days of no period are not there."""
        found = {}
        for place, period in enumerate(self.facts.periods):
            for offset in range((period.end_date - period.start_date).days + 1):
                found[period.start_date + offset * DAY] = place
        return found


def known[T](ground: Ground, name: str, make: Callable[[], T]) -> T:
    """What a part of the search works out of the ground alone, once."""
    if name not in ground.known:
        ground.known[name] = make()
    found: T = ground.known[name]
    return found


_grounds: Kept[Ground] = Kept(MOST)


def ground_of(schedule: Schedule, stamp: str) -> tuple[Ground, bool]:
    """The ground of a schedule, and whether it is certainly that of the stamp, which was read before: blank where there
    is none, and then nothing is certain.

    It is kept only if the stamp is the same afterwards: a row that came meanwhile and goes again would stay in it.
    Raises ValidationError where the program's rule settings are wrong.
    """
    found = _grounds.find((schedule.pk, stamp)) if stamp else None
    if found is not None:
        return found, True
    found = read_ground(schedule)
    is_certain = bool(stamp) and ground_stamp(schedule) == stamp
    if is_certain:
        _grounds.put((schedule.pk, stamp), found)
    return found, is_certain


def forget() -> None:
    """All grounds that are kept: for tests."""
    _grounds.clear()


def read_ground(schedule: Schedule) -> Ground:
    facts = facts_.load(schedule)
    before = schedule_before(facts.schedule)
    blocks = {pk: When(*rest) for pk, *rest in _blocks_of(facts, facts.first - RECENT if before else facts.first)}
    recent: dict[int, list[Taken]] = defaultdict(list)
    if before is not None:
        near = [pk for pk, when in blocks.items() if when.day < facts.first]
        taken = Assignment.objects.filter(schedule=before, block__in=near).order_by("person_id", "block_id")
        for person, block, rotation, role in taken.values_list("person_id", "block_id", "rotation_id", "role"):
            recent[person].append(Taken(block, rotation, role, ""))
    plan, program = stored_plan(facts), facts.schedule.program
    year = read_year(program, facts.schedule)
    return Ground(
        facts=facts,
        book=book_of(facts),
        plan=plan,
        blocks=blocks,
        recent=recent,
        year=year,
        needs=needs_of(program),
        calls=house_rules(facts).cross_cover,
        rules=plan_rules(facts.schedule, year, facts=facts) if year.has_plan else None,
        measured=measured_by(facts, plan, facts.last, ((pk, when.day, when.shift_type) for pk, when in blocks.items())),
        before=balances_before(facts),
        found=Kept(3 * len(facts.people) + 64),
    )


def _blocks_of(facts: Facts, since: date) -> Sequence[tuple[Any, ...]]:
    rows = Block.objects.filter(shift_type__in=list(facts.shift_types), date__range=(since, facts.last)).order_by()
    return list(rows.values_list("pk", "date", "shift_type_id", "starts_at", "ends_at"))


def read_roster(schedule: Schedule) -> Roster:
    """The roster (2 queries). By schedule alone: a join to the days would cost more than all else."""
    marks: dict[int, list[tuple[int, str, str]]] = defaultdict(list)
    for person, *rest in _marked(schedule.pk):
        marks[person].append(tuple(rest))
    return Roster(dict(_texts(schedule.pk)), marks)


@prepared
def _texts(schedule: int) -> QuerySet[Any, Any]:
    pair = Concat(Cast("block_id", TextField()), Value(" ", TextField()), Cast("rotation_id", TextField()))
    rows = Assignment.objects.filter(schedule=schedule).order_by().values("person_id")
    return rows.annotate(text=StringAgg(pair, Value(",", TextField()))).values_list("person_id", "text")


@prepared
def _marked(schedule: int) -> QuerySet[Any, Any]:
    rows = Assignment.objects.filter(schedule=schedule).order_by("person_id", "block_id")
    rows = rows.filter(~Q(role=Assignment.Role.PRIMARY) | ~Q(override=""))
    return rows.values_list("person_id", "block_id", "role", "override")
