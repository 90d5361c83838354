"""What a change of one day does to its staffing: what it leaves short, fills, or puts too many on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from scheduling.models import Assignment, ShiftType
from scheduling.services.attendance import Attendance
from scheduling.services.changes import Change
from scheduling.services.facts import Facts
from scheduling.services.staffing import Need, bounds, label

type Present = tuple[int, int]  # rotation and person, by key


@dataclass(frozen=True, slots=True)
class Effects:
    """In words, such as "leaves Ward A, day short by 1 on Tue 3 Nov"; `is_short` whether anything is short by it."""

    words: Sequence[str] = ()
    is_short: bool = False


def effects(there: Attendance, changes: Iterable[Change]) -> Effects:
    """What these changes do together, on days that the attendance has."""
    facts = there.facts
    shifts = {shift.code: shift for shift in facts.shift_types.values()}
    rotations = {rotation.code: rotation.pk for rotation in facts.rotations.values()}
    by_spot: dict[tuple[date, int], list[Change]] = {}
    for each in changes:
        by_spot.setdefault((each.date, shifts[each.shift].pk), []).append(each)
    words: list[str] = []
    is_short = False
    for (day, shift), made in sorted(by_spot.items()):
        before = list(there.there.get((day, shift), ()))
        gone = {(rotations.get(each.before or ""), each.person) for each in made}
        there_now = (each for each in made if _counts(facts, each, shifts[each.shift]))
        added = [(rotations[each.after], each.person) for each in there_now if each.after is not None]
        after = [present for present in before if present not in gone] + added
        for line in there.lines:
            said, is_less = _on_line(facts, line, day, shift, before, after)
            words += said
            is_short = is_short or is_less
    return Effects(words, is_short)


def _counts(facts: Facts, change: Change, shift: ShiftType) -> bool:
    """Whether somebody is there afterwards: who is on leave is not, nor is a backup in the shift of others."""
    if change.after is None:
        return False
    is_away = any(each.start_date <= change.date <= each.end_date for each in facts.absences.get(change.person, ()))
    return not is_away and (change.role != Assignment.Role.BACKUP or shift.duty == ShiftType.Duty.BACKUP)


def _on_line(
    facts: Facts, line: Sequence[Need], day: date, shift: int, before: Sequence[Present], after: Sequence[Present]
) -> tuple[list[str], bool]:
    """What one line of staffing says of it, and whether it is short by it."""
    if line[0].shift_type != shift:
        return [], False
    number = next((each.number for each in facts.periods if each.covers(day)), None)
    asked = bounds(need for need in line if need.holds_on(day, number, holiday=day in facts.holidays))
    was, becomes = (_number(facts, line[0], day, present) for present in (before, after))
    if asked is None or was == becomes:
        return [], False
    _, name = label(line, dict(facts.rotations), dict(facts.shift_types))
    return _said(name, f"{day:%a %-d %b}", was, becomes, *asked)


def _said(name: str, day: str, was: float, becomes: float, fewest: int, most: int | None) -> tuple[list[str], bool]:
    if becomes < min(was, fewest):
        return [f"leaves {name} short by {fewest - becomes:g} on {day}"], True
    if was < fewest <= becomes:
        return [f"fills {name} on {day}"], False
    if was < becomes < fewest:
        return [f"{name} stays short by {fewest - becomes:g} on {day}"], False
    if most is not None and becomes > max(was, most):
        return [f"puts {becomes - most:g} too many on {name} on {day}"], False
    return [], False


def _number(facts: Facts, need: Need, day: date, present: Iterable[Present]) -> float:
    return sum(
        need.weight
        for rotation, person in present
        if rotation in need.rotations and need.counts(facts.ranks.on(person, day))
    )
