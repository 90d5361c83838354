"""Deleting a sentence, a rotation or a shift type, unless something refers to it."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, Q

from people.models import Program, User, record
from scheduling.models import Assignment, Block, Rotation, RotationAssignment, Schedule, ShiftType
from scheduling.services.setup_codes import keepers
from scheduling.services.setup_kinds import KINDS, Kind
from scheduling.services.setup_revisions import bump_schedules
from scheduling.services.setup_rows import held, snapshot

NAMED = 3  # of those that use it; the others are counted


def where_used(row: Model) -> list[str]:
    """What refers to a row, in words, such as "Roster: Published 1"; empty where it may be deleted."""
    return list(_uses(row))


def _uses(row: Model) -> Iterator[str]:
    for model, names in _relations(row).items():
        named = Q()
        for name in names:
            named |= Q(**{name: row})
        rows = model._default_manager.filter(named).distinct()
        if model in (Assignment, RotationAssignment):
            yield from _schedules(model, rows)
        elif count := rows.count():
            yield _line(str(model._meta.verbose_name), [_said(each) for each in rows[:NAMED]], count)
    if isinstance(row, ShiftType):
        yield from _schedules(Assignment, Assignment.objects.filter(block__shift_type=row))
    if isinstance(row, Rotation | ShiftType):
        yield from (f"Kept by its code in {each}" for each in keepers(row))


def _relations(row: Model) -> dict[type[Model], list[str]]:
    """Whatever may refer to a row: by model, the fields that do; not the tables of many-to-many relations, and not
    blocks, which go with their shift type where nobody works them."""
    found: dict[type[Model], list[str]] = {}
    for relation in row._meta.get_fields(include_hidden=True):
        if relation.auto_created and relation.is_relation and not relation.concrete:
            model: Any = relation.related_model
            if not model._meta.auto_created and model is not Block:
                found.setdefault(model, []).append(relation.field.name)  # type: ignore[union-attr]
    return found


def _said(row: Any) -> str:
    """A sentence where the row is one."""
    kind = next((kind for kind in KINDS.values() if kind.model is type(row)), None)
    return kind.sentence(row) if kind else str(row)


def _schedules(model: type[Model], rows: Any) -> Iterator[str]:
    keys = set(rows.order_by().values_list("schedule", flat=True).distinct())
    if keys:
        schedules = Schedule.objects.filter(pk__in=keys).select_related("academic_year")
        what = "Roster" if model is Assignment else "Rotation plan"
        yield _line(what, [str(each) for each in schedules[:NAMED]], len(keys))


def _line(what: str, names: list[str], count: int) -> str:
    more = count - len(names)
    return f"{what.capitalize()}: {'; '.join([*names, *([f'{more} more'] if more else [])])}"


def remove(*, program: Program, user: User | None, kind: Kind, pk: int) -> str:
    """Delete a row; returns what it said. Raises ValidationError, naming where it is used, if it is."""
    with transaction.atomic():
        row = held(program, kind, pk)
        said = kind.sentence(row)
        if used := where_used(row):
            raise ValidationError([f"{said} is in use. {'. '.join(used)}."])
        record(user=user, action=f"{kind.one} deleted", target=row, program=program, changes=snapshot(row))
        if isinstance(row, ShiftType):
            row.blocks.all().delete()
        row.delete()
        bump_schedules(program)
    return said
