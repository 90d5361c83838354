"""A month of a roster: people x days with who works what, and the counters of its rows and columns."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet, StringAgg, TextField, Value
from django.db.models.functions import Cast, Concat

from people.models import Program
from people.prepared import prepared
from scheduling.models import Assignment, Block, Schedule
from scheduling.services.facts import Facts
from scheduling.services.grid_rows import Catalog, Group, Leave, Row, Wanted
from scheduling.services.month_ground import ground_of_month, rows_of_month
from scheduling.services.month_rows import Day, Duty, PersonMonth, Shift, counting, dates_between, person_month
from scheduling.services.month_staffing import Presence, lines_of
from scheduling.services.staffing import Line, needs_of

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
    """The columns of a month, and the blocks that belong to them or to the night before. The same object for as long
    as they are the same."""

    days: tuple[Day, ...]
    blocks: Mapping[int, Shift]


class _Worked(NamedTuple):
    """What a person works: blocks and rotations as text, such as "31 4,32 7"; and of few of them, by block, the role,
    whether it is pinned, a note, why it stands. What the person's row is kept by."""

    line: str = ""
    marks: tuple[tuple[int, str, bool, str, str], ...] = ()


NOTHING = _Worked()


def read_month(
    program: Program,
    schedules: Sequence[Schedule],
    first: date,
    last: date,
    wanted: Wanted | None = None,
    *,
    only: Collection[int] | None = None,
    facts: Facts | None = None,
) -> Month:
    """The days from first to last of these schedules, which share no day (12 queries, whatever the size).

    Where a rotation is vacation it is one query more: being placed there is leave. With `only`, the rows of these
    people alone are made, by key; the lines of staffing count everybody all the same. With `facts` of the one
    schedule, what they hold is not read again; holidays then have no names.
    """
    wanted = wanted or Wanted()
    ground = ground_of_month(program, schedules, first, last, facts)
    catalog, ranks, leave, holidays, periods = ground
    rows = rows_of_month(program, schedules, ranks, first, last, only=only, facts=facts)
    starts = frozenset(period.start_date for period in periods)
    blocks = tuple(_blocks_between(program.pk, first - DAY, last))
    sheet = _sheet(catalog, program.time_zone, blocks, first, last, tuple(holidays.items()), starts)
    worked = _worked(schedules, sheet)
    months = [
        _month_of(row, worked.get(row.pk, NOTHING), tuple(leave.get(row.pk, ())), sheet)
        for row in rows
        if only is None or row.pk in only
    ]
    presence = Presence(len(sheet.days))
    for month in months:
        presence.add(ranks.on(month.row.pk, first), month.counted)
    for person in worked.keys() - {month.row.pk for month in months}:
        presence.add(ranks.on(person, first), _counted(worked[person], leave.get(person, ()), sheet))
    numbers = {day: period.number for period in periods for day in dates_between(period.start_date, period.end_date)}
    columns = tuple((day.date, numbers.get(day.date), bool(day.holiday)) for day in sheet.days)
    is_all = wanted == Wanted()
    shown = [month for month in months if is_all or wanted.matches(month.row, _rotations(month))]
    return Month(
        days=sheet.days,
        groups=_grouped(shown),
        people=len(shown),
        total=len(rows),
        staffing=lines_of(presence, columns, tuple(needs_of(program)), catalog),
        catalog=catalog,
        has_roster=bool(worked),
    )


def _rotations(month: PersonMonth) -> Iterator[int]:
    return (duty.rotation for cell in month.cells for duty in cell.duties)


@prepared
def _blocks_between(program: int, first: date, last: date) -> QuerySet[Any, Any]:
    rows = Block.objects.filter(shift_type__program=program, date__range=(first, last)).order_by()
    return rows.values_list("pk", "date", "shift_type_id", "starts_at", "ends_at")


@lru_cache(maxsize=256)
def _sheet(
    catalog: Catalog,
    time_zone: str,
    blocks: tuple[Any, ...],
    first: date,
    last: date,
    holidays: tuple[tuple[date, str], ...],
    starts: frozenset[date],
) -> _Sheet:
    zone, names = ZoneInfo(time_zone), dict(holidays)
    return _Sheet(
        tuple(Day(day, names.get(day, ""), day in starts) for day in dates_between(first, last)),
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


def _counted(worked: _Worked, leave: Sequence[Leave], sheet: _Sheet) -> list[tuple[int, int, int]]:
    return counting(_duties(worked, sheet), leave, sheet.days[0].date, sheet.blocks)


def _grouped(months: Sequence[PersonMonth]) -> list[Group[PersonMonth]]:
    groups: dict[str, list[PersonMonth]] = {}
    for month in months:
        groups.setdefault(month.row.rank.label, []).append(month)
    return [Group(label, rows) for label, rows in groups.items()]
