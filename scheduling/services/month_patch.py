"""What an open month shows differently after edits: the rows of those who were touched, and all lines of staffing.

The lines count everybody on all days of the month. They are kept in the memory of the process as they were at a
revision; of the days that edits have touched since they are counted anew, from what is there now.
"""

from collections import OrderedDict, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from threading import Lock
from typing import Any

from django.db.models import QuerySet

from people.prepared import prepared
from scheduling.models import Assignment, Edit, Schedule, ShiftType
from scheduling.services.cells import Cell as EditCell
from scheduling.services.cells import cell_of
from scheduling.services.facts_kept import Known
from scheduling.services.grid_rows import Catalog, Group, Leave, Row, Wanted
from scheduling.services.month_grid import Month, read_month
from scheduling.services.month_ground import Ground, ground_of_month, rows_of_month
from scheduling.services.month_rows import Day, Duty, PersonMonth, Shift, dates_between, person_month
from scheduling.services.month_staffing import Attendance, staffing_lines
from scheduling.services.staffing import Count, Line
from scheduling.services.touched import edits_since

DAY = timedelta(days=1)
MOST = 64  # months of schedules; some 30 kB each

type Key = tuple[int, date, date, str]


@dataclass(frozen=True, slots=True)
class _Counted:
    """Lines as they were at a revision."""

    revision: int
    lines: Sequence[Line]


_kept: OrderedDict[Key, _Counted] = OrderedDict()
_turn = Lock()


def read_touched(
    known: Known,
    schedule: Schedule,
    first: date,
    last: date,
    wanted: Wanted,
    people: Collection[int],
    done: Edit | None,
) -> Month:
    """The month of a schedule that covers it, as `month_grid.read_month` reads it with `only` these people.

    `done` is the edit that was just made, if there is one.
    """
    facts = known.facts
    program = schedule.program
    key = (schedule.pk, first, last, known.digest)
    counted = _kept.get(key) if known.digest else None
    days = None if counted is None else _days_since(schedule, counted.revision, done)
    if counted is None or days is None or not {person.pk for person in facts.people} >= set(people):
        month = read_month(program, [schedule], first, last, wanted, only=people, facts=facts)
        _keep(key, schedule, month.staffing)
        return month
    ground = ground_of_month(program, [schedule], first, last, facts)
    shown = _days_of(ground, first, last)
    rows = rows_of_month(program, [schedule], ground.ranks, first, last, only=people, facts=facts)
    lines = counted.lines
    if touched := [place for place, day in enumerate(shown) if day.date in days]:
        fresh = _lines_of(known, schedule, ground, [shown[place] for place in touched], first)
        lines = merged(counted.lines, fresh, touched, ground.catalog, len(shown))
    _keep(key, schedule, lines)
    months = [each for each in _months(schedule, ground, rows, shown) if wanted.matches(each.row, ())]
    return Month(
        days=shown,
        groups=[Group("", months)],
        people=len(months),
        total=len(rows),
        staffing=lines,
        catalog=ground.catalog,
        has_roster=True,
    )


def _keep(key: Key, schedule: Schedule, lines: Sequence[Line]) -> None:
    """What is written while they are counted is counted again with the edit that wrote it."""
    with _turn:
        _kept[key] = _Counted(schedule.revision, lines)
        _kept.move_to_end(key)
        while len(_kept) > MOST:
            _kept.popitem(last=False)


def _days_since(schedule: Schedule, revision: int, done: Edit | None) -> set[date] | None:
    """The days that edits have touched since; None where it was something else, or where the plan was changed, which
    may be leave."""
    is_done = done is not None and done.revision == schedule.revision == revision + 1
    edits = [done] if done is not None and is_done else edits_since(schedule, revision)
    if edits is None:
        return None
    cells = [cell_of(each) for edit in edits for each in edit.cells]
    days = {each.date for each in cells if isinstance(each, EditCell)}
    return days if all(isinstance(each, EditCell) for each in cells) else None


def _days_of(ground: Ground, first: date, last: date) -> list[Day]:
    starts = {period.start_date for period in ground.periods}
    return [Day(day, ground.holidays.get(day, ""), day in starts) for day in dates_between(first, last)]


def _months(schedule: Schedule, ground: Ground, rows: Sequence[Row], shown: Sequence[Day]) -> list[PersonMonth]:
    """What these people work."""
    first, last, zone = shown[0].date - DAY, shown[-1].date, schedule.program.zone
    blocks: dict[int, Shift] = {}
    duties: dict[int, dict[int, Duty]] = defaultdict(dict)
    for person, block, day, shift, starts, ends, *rest in _worked(schedule.pk, [row.pk for row in rows], first, last):
        if block not in blocks:
            shift_type, ends_on = ground.catalog.shift_types[shift], ends.astimezone(zone).date()
            blocks[block] = Shift(shift_type, ends_on, day, starts, (ends - starts).total_seconds() / 3600)
        rotation, role, pinned, note, override = rest
        duties[person][block] = Duty(rotation, shift, role, pinned, note, override)
    return [person_month(row, duties[row.pk], list(ground.leave.get(row.pk, ())), shown, blocks) for row in rows]


@prepared
def _worked(schedule: int, people: Sequence[int], first: date, last: date) -> QuerySet[Any, Any]:
    rows = Assignment.objects.filter(schedule=schedule, person__in=people, block__date__range=(first, last)).order_by()
    block = ("block__date", "block__shift_type_id", "block__starts_at", "block__ends_at")
    return rows.values_list("person_id", "block_id", *block, "rotation_id", "role", "is_pinned", "note", "override")


def _lines_of(known: Known, schedule: Schedule, ground: Ground, days: Sequence[Day], first: date) -> list[Line]:
    """The lines of these days alone; people are what they are on the first of the month."""
    catalog, ranks, leave, _, periods = ground
    numbers = {day.date: period.number for day in days for period in periods if period.covers(day.date)}
    backups = {key for key, shift in catalog.shift_types.items() if shift.duty == ShiftType.Duty.BACKUP}
    found = [
        (day, shift, rotation, person)
        for person, day, shift, rotation, role in _on(schedule.pk, days[0].date, days[-1].date)
        if (role != Assignment.Role.BACKUP or shift in backups) and _is_there(person, day, leave)
    ]
    attendance = Attendance(
        ranks={person: ranks.on(person, first) for *_, person in found},
        days=[(day.date, numbers.get(day.date), bool(day.holiday)) for day in days],
        blocks=found,
    )
    return staffing_lines(attendance, known.needs, catalog)


def _is_there(person: int, day: date, leave: Mapping[int, Sequence[Leave]]) -> bool:
    return not any(each.first <= day <= each.last for each in leave.get(person, ()))


@prepared
def _on(schedule: int, first: date, last: date) -> QuerySet[Any, Any]:
    rows = Assignment.objects.filter(schedule=schedule, block__date__range=(first, last)).order_by()
    return rows.values_list("person_id", "block__date", "block__shift_type_id", "rotation_id", "role")


def merged(
    lines: Sequence[Line], fresh: Sequence[Line], places: Sequence[int], catalog: Catalog, width: int
) -> list[Line]:
    """Lines with some of their days counted anew. A rotation that no rule counts has a line while somebody works it."""
    now = {_name(line): line for line in fresh}
    was = {_name(line): line for line in lines}
    asked = [line for line in lines if line.need is not None]
    order = {key: place for place, key in enumerate(catalog.rotations)}
    plain = {line.rotation: line for line in (*lines, *fresh) if line.need is None and line.rotation is not None}
    names = [_name(line) for line in asked] + [_name(plain[key]) for key in sorted(plain, key=order.__getitem__)]
    found = [_with_counts(was.get(name), now.get(name), places, width) for name in names]
    return [line for line in found if line.need is not None or any(count and count.number for count in line.counts)]


def _name(line: Line) -> object:
    return line.label, line.title, line.need, line.rotation


def _with_counts(was: Line | None, now: Line | None, places: Sequence[int], width: int) -> Line:
    """The line with these places counted anew; where it was not there before, or is not now, nobody works."""
    line = was or now
    assert line is not None
    counts: list[Count | None] = list(was.counts) if was else [Count(0)] * width
    for number, place in enumerate(places):
        counts[place] = now.counts[number] if now else Count(0)
    return replace(line, counts=counts)
