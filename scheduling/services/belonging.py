"""Rows that refer to something of another program. Forms and imports refuse them; a shell or an old database may not.

A schedule is made of one program: whoever reads it may count on finding everything that a row names.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import Model, Q, QuerySet

from scheduling.models import (
    Assignment,
    Cohort,
    CrossCover,
    Curriculum,
    History,
    Placement,
    Preference,
    Rotation,
    RotationAssignment,
    Schedule,
    SequenceRule,
    ShiftType,
    Staffing,
)

# By model, what its rows refer to.
OF_PROGRAM: dict[type[Model], tuple[str, ...]] = {
    Staffing: ("rotations", "shift_type"),
    Curriculum: ("rotations",),
    SequenceRule: ("rotations", "next_rotations"),
    Rotation: ("regular_shifts",),
    ShiftType: ("not_followed_by", "joins"),
}
OF_YEAR: dict[type[Model], tuple[str, ...]] = {
    Placement: ("person", "shift_type", "rotations"),
    Preference: ("person", "shift_type", "rotation"),
    History: ("person", "rotation"),
    Cohort: ("rotation",),
}
OF_SCHEDULE: dict[type[Model], tuple[str, ...]] = {
    RotationAssignment: ("person", "rotation"),
    Assignment: ("person", "rotation", "block__shift_type"),
}


def foreign_rows(schedule: Schedule) -> Iterator[str]:
    """A sentence for each row that a schedule is made from and that names something of another program."""
    program = schedule.program_id
    year = {"academic_year": schedule.academic_year_id}
    sources: list[tuple[type[Model], tuple[str, ...], dict[str, Any]]] = [
        *((model, relations, {"program": program}) for model, relations in OF_PROGRAM.items()),
        (CrossCover, ("covers", "shift_types"), {"rotation__program": program}),
        *((model, relations, year) for model, relations in OF_YEAR.items()),
        *((model, relations, {"schedule": schedule.pk}) for model, relations in OF_SCHEDULE.items()),
    ]
    for model, relations, own in sources:
        for row in _foreign(model, relations, program).filter(**own):
            kind = str(model._meta.verbose_name).capitalize()
            what = "make a new draft" if model in OF_SCHEDULE else "change or delete it in the administration"
            yield f"{kind} {str(row)!r} (number {row.pk}) refers to something of another program: {what}."


def _foreign(model: type[Model], relations: tuple[str, ...], program: int) -> QuerySet[Any]:
    wrong = Q()
    for relation in relations:
        # Not ~Q(...=program), which would ask whether none of several is of the program.
        path = f"{relation}__program"
        wrong |= Q(**{f"{path}__lt": program}) | Q(**{f"{path}__gt": program})
    return model._default_manager.filter(wrong).order_by("pk").distinct()
