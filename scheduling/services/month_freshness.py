"""Whether days are still what the page showed on which they are changed: no edit is silently written over."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.core.exceptions import ValidationError

from people.models import Person, User
from scheduling.services.cell_history import changed_by
from scheduling.services.facts import Facts
from scheduling.services.gestures import At, Board, Duties, Gesture
from scheduling.services.marks import loses_marks, marks_of, touched_by
from scheduling.services.roster_days import DayHeld, Days, duties_of, is_same
from scheduling.services.touched import edits_since


class StaleDay(ValidationError):
    """A day is not what the page showed: `at` is the first such cell, `now` what it holds."""

    def __init__(self, message: str, at: At[date], now: Duties) -> None:
        super().__init__(message)
        self.at = at
        self.now = now


def require_fresh(
    facts: Facts, user: User, gesture: Gesture[date, Duties], board: Board[date, DayHeld], after: Days
) -> None:
    """Raises StaleDay where a day is not what the page showed, or may not be.

    What the page did not say is refused where it was changed since; what it did say, where somebody else has since
    pinned or noted it, or said why it stands, and the gesture would drop that.
    """
    for at, was in gesture.was.items():
        if not is_same(duties_of(board.at(at)), was) and (at in after or at in gesture.named):
            _refuse(facts, at, board)
    if facts.schedule.revision == gesture.revision:
        return
    edits = edits_since(facts.schedule, gesture.revision)
    touched: dict[At[date], bool] = {}
    for key, is_other in touched_by(edits or (), user).items():
        if len(key) == 3:
            touched[key[:2]] = touched.get(key[:2], False) or is_other
    notes = {state.note for held in after.values() for _, state in held}
    for at in after:
        is_shown = at in gesture.was
        if (edits is None or touched.get(at, False)) and is_shown and _loses_marks(board.at(at), after[at], notes):
            _refuse(facts, at, board, is_marked=True)
        if (edits is None or at in touched) and not is_shown:
            _refuse(facts, at, board)


def _loses_marks(was: DayHeld, becomes: DayHeld, notes: set[str]) -> bool:
    there = dict(becomes)
    return any(loses_marks(state, there.get(shift), notes) for shift, state in was)


def _refuse(facts: Facts, at: At[date], board: Board[date, DayHeld], *, is_marked: bool = False) -> None:
    person, day = at
    held = board.at(at)
    now = duties_of(held)
    rotations, shifts = codes_of(facts)
    works = " and ".join(f"{rotations.get(code, code)}, {shifts.get(shift, shift)}" for code, shift in now)
    does = f"works {works}" if works else "is free"
    marked = marks_of(state for _, state in held) if is_marked else ""
    showed = "which the page did not show" if is_marked else "not what the page showed"
    raise StaleDay(
        f"{names_of(facts, [person])[person]} {does} on {day:%a %-d %b}{marked}{changed_by(facts.schedule, at)}, "
        f"{showed}. Nothing was changed.",
        at,
        now,
    )


def names_of(facts: Facts, people: Iterable[int]) -> dict[int, str]:
    """The names of these people, also of those who are not active any more."""
    found = {key: person.name for key, person in facts.by_key.items()}
    if missing := set(people) - found.keys():
        rows = Person.objects.filter(program=facts.schedule.program, pk__in=missing)
        found |= dict(rows.values_list("pk", "name"))
    return found


def codes_of(facts: Facts) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The names of rotations and, as sentences say them, of shift types, by code."""
    rotations = {rotation.code: rotation.name for rotation in facts.rotations.values()}
    return rotations, {shift.code: shift.name.lower() for shift in facts.shift_types.values()}
