"""What a roster costs, term by term, as the model of a span prices it (coverage, ordinary week, rest, leave, requests).

A person's terms belong to single days; one of them depends on the blocks from the day before to two days after.
Knows no PuLP, so that a web process can ask.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, get_args

from scheduling.solver.roster.coverage import Demand, counted_there, regular_shifts
from scheduling.solver.roster.frame import Frame
from scheduling.solver.roster.limits import forbidden_days
from scheduling.solver.roster.problem import Request, WorkedBlock
from scheduling.solver.roster.requests import is_meant

Kind = Literal[
    "missing",  # people that a block lacks
    "over",  # people beyond the most that a block takes
    "cross_cover",  # blocks of another rotation than one's own
    "regular",  # blocks of the ordinary week not worked, and not for leave, another block or post-call
    "short_rest",  # less than the advisory rest (6.21) between two blocks
    "into_leave",  # blocks that end on a day of leave
    "refused",  # requests
    "nights",  # distance from the fair share, as the next four
    "weekends",
    "holidays",
    "minutes",
    "backups",
]
KINDS: tuple[Kind, ...] = get_args(Kind)

type ByDay = Mapping[int, Sequence[WorkedBlock]]
type Term = tuple[Kind, float]

REACH = (-2, 1)  # the days around a block, relative to its own, whose terms it may change


def block_terms(demand: Demand, cell: tuple[str, str, int], groups: Sequence[str]) -> Iterator[Term]:
    """What a block costs, given the groups of the people in it, by each row of coverage that holds."""
    for row in demand.on(*cell):
        there = counted_there(row, groups)
        if there < row.fewest:
            yield "missing", (row.fewest - there) * row.price_below
        if row.most is not None and there > row.most:
            yield "over", (there - row.most) * row.price_above


def day_terms(demand: Demand, person: int, by_day: ByDay, day: int, requests: Sequence[Request]) -> Iterator[Term]:
    """What one person's day costs besides fairness; `requests` are those that the person has for this day."""
    frame = demand.frame
    blocks = by_day.get(day, ())
    for block in blocks:
        if price := cover_price(demand, person, block):
            yield "cross_cover", price
        if frame.into_leave(person, block.shift_type, day):
            yield "into_leave", frame.problem.prices.into_leave
    for code in _owed(frame, person, day):
        if not is_in_its_place(frame, by_day, day, code):
            yield "regular", frame.problem.prices.missing_regular
    for _ in range(_short_rests(frame, person, by_day, day)):
        yield "short_rest", frame.problem.prices.short_rest
    for request in requests:
        if any(is_meant(request, block) for block in blocks) != request.wants:
            yield "refused", request.price


def cover_price(demand: Demand, person: int, block: WorkedBlock) -> float:
    """The price of calling the person to a block of another rotation: the least that the program's rules ask, and
    nothing where none allows it (a human did)."""
    frame = demand.frame
    home = frame.placed[person].get(block.day)
    if home is None or home == block.rotation:
        return 0.0
    group, weekday = frame.problem.people[person].group, frame.weekday(block.day)
    return min(
        (
            cover.price
            for cover in demand.covering.get(home, ())
            if cover.covers == block.rotation
            and block.shift_type in cover.shift_types
            and (cover.groups is None or group in cover.groups)
            and (cover.weekdays is None or weekday in cover.weekdays)
        ),
        default=0.0,
    )


def _owed(frame: Frame, person: int, day: int) -> Sequence[str]:
    return () if day in forbidden_days(frame.problem.people[person]) else regular_shifts(frame, person, day)


def is_in_its_place(frame: Frame, by_day: ByDay, day: int, code: str) -> bool:
    """Whether the ordinary block is worked, or another block or a post-call day takes its place."""
    if any(not frame.joined(code, block.shift_type) for block in by_day.get(day, ())):
        return True
    return any(frame.post_call(block.shift_type) for block in by_day.get(day - 1, ()))


def _short_rests(frame: Frame, person: int, by_day: ByDay, day: int) -> int:
    """Blocks of the next two days that follow one of this day too soon, where no harder rule forbids the pair."""
    if not frame.prices_rest or frame.problem.people[person].faculty:
        return 0
    pairs = (
        (one.shift_type, day, other.shift_type, later)
        for one in by_day.get(day, ())
        for later in (day + 1, day + 2)
        for other in by_day.get(later, ())
    )
    return sum(1 for pair in pairs if frame.short_rest(*pair) and frame.clash(*pair, faculty=False) is None)
