"""From what a hand did in the year to the changes of people's periods."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from django.core.exceptions import ValidationError

from scheduling.models import RotationAssignment, Schedule
from scheduling.services.cells import State
from scheduling.services.changes import PlanChange
from scheduling.services.gestures import At, Board, Gesture, move, push, swap
from scheduling.services.year_grid import Year

CARRY = {"move": move, "swap": swap, "push": push}

type PlanGesture = Gesture[int, str]
type Held = State | None
type PlanBoard = Board[int, Held]


def board_of(schedule: Schedule, year: Year) -> PlanBoard:
    """What is placed, by person and number of the period (1 query). Nothing is pushed to where nobody is placed."""
    rows = RotationAssignment.objects.filter(schedule=schedule).order_by()
    held = {
        (person, number): State(rotation, "", source, pinned, note, override)
        for person, number, rotation, source, pinned, note, override in rows.values_list(
            "person_id", "period__number", "rotation__code", "source", "is_pinned", "note", "override"
        )
    }
    places = {period.number: place for place, period in enumerate(year.periods)}

    def is_closed(at: At[int]) -> bool:
        return at[0] in year.years and at[1] in places and year.years[at[0]].person.is_away(places[at[1]])

    return Board([period.number for period in year.periods], held, None, is_closed)


def require_known(year: Year, cells: Sequence[At[int]], codes: Iterable[str] = ()) -> None:
    """Raises ValidationError for a cell that the year does not have, and for a rotation that is none ("" is none)."""
    there = {"", *(rotation.code for rotation in year.catalog.rotations.values())}
    for code in codes:
        if code not in there:
            raise ValidationError(f"There is no rotation {code} any more: load the page again.")
    numbers = {period.number for period in year.periods}
    for person, number in cells:
        if person not in year.years:
            raise ValidationError("Somebody in this change is not a person of this program any more.")
        if number not in numbers:
            raise ValidationError(f"This version has no period {number}: load the page again.")


def cells_after(gesture: PlanGesture, board: PlanBoard) -> dict[At[int], Held]:
    """What each cell that the gesture touches holds afterwards. Raises ValidationError where it cannot be done."""
    if gesture.verb == "set":
        return {at: _set(board.at(at), code) for at, code in gesture.cells.items()}
    if gesture.verb in CARRY:
        if gesture.start is None or gesture.end is None:
            raise ValidationError("Say from which cell to which.")
        after = CARRY[gesture.verb](board, gesture.start, gesture.end)
        return {at: state and State(state.rotation, "", note=state.note) for at, state in after.items()}
    marked: dict[At[int], Held] = {at: _marked(gesture, state) for at in gesture.cells if (state := board.at(at))}
    if not marked:
        what = {"pin": "pin", "loosen": "loosen"}.get(gesture.verb, "make a note on")
        raise ValidationError(f"There is no rotation there: nothing to {what}.")
    return marked


def changes_between(board: PlanBoard, after: Mapping[At[int], Held]) -> list[PlanChange]:
    """The changes that make these cells what they are afterwards; those that stay as they are are left out."""
    found = []
    for (person, number), state in after.items():
        was = board.at((person, number))
        if state == was:
            continue
        before = was.rotation if was else None
        if state is None:
            found.append(PlanChange(person, number, before, None))
        else:
            found.append(
                PlanChange(
                    person,
                    number,
                    before,
                    state.rotation,
                    is_pinned=state.is_pinned,
                    note=state.note,
                    override=state.override,
                    source=state.source,
                )
            )
    return found


def _set(was: Held, code: str) -> Held:
    """This rotation, pinned; the same again keeps what it says of itself."""
    if not code:
        return None
    return replace(was, is_pinned=True) if was and was.rotation == code else State(code, "")


def _marked(gesture: PlanGesture, state: State) -> State:
    if gesture.verb == "note":
        return replace(state, note=gesture.note)
    return replace(state, is_pinned=gesture.verb == "pin")


def title_of(gesture: PlanGesture, year: Year, board: PlanBoard) -> str:
    """What the undo button says, such as "Ada Park to Clinic, period 5"."""
    names = {rotation.code: rotation.name for rotation in year.catalog.rotations.values()}

    def who(person: int) -> str:
        return year.years[person].row.name

    start, end = gesture.start, gesture.end
    if start is not None and end is not None:
        there = f"period {end[1]}" if start[0] == end[0] else f"{who(end[0])}, period {end[1]}"
        if gesture.verb == "swap":
            return f"{who(start[0])}, period {start[1]}, swapped with {there}"
        state = board.at(start)
        what = names.get(state.rotation, state.rotation) if state else "nothing"
        along = ", pushing along what follows" if gesture.verb == "push" else ""
        return f"{who(start[0])}'s {what} of period {start[1]} to {there}{along}"
    (person, number), code = next(iter(gesture.cells.items()))
    more = f" and {len(gesture.cells) - 1} more" if len(gesture.cells) > 1 else ""
    where = f"{who(person)}, period {number}{more}"
    if gesture.verb != "set":
        verb = {"pin": "Pinned", "loosen": "Loosened"}.get(gesture.verb, "Note on" if gesture.note else "No note on")
        return f"{verb} {where}"
    return f"{who(person)} to {names.get(code, code) if code else 'no rotation'}, period {number}{more}"
