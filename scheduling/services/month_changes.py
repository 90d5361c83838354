"""From what a hand did in the month to the changes of people's blocks. A day's duties are carried whole."""

from collections.abc import Collection, Mapping
from datetime import date

from django.core.exceptions import ValidationError

from scheduling.models import Assignment
from scheduling.models.plan import Source
from scheduling.services.cells import State
from scheduling.services.changes import Change
from scheduling.services.gestures import At, Board, Duties, Gesture, move, push, swap
from scheduling.services.roster_days import FREE, DayHeld, Days

CARRY = {"move": move, "swap": swap, "push": push}


def days_after(gesture: Gesture[date, Duties], board: Board[date, DayHeld]) -> dict[At[date], DayHeld]:
    """What each day that the gesture touches holds afterwards. Raises ValidationError where it cannot be done."""
    if gesture.verb == "set":
        return {at: day_set(board.at(at), duties) for at, duties in gesture.cells.items()}
    if gesture.verb in CARRY:
        if gesture.start is None or gesture.end is None:
            raise ValidationError("Say from which cell to which.")
        return days_carried(gesture.verb, board, gesture.start, gesture.end)
    marked = {at: _marked(gesture, board.at(at)) for at in gesture.cells if board.at(at)}
    if not marked:
        what = {"pin": "pin", "loosen": "loosen"}.get(gesture.verb, "make a note on")
        raise ValidationError(f"Nobody works anything there: there is nothing to {what}.")
    return marked


def days_carried(verb: str, board: Board[date, DayHeld], start: At[date], end: At[date]) -> dict[At[date], DayHeld]:
    """What the days hold that a move, a swap or a push touches. Raises ValidationError where it cannot be done."""
    after = CARRY[verb](board, start, end)
    # What a push takes along is the same person's as before; what comes to its end, or is swapped, may be another's.
    is_own = start[0] == end[0]
    return {at: _carried(held, is_same_person=is_own or (verb == "push" and at != end)) for at, held in after.items()}


def changes_between(before: Days, after: Days) -> list[Change]:
    """The changes that make these days what they are afterwards; blocks that stay as they are are left out."""
    return [change for at, held in after.items() for change in _of_a_day(*at, dict(before.get(at, FREE)), dict(held))]


def _of_a_day(person: int, day: date, was: Mapping[str, State], becomes: Mapping[str, State]) -> list[Change]:
    found = []
    for shift in dict.fromkeys([*was, *becomes]):
        old, new = was.get(shift), becomes.get(shift)
        if old == new:
            continue
        before = old.rotation if old else None
        if new is None:
            found.append(Change(person, day, shift, before, None))
            continue
        found.append(
            Change(
                person,
                day,
                shift,
                before,
                new.rotation,
                role=new.role,
                is_pinned=new.is_pinned,
                note=new.note,
                override=new.override,
                source=new.source,
            )
        )
    return found


def day_set(held: DayHeld, duties: Duties) -> DayHeld:
    """These duties, pinned; what was there already keeps what it says of itself."""
    was = dict(held)
    return tuple((shift, _set_one(was.get(shift), rotation)) for rotation, shift in duties)


def _set_one(was: State | None, rotation: str) -> State:
    if was is None or was.rotation != rotation:
        return State(rotation, "")
    return State(rotation, was.role, was.source, is_pinned=True, note=was.note, override=was.override)


def _carried(held: DayHeld, *, is_same_person: bool) -> DayHeld:
    """Duties in another place: set by hand, with their notes. That it is backup goes along, a rank does not."""
    return tuple(
        (
            shift,
            State(
                state.rotation,
                state.role if is_same_person or state.role == Assignment.Role.BACKUP else "",
                Source.MANUAL.value,
                is_pinned=True,
                note=state.note,
            ),
        )
        for shift, state in held
    )


def _marked(gesture: Gesture[date, Duties], held: DayHeld) -> DayHeld:
    return tuple((shift, _mark(gesture, state)) for shift, state in held)


def _mark(gesture: Gesture[date, Duties], state: State) -> State:
    is_pinned = {"pin": True, "loosen": False}.get(gesture.verb, state.is_pinned)
    note = gesture.note if gesture.verb == "note" else state.note
    return State(state.rotation, state.role, state.source, is_pinned=is_pinned, note=note, override=state.override)


def title_of(
    gesture: Gesture[date, Duties],
    names: Mapping[int, str],
    rotations: Mapping[str, str],
    shifts: Mapping[str, str],
    held: Days,
) -> str:
    """What the undo button says, such as "Ada Park to Intensive care, Tue 3 Nov, day". Names go by code or key."""

    def work(duties: Collection[tuple[str, str]]) -> str:
        return " and ".join(
            f"{rotations.get(rotation, rotation)}, {shifts.get(shift, shift)}" for rotation, shift in duties
        )

    def where(at: At[date]) -> str:
        return f"{names[at[0]]}, {at[1]:%a %-d %b}"

    start, end = gesture.start, gesture.end
    if start is not None and end is not None:
        if gesture.verb == "swap" and held.get(start) and held.get(end):
            return _swapped(names, start, end)
        if not held.get(start):
            start, end = end, start  # a swap with a free day gives it away
        duties = [(state.rotation, shift) for shift, state in held.get(start, FREE)]
        there = f"{end[1]:%a %-d %b}" if start[0] == end[0] else where(end)
        if start[0] != end[0] and start[1] == end[1]:
            there = names[end[0]]
        along = ", pushing along what follows" if gesture.verb == "push" else ""
        lost = [(state.rotation, shift) for shift, state in held.get(end, FREE)] if gesture.verb == "move" else []
        along += f", in place of {work(lost)}" if lost else ""
        return f"{names[start[0]]}'s {work(duties)} of {start[1]:%a %-d %b} to {there}{along}"
    first = next(iter(gesture.cells))
    more = f" and {len(gesture.cells) - 1} more" if len(gesture.cells) > 1 else ""
    if gesture.verb != "set":
        verb = {"pin": "Pinned", "loosen": "Loosened"}.get(gesture.verb, "Note on" if gesture.note else "No note on")
        return f"{verb} {where(first)}{more}"
    duties = list(gesture.cells[first])
    if not duties:
        return f"{names[first[0]]} free, {first[1]:%a %-d %b}{more}"
    if len(duties) > 1:
        return f"{names[first[0]]}, {first[1]:%a %-d %b}: {work(duties)}{more}"
    (rotation, shift), day = duties[0], f"{first[1]:%a %-d %b}"
    return f"{names[first[0]]} to {rotations.get(rotation, rotation)}, {day}, {shifts.get(shift, shift)}{more}"


def _swapped(names: Mapping[int, str], start: At[date], end: At[date]) -> str:
    if start[0] == end[0]:
        return f"Swapped {start[1]:%a %-d %b} and {end[1]:%a %-d %b} of {names[start[0]]}"
    if start[1] == end[1]:
        return f"Swapped {names[start[0]]} and {names[end[0]]} on {start[1]:%a %-d %b}"
    return f"Swapped {names[start[0]]} on {start[1]:%a %-d %b} and {names[end[0]]} on {end[1]:%a %-d %b}"
