"""The lines of staffing of an open month, kept in the memory of the process as they were at a revision.

After one edit more, what it took and gave is taken off and added. After others, or where something may have been
written while they were counted, the days that edits have touched since are counted anew, from what is there now.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from people.kept import Kept
from people.models import Person
from people.prepared import prepared
from scheduling.models import Assignment, Edit, Schedule, ShiftType
from scheduling.services.cells import Cell, Key, cell_of
from scheduling.services.facts_kept import Known
from scheduling.services.grid_rows import Leave
from scheduling.services.month_gestures import Done
from scheduling.services.month_ground import Ground, ground_of_month
from scheduling.services.month_held import Held
from scheduling.services.month_lines import Working, merged, moved
from scheduling.services.month_rows import Day, Shift, dates_between
from scheduling.services.month_staffing import Attendance, staffing_lines
from scheduling.services.staffing import Line
from scheduling.services.touched import edits_since

MOST = 64  # months of schedules; some 30 kB each

type Month = tuple[int, date, date, str]


@dataclass(frozen=True, slots=True)
class _Counted:
    """Lines as they were at a revision; `is_exact` where nothing was written while they were counted."""

    revision: int
    lines: Sequence[Line]
    is_exact: bool


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """What a month stands on, with its columns, its people by key, and its blocks as they come by."""

    key: Month
    ground: Ground
    days: Sequence[Day]
    places: Mapping[date, int]
    people: Mapping[int, Person]
    backups: frozenset[int]  # shift types
    shifts: dict[Any, Shift]


_kept: Kept[_Counted] = Kept(MOST)
_stages: Kept[Stage] = Kept(MOST)


def stage_of(known: Known, schedule: Schedule, first: date, last: date) -> Stage | None:
    """What the month stands on, where its lines are kept: never on SQLite.

    It is kept as well where the rotation plan has no part in it, by which somebody may be on vacation.
    """
    key = (schedule.pk, first, last, known.digest)
    if not known.digest or _kept.find(key) is None:
        return None
    if any(rotation.is_vacation for rotation in known.facts.rotations.values()):
        return _stage(known, schedule, key)
    return _stages.of(key, lambda: _stage(known, schedule, key))


def _stage(known: Known, schedule: Schedule, key: Month) -> Stage:
    _, first, last, _ = key
    ground = ground_of_month(schedule.program, [schedule], first, last, known.facts)
    starts = {period.start_date for period in ground.periods}
    days = tuple(Day(day, ground.holidays.get(day, ""), day in starts) for day in dates_between(first, last))
    shift_types = ground.catalog.shift_types.items()
    return Stage(
        key,
        ground,
        days,
        {day.date: place for place, day in enumerate(days)},
        known.facts.by_key,
        frozenset(pk for pk, shift in shift_types if shift.duty == ShiftType.Duty.BACKUP),
        {},
    )


def keep(known: Known, schedule: Schedule, first: date, last: date, lines: Sequence[Line]) -> None:
    """Lines that were read after the schedule was (1 query). What is written meanwhile is counted again with the edit
    that wrote it."""
    if known.digest:
        key = (schedule.pk, first, last, known.digest)
        _kept.put(key, _Counted(schedule.revision, lines, _is_still(schedule)))


def lines_now(known: Known, schedule: Schedule, stage: Stage, done: Done | None) -> Sequence[Line] | None:
    """The lines by now; None where they have to be read whole. `done` is what was just done, if anything was."""
    counted = _kept.find(stage.key)
    edits = None if counted is None else _edits_since(schedule, counted.revision, done.edit if done else None)
    if counted is None or edits is None:
        return None
    if not edits:
        return counted.lines
    lines: Sequence[Line] | None = None
    if counted.is_exact and done is not None and done.held is not None and edits[0] is done.edit:
        was, now = _taken_and_given(stage, done.held, done.edit)
        lines = moved(counted.lines, was, now, _ranks(stage, done.held.people))
    is_exact = lines is not None
    if lines is None:
        lines = _counted_anew(counted.lines, known, schedule, stage, edits)
        is_exact = _is_still(schedule)
    _kept.put(stage.key, _Counted(schedule.revision, lines, is_exact))
    return lines


def _edits_since(schedule: Schedule, revision: int, done: Edit | None) -> list[Edit] | None:
    """The edits since; None where it was something else, or where the plan was changed, which may be leave."""
    is_next = done is not None and done.revision == schedule.revision == revision + 1
    edits = [done] if done is not None and is_next else edits_since(schedule, revision)
    if edits is None or any("period" in cell for edit in edits for cell in edit.cells):
        return None
    return edits


def _is_still(schedule: Schedule) -> bool:
    """Whether nothing was written since the schedule was read: what was read meanwhile is then of its revision."""
    return bool(_of_revision(schedule.pk, schedule.revision))


@prepared
def _of_revision(schedule: int, revision: int) -> QuerySet[Any, Any]:
    return Schedule.objects.filter(pk=schedule, revision=revision).order_by().values_list("pk")


def _ranks(stage: Stage, people: Iterable[int]) -> dict[int, Any]:
    """People are what they are on the first of the month."""
    return {person: stage.ground.ranks.on(person, stage.days[0].date) for person in people}


def _taken_and_given(stage: Stage, held: Held, edit: Edit) -> tuple[Working, Working]:
    """What those whose days an edit touched worked on them, and what they work now."""
    cells = [cell for each in edit.cells if isinstance(cell := cell_of(each), Cell) and cell.date in stage.places]
    touched = {(cell.person, cell.date) for cell in cells}
    now = {key: (turn.rotation, turn.role) for key, turn in held.turns.items() if key[:2] in touched}
    was = dict(now)
    rotations = {rotation.code: pk for pk, rotation in stage.ground.catalog.rotations.items()}
    for cell in cells:
        was.pop(cell.key, None)
        if cell.before is not None:
            was[cell.key] = rotations[cell.before.rotation], cell.before.role
    return _working(stage, was), _working(stage, now)


def _working(stage: Stage, duties: Mapping[Key, tuple[int, str]]) -> Working:
    shifts = {shift.code: pk for pk, shift in stage.ground.catalog.shift_types.items()}
    return [
        (stage.places[day], shifts[code], rotation, person)
        for (person, day, code), (rotation, role) in duties.items()
        if _counts(stage, person, day, shifts[code], role)
    ]


def _counts(stage: Stage, person: int, day: date, shift_type: int, role: str) -> bool:
    """Whether a duty counts: a backup does in a shift of backups only, and nobody does on leave."""
    is_backup = role == Assignment.Role.BACKUP and shift_type not in stage.backups
    return not is_backup and _is_there(person, day, stage.ground.leave)


def _counted_anew(
    lines: Sequence[Line], known: Known, schedule: Schedule, stage: Stage, edits: Sequence[Edit]
) -> Sequence[Line]:
    """The lines with the days of these edits counted again."""
    dates = {cell.date for edit in edits for each in edit.cells if isinstance(cell := cell_of(each), Cell)}
    places = sorted(stage.places[day] for day in dates if day in stage.places)
    if not places:
        return lines
    fresh = _lines_of(known, schedule, stage, [stage.days[place] for place in places])
    return merged(lines, fresh, places, stage.ground.catalog, len(stage.days))


def _lines_of(known: Known, schedule: Schedule, stage: Stage, days: Sequence[Day]) -> list[Line]:
    """The lines of these days alone."""
    ground = stage.ground
    numbers = {day.date: period.number for day in days for period in ground.periods if period.covers(day.date)}
    found = [
        (day, shift, rotation, person)
        for person, day, shift, rotation, role in _on(schedule.pk, days[0].date, days[-1].date)
        if _counts(stage, person, day, shift, role)
    ]
    attendance = Attendance(
        ranks=_ranks(stage, {person for *_, person in found}),
        days=[(day.date, numbers.get(day.date), bool(day.holiday)) for day in days],
        blocks=found,
    )
    return staffing_lines(attendance, known.needs, ground.catalog)


def _is_there(person: int, day: date, leave: Mapping[int, Sequence[Leave]]) -> bool:
    return not any(each.first <= day <= each.last for each in leave.get(person, ()))


@prepared
def _on(schedule: int, first: date, last: date) -> QuerySet[Any, Any]:
    rows = Assignment.objects.filter(schedule=schedule, block__date__range=(first, last)).order_by()
    return rows.values_list("person_id", "block__date", "block__shift_type_id", "rotation_id", "role")
