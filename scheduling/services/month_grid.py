"""A month of a roster: people x days with who works what, and the counters of its rows and columns."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet, StringAgg, TextField, Value
from django.db.models.functions import Cast, Concat

from people.models import Program
from people.prepared import prepared
from people.standing import Rank, Ranks
from scheduling.models import Assignment, Period, Schedule
from scheduling.services.facts import Facts
from scheduling.services.grid_rows import Catalog, Group, Leave, Row, Wanted, merged, vacation_between
from scheduling.services.grid_setup import Setup, blocks_between, read_setup_of_month
from scheduling.services.month_ground import ground_of_month, rows_of_month
from scheduling.services.month_rows import Day, Duty, PersonMonth, Shift, counting, dates_between, person_month
from scheduling.services.month_staffing import Counted, Presence, Rules, counted, lines_of, rules_of
from scheduling.services.staffing import Line, Need, needs_of

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Month:
    """All that the grid shows; `people` and `total` count the rows shown and the people there are."""

    days: Sequence[Day]
    groups: Sequence[Group[PersonMonth]]
    people: int
    total: int
    staffing: Sequence[Line]
    catalog: Catalog
    has_roster: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Sheet:
    """The columns of a month, the blocks that belong to them or to the night before, and the rules of their staffing.
    The same object for as long as they are the same."""

    days: tuple[Day, ...]
    blocks: Mapping[int, Shift]
    rules: Rules


class _Worked(NamedTuple):
    """What a person works: blocks and rotations as text, such as "31 4,32 7"; and of few of them, by block, the role,
    whether it is pinned, a note, why it stands. What the person's row is kept by."""

    line: str = ""
    marks: tuple[tuple[int, str, bool, str, str], ...] = ()


NOTHING = _Worked()
EVERYBODY = Wanted()

type Span = tuple[date, date, int]  # first and last day, and number, of a period
type _Counts = Sequence[tuple[int, int, int]]  # as `PersonMonth.counted`


def read_month(
    program: Program,
    schedules: Sequence[Schedule],
    first: date,
    last: date,
    wanted: Wanted | None = None,
    *,
    only: Collection[int] | None = None,
    facts: Facts | None = None,
    setup: Setup | None = None,
) -> Month:
    """The days from first to last of these schedules, which share no day (12 queries, whatever the size).

    Where a rotation is vacation it is one query more: being placed there is leave; and where somebody is not active.
    With `only`, the rows of these people alone are made, by key; the lines of staffing count everybody all the same.
    With `facts` of the one schedule, what they hold is not read again; holidays then have no names. With a `setup` of
    the month (`setup_of_month`) it is 2 queries.
    """
    if facts is None:
        setup = setup or read_setup_of_month(program, schedules, first, last)
        ranks, rows, sheet = setup.ranks, setup.rows(schedules), setup.once("sheet", lambda: _sheet_of(setup))
        vacation = vacation_between(schedules, setup.catalog, first, last)
        leave = merged(setup.leave, vacation) if vacation else setup.leave
    else:
        ground = ground_of_month(program, schedules, first, last, facts)
        ranks, leave = ground.ranks, ground.leave
        rows = tuple(rows_of_month(program, schedules, ranks, first, last, only=only, facts=facts))
        blocks = blocks_between(program.pk, first - DAY, last)
        sheet = _sheet(
            *(ground.catalog, program.time_zone, tuple(blocks), first, last, tuple(ground.holidays.items())),
            *(_spans(ground.periods), tuple(needs_of(program))),
        )
    worked = _worked(schedules, sheet)
    months = tuple(
        _month_of(row, worked.get(row.pk, NOTHING), tuple(leave.get(row.pk, ())), sheet)
        for row in rows
        if only is None or row.pk in only
    )
    others = worked.keys() - {month.row.pk for month in months}
    counts = {person: _counted(worked[person], leave.get(person, ()), sheet) for person in others}
    shown = months if wanted in (None, EVERYBODY) else _matching(months, wanted)
    return Month(
        days=sheet.days,
        groups=_grouped(shown),
        people=len(shown),
        total=len(rows),
        staffing=_lines_with(months, counts, ranks, sheet) if counts else _lines_of(months, ranks, sheet),
        catalog=sheet.rules.catalog,
        has_roster=bool(worked),
    )


def _matching(months: Iterable[PersonMonth], wanted: Wanted) -> tuple[PersonMonth, ...]:
    return tuple(month for month in months if wanted.matches(month.row, _rotations(month)))


@lru_cache(maxsize=256)
def _lines_of(months: tuple[PersonMonth, ...], ranks: Ranks, sheet: _Sheet) -> list[Line]:
    return _lines_with(months, {}, ranks, sheet)


def _lines_with(
    months: Iterable[PersonMonth], counts: Mapping[int, _Counts], ranks: Ranks, sheet: _Sheet
) -> list[Line]:
    """The lines of staffing of these people, and of others by what they work; each is what they are on the first."""
    first, width = sheet.days[0].date, len(sheet.days)
    known: dict[Rank, list[PersonMonth]] = {}
    for month in months:
        known.setdefault(ranks.on(month.row.pk, first), []).append(month)
    by_rank = {rank: [_counted_in(tuple(people), width)] for rank, people in known.items()}
    for person, worked in counts.items():
        by_rank.setdefault(ranks.on(person, first), []).append(counted(width, [worked]))
    presence = Presence([(rank, one) for rank, found in by_rank.items() for one in found])
    return lines_of(presence, sheet.rules)


@lru_cache(maxsize=1024)
def _counted_in(months: tuple[PersonMonth, ...], width: int) -> Counted:
    """The people of a rank. After an edit it is those of one."""
    return counted(width, [month.counted for month in months])


def _rotations(month: PersonMonth) -> Iterator[int]:
    return (duty.rotation for cell in month.cells for duty in cell.duties)


def _sheet_of(setup: Setup) -> _Sheet:
    return _sheet(
        *(setup.catalog, setup.program.time_zone, tuple(setup.blocks), setup.first, setup.last),
        *(tuple(setup.holidays.items()), _spans(setup.periods), setup.needs),
    )


def _spans(periods: Iterable[Period]) -> tuple[Span, ...]:
    return tuple((period.start_date, period.end_date, period.number) for period in periods)


@lru_cache(maxsize=256)
def _sheet(
    catalog: Catalog,
    time_zone: str,
    blocks: tuple[Any, ...],
    first: date,
    last: date,
    holidays: tuple[tuple[date, str], ...],
    periods: tuple[Span, ...],
    needs: tuple[Need, ...],
) -> _Sheet:
    zone, names, starts = ZoneInfo(time_zone), dict(holidays), {start for start, _, _ in periods}
    numbers = {day: number for start, end, number in periods for day in dates_between(start, end)}
    days = tuple(Day(day, names.get(day, ""), day in starts) for day in dates_between(first, last))
    return _Sheet(
        days,
        {
            pk: Shift(
                catalog.shift_types[shift],
                ends.astimezone(zone).date(),
                day,
                starts_at,
                (ends - starts_at).total_seconds() / 3600,
            )
            for pk, day, shift, starts_at, ends in blocks
        },
        rules_of(needs, tuple((day.date, numbers.get(day.date), bool(day.holiday)) for day in days), catalog),
    )


def _worked(schedules: Sequence[Schedule], sheet: _Sheet) -> dict[int, _Worked]:
    """What everybody works in these blocks, by person.

    Asked for by the blocks' keys: the index of (block, schedule) then gives these days alone, where a join on their
    dates makes SQLite read the whole year.
    """
    asked = [schedule.pk for schedule in schedules], sorted(sheet.blocks)
    marks: dict[int, list[tuple[Any, ...]]] = {}
    for person, *rest in _marked(*asked):
        marks.setdefault(person, []).append(tuple(rest))
    return {person: _Worked(line, tuple(marks.get(person, ()))) for person, line in _lines(*asked)}


@prepared
def _lines(schedules: Sequence[int], blocks: Sequence[int]) -> QuerySet[Any, Any]:
    """One text for each person: a tenth of the time that thousands of rows take."""
    pair = Concat(Cast("block_id", TextField()), Value(" ", TextField()), Cast("rotation_id", TextField()))
    rows = Assignment.objects.filter(schedule__in=schedules, block__in=blocks).order_by().values("person_id")
    return rows.annotate(line=StringAgg(pair, Value(",", TextField()))).values_list("person_id", "line")


@prepared
def _marked(schedules: Sequence[int], blocks: Sequence[int]) -> QuerySet[Any, Any]:
    rows = Assignment.objects.filter(schedule__in=schedules, block__in=blocks).order_by()
    rows = rows.filter(~Q(role=Assignment.Role.PRIMARY) | Q(is_pinned=True) | ~Q(note="") | ~Q(override=""))
    return rows.values_list("person_id", "block_id", "role", "is_pinned", "note", "override")


@lru_cache(maxsize=4096)
def _month_of(row: Row, worked: _Worked, leave: tuple[Leave, ...], sheet: _Sheet) -> PersonMonth:
    """A person's row. Few rows of a month change from one reading to the next."""
    return person_month(row, _duties(worked, sheet), leave, sheet.days, sheet.blocks)


def _duties(worked: _Worked, sheet: _Sheet) -> dict[int, Duty]:
    marks: dict[int, list[Any]] = {block: rest for block, *rest in worked.marks}
    usual: list[Any] = [Assignment.Role.PRIMARY.value, False, "", ""]
    pairs = (map(int, pair.split(" ")) for pair in worked.line.split(",") if pair)
    return {
        block: Duty(rotation, sheet.blocks[block].shift_type.pk, *marks.get(block, usual)) for block, rotation in pairs
    }


def _counted(worked: _Worked, leave: Sequence[Leave], sheet: _Sheet) -> _Counts:
    return counting(_duties(worked, sheet), leave, sheet.days[0].date, sheet.blocks)


@lru_cache(maxsize=256)
def _grouped(months: tuple[PersonMonth, ...]) -> list[Group[PersonMonth]]:
    groups: dict[str, list[PersonMonth]] = {}
    for month in months:
        groups.setdefault(month.row.rank.label, []).append(month)
    return [Group(label, rows) for label, rows in groups.items()]
