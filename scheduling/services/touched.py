"""Which cells of a schedule were changed since a revision, for pages that are open."""

from scheduling.models import Edit, Schedule
from scheduling.services.cells import Key, PlanKey, cell_of


def touched_since(schedule: Schedule, revision: int) -> set[Key | PlanKey] | None:
    """The cells that edits, undone and redone ones too, have changed since then (1 query); None as `edits_since`."""
    edits = edits_since(schedule, revision)
    return None if edits is None else {cell_of(cell).key for edit in edits for cell in edit.cells}


def edits_since(schedule: Schedule, revision: int) -> list[Edit] | None:
    """The edits, undone and redone ones too, that were made since then, in order, with their users (1 query).

    None where something else was written meanwhile, such as a generation, or where one edit was turned more than once:
    then everything may be another. The schedule is as it was read: edits after its own revision are not looked at.
    """
    writes = schedule.revision - revision
    if writes < 0:
        return None
    if writes == 0:
        return []
    edits = Edit.objects.filter(schedule=schedule, revision__gt=revision, revision__lte=schedule.revision)
    found = list(edits.select_related("user").order_by("revision"))
    return found if len(found) == writes else None
