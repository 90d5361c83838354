"""One person's month: what their days show, and what counts of it."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from scheduling.models import Assignment, ShiftType
from scheduling.services.grid_rows import Leave, Row

DAY = timedelta(days=1)


class Duty(NamedTuple):
    """What one person works in one block, as a cell shows it. A tuple, since a month has thousands."""

    rotation: int
    shift_type: int
    role: str
    is_pinned: bool
    note: str = ""
    override: str = ""  # why it stands although it breaks a rule


@dataclass(frozen=True, slots=True)
class Cell:
    """One person's day: duties in order of time; else leave of a kind; else perhaps free after a night."""

    duties: tuple[Duty, ...] = ()
    leave: str = ""
    is_post_call: bool = False

    @property
    def leave_name(self) -> str:
        """The kind of the leave, in words."""
        return self.leave.replace("-", " ")


@dataclass(frozen=True, slots=True)
class Tally:
    """What a person works in the month: nights, weekends with any work, and hours a week without leave."""

    nights: int
    weekends: int
    hours: float
    hours_a_week: float
    days_there: int


@dataclass(frozen=True, slots=True, eq=False)
class PersonMonth:
    """One row of the grid. `counted` are the (column, shift type, rotation) that count toward staffing."""

    row: Row
    cells: Sequence[Cell]
    tally: Tally
    counted: Sequence[tuple[int, int, int]] = ()


@dataclass(frozen=True, slots=True)
class Day:
    """One column of the grid."""

    date: date
    holiday: str
    is_period_start: bool

    @property
    def is_weekend(self) -> bool:
        return self.date.weekday() >= 5


@dataclass(frozen=True, slots=True)
class Shift:
    """A block, as the counters need it."""

    shift_type: ShiftType
    ends_on: date
    date: date
    starts_at: datetime
    hours: float


def dates_between(first: date, last: date) -> list[date]:
    return [first + DAY * offset for offset in range((last - first).days + 1)]


def _is_counted(duty: Duty, block: Shift) -> bool:
    """Whether the duty counts toward staffing: a backup does in a shift of backups only."""
    return duty.role != Assignment.Role.BACKUP or block.shift_type.duty == ShiftType.Duty.BACKUP


def counting(
    duties: Mapping[int, Duty], leave: Sequence[Leave], first: date, blocks: Mapping[int, Shift]
) -> list[tuple[int, int, int]]:
    """What counts toward staffing; nobody is counted on leave."""
    return [
        ((day - first).days, duty.shift_type, duty.rotation)
        for key, duty in duties.items()
        if (day := blocks[key].date) >= first
        and _is_counted(duty, blocks[key])
        and not any(each.first <= day <= each.last for each in leave)
    ]


def person_month(
    row: Row, duties: dict[int, Duty], leave: Sequence[Leave], days: Sequence[Day], blocks: Mapping[int, Shift]
) -> PersonMonth:
    by_day: dict[date, list[Duty]] = defaultdict(list)
    after_night: set[date] = set()
    for key, duty in sorted(duties.items(), key=lambda item: (blocks[item[0]].starts_at, item[1].shift_type)):
        block = blocks[key]
        by_day[block.date].append(duty)
        if _leads_to_post_call(block):
            after_night.add(block.ends_on)
    away = {
        day: absence.kind
        for absence in leave
        for day in dates_between(max(absence.first, days[0].date), min(absence.last, days[-1].date))
    }
    cells = [
        _cell(tuple(by_day[day.date]))
        if day.date in by_day
        else _cell((), away.get(day.date, ""), day.date in after_night and day.date not in away)
        for day in days
    ]
    worked = {key: duty for key, duty in duties.items() if blocks[key].date >= days[0].date}
    there = sum(1 for day in days if row.first <= day.date <= row.last and day.date not in away)
    return PersonMonth(row, cells, _tally(worked, blocks, there), counting(worked, leave, days[0].date, blocks))


@lru_cache(maxsize=8192)
def _cell(duties: tuple[Duty, ...], leave: str = "", is_post_call: bool = False) -> Cell:
    """The same object for cells that say the same: a month has few different ones, and months are kept."""
    return Cell(duties, leave, is_post_call)


def _leads_to_post_call(block: Shift) -> bool:
    """Whether the day on which it ends is spent post-call: after a night, a call or 24 hours, not a late evening."""
    shift = block.shift_type
    is_long = shift.is_night or shift.is_call or block.hours >= 24
    return shift.duty == ShiftType.Duty.IN_HOUSE and is_long and block.ends_on > block.date


def _tally(duties: Mapping[int, Duty], blocks: Mapping[int, Shift], days_there: int) -> Tally:
    counts: Counter[str] = Counter()
    weekends: set[date] = set()
    hours = 0.0
    for key, duty in duties.items():
        block = blocks[key]
        hours += counted_hours(block.shift_type, block.hours)
        if duty.role == Assignment.Role.BACKUP or block.shift_type.duty == ShiftType.Duty.BACKUP:
            continue
        counts["nights"] += block.shift_type.is_night
        if block.date.weekday() >= 5:
            weekends.add(block.date - DAY * (block.date.weekday() - 5))
    return Tally(counts["nights"], len(weekends), hours, hours * 7 / days_there if days_there else 0.0, days_there)


def counted_hours(shift_type: ShiftType, real_hours: float) -> float:
    """What a block adds to the weekly hours: its real length for in-house work, unless the program says otherwise."""
    if shift_type.counted_hours is not None:
        return float(shift_type.counted_hours)
    return real_hours if shift_type.duty == ShiftType.Duty.IN_HOUSE else 0.0
