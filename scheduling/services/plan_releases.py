"""What a change of the plan releases from the roster, in words, and what to do about it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from people.standing import ranks_of
from scheduling.models import Assignment, Period, Schedule, ShiftType
from scheduling.services.cells import Cell
from scheduling.services.changes import Change
from scheduling.services.holidays import public_holidays
from scheduling.services.month_staffing import Attendance, staffing_lines
from scheduling.services.staffing import needs_of
from scheduling.services.year_grid import Year

MOST_NAMED = 2  # lines of staffing that a sentence names


@dataclass(frozen=True, slots=True)
class Offer:
    """To make the roster of some people anew from a first to a last day. People go by key."""

    first: date
    last: date
    people: Sequence[int]
    words: str
    button: str


def shifts_words(days: Iterable[date]) -> str:
    """Such as "14 shifts from Tue 3 Nov on"; blank for none."""
    found = sorted(days)
    if not found:
        return ""
    return (
        f"1 shift on {found[0]:%a %-d %b}" if len(found) == 1 else f"{len(found)} shifts from {found[0]:%a %-d %b} on"
    )


def released_days(cells: Iterable[Cell | Change]) -> list[date]:
    """The days of the shifts that somebody no longer works."""
    return [each.date for each in cells if each.after is None]


def left_short(schedule: Schedule, year: Year, gone: Sequence[Change]) -> str:
    """What is short, or shorter, once these shifts are worked by nobody (6 queries): "Wards A day short on 6 days"."""
    if not gone:
        return ""
    attendance = _attendance(schedule, year, sorted({each.date for each in gone}))
    types = {shift.code: key for key, shift in year.catalog.shift_types.items()}
    left = {(each.date, types[each.shift], each.person) for each in gone}
    without = replace(attendance, blocks=[row for row in attendance.blocks if (row[0], row[1], row[3]) not in left])
    needs = needs_of(schedule.program)
    was, becomes = (staffing_lines(each, needs, year.catalog) for each in (attendance, without))
    after = {(line.title, line.need): line for line in becomes}
    found = [
        (sum(1 for column in range(len(attendance.days)) if later.short(column) > line.short(column)), line.title)
        for line in was
        if (later := after.get((line.title, line.need))) is not None
    ]
    worst = sorted((each for each in found if each[0]), key=lambda each: -each[0])
    words = [f"{title} short on {days} day{'s' if days > 1 else ''}" for days, title in worst[:MOST_NAMED]]
    if len(worst) > MOST_NAMED:
        words.append(f"{len(worst) - MOST_NAMED} more")
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _attendance(schedule: Schedule, year: Year, days: Sequence[date]) -> Attendance:
    """Who works on these days, without those on leave."""
    ranks, holidays = ranks_of(schedule.program), public_holidays(schedule.program, days[0], days[-1])
    numbers = {
        day: next((one.number for one in year.periods if one.start_date <= day <= one.end_date), None) for day in days
    }
    rows = Assignment.objects.filter(schedule=schedule, block__date__in=days).exclude(role=Assignment.Role.BACKUP)
    duties = rows.exclude(block__shift_type__duty=ShiftType.Duty.BACKUP).order_by()
    blocks = [
        row
        for row in duties.values_list("block__date", "block__shift_type_id", "rotation_id", "person_id")
        if not any(leave.first <= row[0] <= leave.last for leave in year.leave.get(row[3], ()))
    ]
    return Attendance(
        ranks={row[3]: ranks.on(row[3], row[0]) for row in blocks},
        days=[(day, numbers[day], day in holidays) for day in days],
        blocks=blocks,
    )


def offer_of(schedule: Schedule, periods: Collection[Period], people: Collection[int], words: str) -> Offer | None:
    """To roster these periods of these people again; None where that cannot be generated, as in what is published."""
    if schedule.status != Schedule.Status.DRAFT or not periods:
        return None
    first = max(min(period.start_date for period in periods), schedule.start_date)
    last = min(max(period.end_date for period in periods), schedule.end_date)
    button = "Roster that period again" if len(periods) == 1 else "Roster those periods again"
    return Offer(first, last, sorted(people), words, button)
