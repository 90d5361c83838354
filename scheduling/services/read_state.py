"""What a generation reads, in a few letters: the same ones later mean that its result still fits.

The revision of a schedule counts more than that: each change of rules that a page may show, such as a colour. So
where it has gone up while a draft was being generated, these say whether anything that the optimiser reads did.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from absences.models import Absence
from people.models import Person, Program, Standing
from scheduling.models import (
    Assignment,
    Cohort,
    CrossCover,
    Curriculum,
    History,
    Period,
    Placement,
    Preference,
    Rotation,
    RotationAssignment,
    Schedule,
    SequenceRule,
    ShiftType,
    Staffing,
)

# By table of the rules, the path to the program.
RULES: Mapping[type[Model], str] = {
    Program: "pk",
    Person: "program",
    Standing: "person__program",
    Absence: "person__program",
    Rotation: "program",
    ShiftType: "program",
    CrossCover: "rotation__program",
    Staffing: "program",
    Curriculum: "program",
    SequenceRule: "program",
    Period: "academic_year__program",
    Placement: "academic_year__program",
    Preference: "academic_year__program",
    History: "academic_year__program",
    Cohort: "academic_year__program",
}
CONTENT: tuple[type[Model], ...] = (RotationAssignment, Assignment)
# Only people read these.
NOT_READ: Mapping[type[Model], Collection[str]] = {
    Program: ("name", "slug", "lock_days", "shows_who_is_on"),
    Rotation: ("colour", "position"),
    ShiftType: ("position",),
}


@dataclass(frozen=True, slots=True)
class ReadState:
    """Of a draft: its own content, and everything by which it is generated."""

    content: str
    rules: str


def read_state(schedule: Schedule) -> ReadState:
    """What a generation of this draft reads now (some 30 queries of whole tables: for workers)."""
    content, rules = hashlib.sha256(), hashlib.sha256()
    for model in CONTENT:
        for row in _rows(model, "schedule", schedule.pk):
            content.update(row)
    for model, path in RULES.items():
        for row in _rows(model, path, schedule.program_id):
            rules.update(row)
    return ReadState(content.hexdigest(), rules.hexdigest())


def _rows(model: type[Model], path: str, key: int) -> Iterator[bytes]:
    """The rows of a table, and which others they name."""
    names = [each.attname for each in model._meta.concrete_fields if each.name not in NOT_READ.get(model, ())]
    yield from _told(model, model._default_manager.filter(**{path: key}).order_by("pk").values_list(*names))
    for link in model._meta.many_to_many:
        through: Any = link.remote_field.through
        near, far = link.m2m_field_name(), link.m2m_reverse_field_name()
        pairs = through._default_manager.filter(**{f"{near}__{path}": key}).order_by(near, far)
        yield from _told(through, pairs.values_list(near, far))


def _told(model: type[Model], rows: Any) -> Iterator[bytes]:
    yield repr(model._meta.label).encode()
    for row in rows.iterator():
        yield repr(row).encode()
