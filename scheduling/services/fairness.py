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
from scheduling.services.roster_build import outline, stored_plan
from scheduling.solver.roster.frame import Frame
from scheduling.solver.roster.ledger import groups, weekend_of, weights
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
    found = _within(facts, until or facts.last)
    before = schedule_before(facts.schedule)
    if before is None:
        return found
    carried = _within(facts_.load(before), facts.first - timedelta(days=1))
    return {
        key: replace(mine, carried=_beyond(carried[key])) if key in carried else mine for key, mine in found.items()
    }


def _beyond(balance: Balance) -> Tally:
    return Tally(**{measure: balance.over(measure) for measure in MEASURES})


def _within(facts: Facts, last: date) -> dict[int, Balance]:
    """The balances of a schedule's days until the last one, without what was carried into it."""
    plan = stored_plan(facts)
    worked = list(Assignment.objects.filter(schedule=facts.schedule).order_by().values_list("person_id", "block_id"))
    placed, working = {code for code, _ in plan}, {person for person, _ in worked}
    people = [person for person in facts.people if person.code in placed or person.pk in working]
    frame = Frame(outline(facts, plan, people))
    days = (0, (min(last, facts.last) - facts.first).days)
    faculty = {person.pk for person, row in zip(people, frame.problem.people, strict=True) if row.faculty}
    done = _tallies(worked, _blocks(facts, frame, last), faculty)
    found = {}
    for group, members in groups(frame).items():
        parts = weights(frame, members, days)
        mine = {number: done.get(people[number].pk, NOTHING) for number in members}
        total = {measure: sum(getattr(each, measure) for each in mine.values()) for measure in MEASURES}
        for number in members:
            fair = Tally(**{measure: total[measure] * parts[number] for measure in MEASURES})
            found[people[number].pk] = Balance(mine[number], fair, group, part=parts[number])
    return found


# What working one block counts: minutes, night, backup, and the weekend and the holiday that it lies in.
type _Counts = tuple[int, bool, bool, int | None, int | None]


def _blocks(facts: Facts, frame: Frame, last: date) -> dict[int, _Counts]:
    """By the block's key, for all blocks until a day. Backup is no work: no weekend and no holiday is lost to it."""
    rows = Block.objects.filter(shift_type__in=list(facts.shift_types), date__range=(facts.first, last)).order_by()
    found: dict[int, _Counts] = {}
    for key, on, shift_type in rows.values_list("pk", "date", "shift_type_id"):
        code, day = facts.shift_types[shift_type].code, (on - facts.first).days
        shift = frame.shifts[code]
        backup = shift.duty == "backup"
        weekend, holiday = (None, None) if backup else (weekend_of(frame, day), day if day in frame.holidays else None)
        found[key] = frame.counted(code, day), shift.night, backup, weekend, holiday
    return found


def _tallies(worked: Iterable[tuple[int, int]], blocks: Mapping[int, _Counts], faculty: set[int]) -> dict[int, Tally]:
    """By person's key, what they work; weekends and holidays once, however many blocks are worked in them."""
    blocks_of: dict[int, list[_Counts]] = defaultdict(list)
    for person, block in worked:
        if counts := blocks.get(block):
            blocks_of[person].append(counts)
    found = {}
    for person, mine in blocks_of.items():
        minutes, nights, backups, weekends, holidays = zip(*mine, strict=True)
        found[person] = Tally(
            nights=0 if person in faculty else sum(nights),
            weekends=len({*weekends} - {None}),
            holidays=len({*holidays} - {None}),
            minutes=sum(minutes),
            backups=sum(backups),
        )
    return found
