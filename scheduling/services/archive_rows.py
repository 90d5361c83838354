"""What the file of an archived year has in it, as it is read from the database."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import models
from django.db.models import Q

from people.models import Person
from scheduling.models import (
    AcademicYear,
    Assignment,
    Block,
    Cover,
    Edit,
    GenerationRun,
    Inquiry,
    Period,
    Rotation,
    RotationAssignment,
    Schedule,
)
from scheduling.services import archive_file
from scheduling.services.archive_file import Line

# What hangs on a version, in the order in which it is written, with how many rows go in one transaction.
TABLES: tuple[tuple[type[models.Model], int], ...] = (
    (RotationAssignment, 5000),
    (Assignment, 5000),
    (Edit, 200),  # one may be of thousands of cells
    (GenerationRun, 200),
    (Inquiry, 200),
)


def lines_of(year: AcademicYear, moving: Sequence[Schedule]) -> Iterator[Line]:
    """The lines of a file with these versions of a year."""
    keys = [each.pk for each in moving]
    program = {"id": year.program_id, "slug": year.program.slug, "name": year.program.name}
    span = {"id": year.pk, "name": str(year), "start": year.start_date, "end": year.end_date}
    versions = [
        {"id": each.pk, "number": each.number, "status": each.status, "revision": each.revision} for each in moving
    ]
    yield {
        "format": archive_file.FORMAT,
        "edition": archive_file.EDITION,
        "program": program,
        "year": span,
        "versions": versions,
    }
    yield from _names(year, keys)
    # What stays and says that it was made from, or paid back by, something that goes.
    yield {"derived": list(_derived(keys).values_list("pk", "based_on_id"))}
    yield {"paid back": list(_paid_back(keys).values_list("pk", "pays_back_id"))}
    counts: dict[str, int] = {}
    yield from _table(Schedule, Schedule.objects.filter(pk__in=keys).order_by("pk"), counts)
    for model, _ in TABLES:
        yield from _table(model, rows_of(model, keys), counts)
    yield from _table(Cover, tied(keys).order_by("pk"), counts)
    yield {"counts": counts}


def _table(model: type[models.Model], rows: models.QuerySet[Any], counts: dict[str, int]) -> Iterator[Line]:
    fields = columns(model)
    values = rows.values_list(*fields).iterator(chunk_size=archive_file.ROWS)
    return archive_file.rows_of(model._meta.model_name or "", fields, values, counts)


def _derived(keys: Sequence[int]) -> models.QuerySet[Schedule]:
    return Schedule.objects.filter(based_on__in=keys).exclude(pk__in=keys).order_by("pk")


def _paid_back(keys: Sequence[int]) -> models.QuerySet[Cover]:
    here = tied(keys).values("pk")
    return Cover.objects.filter(pays_back__in=here).exclude(pk__in=here).order_by("pk")


def _names(year: AcademicYear, keys: Sequence[int]) -> Iterator[Line]:
    """Who and what the keys in the rows are, for whoever reads the file without the database."""
    program = year.program
    blocks = Block.objects.filter(assignments__schedule__in=keys).distinct().order_by("pk")
    for what, rows in (
        ("person", Person.objects.filter(program=program).order_by("pk").values_list("pk", "code", "name")),
        ("rotation", Rotation.objects.filter(program=program).order_by("pk").values_list("pk", "code", "name")),
        ("period", Period.objects.filter(academic_year=year).values_list("pk", "number", "start_date", "end_date")),
        ("block", blocks.values_list("pk", "date", "shift_type__code")),
    ):
        yield {"names": what, "rows": list(rows)}


def rows_of(model: type[models.Model], keys: Sequence[int]) -> models.QuerySet[Any]:
    return model._default_manager.filter(schedule__in=keys).order_by("pk")


def tied(keys: Sequence[int]) -> models.QuerySet[Cover]:
    """Cover that was given in these versions."""
    return Cover.objects.filter(Q(schedule__in=keys) | Q(edit__schedule__in=keys))


def counting(keys: Sequence[int]) -> models.QuerySet[Cover]:
    """That of it which counts in the ledger, and so stays in it."""
    return tied(keys).filter(pk__in=Cover.objects.standing().values("pk"))


def columns(model: type[models.Model]) -> list[str]:
    """What a row of a table is written as."""
    return [each.attname for each in model._meta.concrete_fields]
