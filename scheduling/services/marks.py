"""What schedulers marked in cells: pins, notes, why a rule is overridden. Who did not see a mark must not drop it."""

from collections.abc import Collection, Iterable, Mapping

from people.models import User
from scheduling.models import Edit
from scheduling.services.cells import Key, PlanKey, State, cell_of


def marks_of(states: Iterable[State]) -> str:
    """How these cells are marked, as it follows on what they hold: ", pinned, noted \"Exam\""; nothing where not."""
    words: list[str] = []
    for state in states:
        words += ["pinned"] if state.is_pinned else []
        words += [f"kept although it breaks a rule (“{state.override}”)"] if state.override else []
        words += [f"noted “{state.note}”"] if state.note else []
    return "".join(f", {each}" for each in dict.fromkeys(words))


def loses_marks(was: State | None, becomes: State | None, notes: Collection[str]) -> bool:
    """Whether a cell loses what it was marked with; `notes` are those that there are afterwards, in whatever cell."""
    if was is None:
        return False
    if was.note and was.note not in notes:
        return True
    is_kept = becomes is not None and becomes.rotation == was.rotation
    return not is_kept and (was.is_pinned or bool(was.override))


def touched_by(edits: Iterable[Edit], user: User | None = None) -> Mapping[Key | PlanKey, bool]:
    """The cells that these edits changed, and whether anybody but this user did."""
    found: dict[Key | PlanKey, bool] = {}
    for edit in edits:
        is_other = user is None or edit.user_id != user.pk
        for cell in edit.cells:
            key = cell_of(cell).key
            found[key] = found.get(key, False) or is_other
    return found
