"""The codes of rotations and shift types, where they are kept beside the rows themselves.

Changes by hand keep what they found and left by codes: undo, and the shifts that cover gave, go by them. So do parts
that are made anew, and questions to the optimiser. A code that is kept so stays what it is.
"""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError

from scheduling.models import Edit, GenerationRun, Inquiry, Rotation, ShiftType

CHUNK = 200  # edits read at a time: one may be of thousands of cells


def keepers(row: Rotation | ShiftType, code: str = "") -> list[str]:
    """What keeps the code of a row (another one where `code` is given), in words; empty where nothing does.

    Reads all changes by hand of the program where none keeps it (3 queries, 2 for shift types).
    """
    return list(_keepers(row, code or row.code))


def _keepers(row: Rotation | ShiftType, code: str) -> Iterator[str]:
    edits = Edit.objects.filter(schedule__program=row.program_id).order_by()
    name = "rotation" if isinstance(row, Rotation) else "shift"
    for cells in edits.values_list("cells", flat=True).iterator(chunk_size=CHUNK):
        if any(code in _named(cell, name) for cell in cells):
            yield "changes by hand, with their undo and cover"
            break
    if isinstance(row, Rotation):
        runs = GenerationRun.objects.filter(schedule__program=row.program_id).exclude(remakes={}).order_by()
        if any(code in remakes.get("rotations", ()) for remakes in runs.values_list("remakes", flat=True)):
            yield "generations of a part of a draft"
    asked = Inquiry.objects.filter(schedule__program=row.program_id).exclude(parameters={}).order_by()
    if any(parameters.get(name) == code for parameters in asked.values_list("parameters", flat=True)):
        yield "questions to the optimiser"


def _named(cell: Any, name: str) -> list[str]:
    if name == "shift":
        return [cell.get("shift", "")]
    return [state["rotation"] for state in (cell["before"], cell["after"]) if state]


def require_not_kept(row: Rotation | ShiftType, code: str) -> None:
    """Raise ValidationError where a row is to have another code than this, its own so far, and something keeps it.

    Call it with the schedules of the program held: a change by hand that is being made keeps codes too.
    """
    if found := keepers(row, code):
        what = "rotation" if isinstance(row, Rotation) else "shift type"
        told = f"The code {code} is kept in {' and in '.join(found)}, which would mean nothing any more: it stays."
        told += f" The name may change; for another code, make a new {what} and let this one go out of use."
        raise ValidationError({"code": told})
