"""How much everybody has worked in a schedule beside their fair share, as the optimiser's ledger measures it.

A fair share is a person's part of what their group (the level with its track) works: in proportion to the days they are
there and not on leave, times their part-time share, over the whole schedule. What they were above or below in the
schedule published before comes on top.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from scheduling.models import Assignment, Block, Schedule
from scheduling.services import facts as facts_
from scheduling.services.facts import Facts
from scheduling.services.plan_problem import schedule_before
from scheduling.services.roster_build import Plan, outline, stored_plan
from scheduling.solver.roster.frame import Frame
from scheduling.solver.roster.ledger import groups, presences, weekend_of
from scheduling.solver.roster.problem import MEASURES, Measure, Tally

NOTHING = Tally()


@dataclass(frozen=True, slots=True)
class Balance:
    """What a person works in a schedule, and their fair share of what their group works there.

    `carried` is what they had worked beyond their fair share before it. Weekends are weekends with any work, and
    holidays days; minutes are counted minutes.
    """

    worked: Tally
    fair: Tally
    group: str
    carried: Tally = NOTHING
    part: float = 0.0  # of what the group works; 0 for somebody who is never there

    def over(self, measure: Measure) -> float:
        """What they have worked beyond (above 0) or below their fair share, with what was carried over."""
        here: float = getattr(self.worked, measure) - getattr(self.fair, measure)
        before: float = getattr(self.carried, measure)
        return here + before


def balances(schedule: Schedule, *, until: date | None = None, facts: Facts | None = None) -> Mapping[int, Balance]:
    """Everybody who is in the plan or the roster, by the person's key; `until`: counted to this day, it included.

    Pass `facts` where they are loaded already. Raises ValidationError where the program's settings are wrong.
    """
    facts = facts or facts_.load(schedule)
    return with_carried(_within(facts, until or facts.last), balances_before(facts))


def balances_before(facts: Facts) -> Mapping[int, Balance]:
    """Everybody's balance in the schedule published before, to its end."""
    before = schedule_before(facts.schedule)
    return _within(facts_.load(before), facts.first - timedelta(days=1)) if before else {}


def with_carried(found: Mapping[int, Balance], before: Mapping[int, Balance]) -> Mapping[int, Balance]:
    """The balances, with what these people were above or below before."""
    return {key: replace(mine, carried=_beyond(before[key])) if key in before else mine for key, mine in found.items()}


def _beyond(balance: Balance) -> Tally:
    return Tally(**{measure: balance.over(measure) for measure in MEASURES})


def _within(facts: Facts, last: date) -> dict[int, Balance]:
    """The balances of a schedule's days until the last one, without what was carried into it."""
    plan = stored_plan(facts)
    worked = list(Assignment.objects.filter(schedule=facts.schedule).order_by().values_list("person_id", "block_id"))
    blocks = Block.objects.filter(shift_type__in=list(facts.shift_types), date__range=(facts.first, last)).order_by()
    found = measured_by(facts, plan, last, blocks.values_list("pk", "date", "shift_type_id"))
    mine: dict[int, list[int]] = defaultdict(list)
    for person, block in worked:
        mine[person].append(block)
    return found.balances({person: found.tally(person, held) for person, held in mine.items()})


# What working one block counts: minutes, night, backup, and the weekend and the holiday that it lies in.
type _Counts = tuple[int, bool, bool, int | None, int | None]


@dataclass(frozen=True, slots=True)
class Measured:
    """What a schedule's work is measured by: each group's members with what their parts are in proportion to, who is
    in the plan or faculty, and what each block counts. People and blocks go by keys."""

    groups: Mapping[str, Mapping[int, float]]
    placed: frozenset[int]
    faculty: frozenset[int]
    blocks: Mapping[int, _Counts]

    def tally(self, person: int, blocks: Iterable[int]) -> Tally:
        """What somebody works who holds these blocks; weekends and holidays once, however many blocks lie in them."""
        counted = [self.blocks[block] for block in blocks if block in self.blocks]
        if not counted:
            return NOTHING
        minutes, nights, backups, weekends, holidays = zip(*counted, strict=True)
        return Tally(
            nights=0 if person in self.faculty else sum(nights),
            weekends=len({*weekends} - {None}),
            holidays=len({*holidays} - {None}),
            minutes=sum(minutes),
            backups=sum(backups),
        )

    def balances(self, done: Mapping[int, Tally]) -> dict[int, Balance]:
        """Those of everybody who is in the plan or has worked something, from what all have worked."""
        found = {}
        for group, there in self.groups.items():
            members = [person for person in there if person in self.placed or person in done]
            whole = sum(there[person] for person in members)
            mine = {person: done.get(person, NOTHING) for person in members}
            total = {measure: sum(getattr(each, measure) for each in mine.values()) for measure in MEASURES}
            for person in members:
                part = there[person] / whole if whole else 0.0
                fair = Tally(**{measure: total[measure] * part for measure in MEASURES})
                found[person] = Balance(mine[person], fair, group, part=part)
        return found


def measured_by(facts: Facts, plan: Plan, last: date, blocks: Iterable[tuple[int, date, int]]) -> Measured:
    """From the first day to the last one; `blocks` are keys with dates and shift types."""
    frame = Frame(outline(facts, plan, facts.people))
    days = (0, (min(last, facts.last) - facts.first).days)
    placed = {code for code, _ in plan}
    return Measured(
        groups={
            group: {facts.people[number].pk: amount for number, amount in presences(frame, members, days).items()}
            for group, members in groups(frame).items()
        },
        placed=frozenset(person.pk for person in facts.people if person.code in placed),
        faculty=frozenset(
            person.pk for person, row in zip(facts.people, frame.problem.people, strict=True) if row.faculty
        ),
        blocks=_counted(facts, frame, last, blocks),
    )


def _counted(facts: Facts, frame: Frame, last: date, blocks: Iterable[tuple[int, date, int]]) -> dict[int, _Counts]:
    """What each block until a day counts. Backup is no work: no weekend and no holiday is lost to it."""
    found: dict[int, _Counts] = {}
    for key, on, shift_type in blocks:
        if not facts.first <= on <= last:
            continue
        code, day = facts.shift_types[shift_type].code, (on - facts.first).days
        shift = frame.shifts[code]
        backup = shift.duty == "backup"
        weekend, holiday = (None, None) if backup else (weekend_of(frame, day), day if day in frame.holidays else None)
        found[key] = frame.counted(code, day), shift.night, backup, weekend, holiday
    return found
