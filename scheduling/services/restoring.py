"""What `archiving` moved to a file, put back as it was, under the keys that it had: the audit log still names these."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import batched
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F

from people.models import Person, Program, User, record
from scheduling.models import AcademicYear, Block, Cover, Period, Rotation, Schedule
from scheduling.services import archive_file
from scheduling.services.archive_file import Line
from scheduling.services.archive_rows import TABLES
from scheduling.services.archiving import RESTORED, verify

WRITTEN: list[type[models.Model]] = [Schedule, *(model for model, _ in TABLES), Cover]
MODELS = {str(model._meta.model_name): model for model in WRITTEN}
NAMED: dict[type[models.Model], str] = {Person: "person", Rotation: "rotation", Period: "period", Block: "block"}
AT_ONCE = 1000


def restore(*, path: Path, user: User | None = None) -> list[Schedule]:
    """Put the versions of a file back, in one transaction; returns them.

    A version whose number another one has by now gets the next free one. Accounts that are gone are left out. Raises
    archive_file.CannotRead for a file that is not whole, and ValidationError, in words, where the file is of another
    database, where a version is there already, and where a person, rotation, period or block that it needs is gone.
    """
    head = verify(path)
    keys = [each["id"] for each in head["versions"]]
    with transaction.atomic():
        program, year = _place(head, path)
        _check_gone(keys)
        lines = archive_file.read(path)
        next(lines)
        names: dict[str, dict[int, str]] = {}
        for line in lines:
            if "names" in line:
                names[line["names"]] = {row[0]: " ".join(map(str, row[1:])) for row in line["rows"]}
                _check_same(line)
            elif "table" in line:
                _insert(line, names)
            elif "derived" in line:
                derived = line["derived"]
            elif "paid back" in line:
                paid = line["paid back"]
        _tie(derived, paid)
        found = list(Schedule.objects.filter(pk__in=keys).select_related("academic_year").order_by("number"))
        Schedule.objects.filter(academic_year=year).exclude(pk__in=keys).update(revision=F("revision") + 1)
        for version in found:
            changes = {"number": version.number, "file": path.name, "sha256": archive_file.sha256(path)}
            record(user=user, action=RESTORED, target=version, program=program, changes=changes)
    return found


def _place(head: Line, path: Path) -> tuple[Program, AcademicYear]:
    """The program, locked, and the year that the file is of."""
    program = Program.objects.select_for_update(no_key=True).filter(pk=head["program"]["id"]).first()
    year = AcademicYear.objects.filter(pk=head["year"]["id"], program=program).first()
    if program is None or year is None or year.start_date.isoformat() != head["year"]["start"]:
        raise ValidationError(
            f"{path} is of {head['program']['name']}, {head['year']['name']}, which this database does not have: "
            "restore it into the database that it came from, or into a copy of that."
        )
    return program, year


def _check_gone(keys: Sequence[int]) -> None:
    if there := list(Schedule.objects.filter(pk__in=keys).select_related("academic_year").order_by("number")):
        raise ValidationError(
            f"{there[0]} is there already: nothing was restored. If archiving was broken off, run archive_year again "
            "to its end first."
        )


def _check_same(line: Line) -> None:
    """Blocks never change: where one is on another day, the file is of another database."""
    if line["names"] != "block":
        return
    days = {key: day for key, day, _ in line["rows"]}
    for some in batched(days, AT_ONCE):
        for key, day in Block.objects.filter(pk__in=some).values_list("pk", "date"):
            if day.isoformat() != days[key]:
                raise ValidationError(f"Block {key} is of {day} here and of {days[key]} in the file: nothing restored.")


def _insert(line: Line, names: dict[str, dict[int, str]]) -> None:
    """The rows of a line, under their keys."""
    model = MODELS[line["table"]]
    known = {field.attname: field for field in model._meta.concrete_fields}
    fields = [known[name] for name in line["fields"]]
    rows = [
        model(**{field.attname: field.to_python(value) for field, value in zip(fields, row, strict=True)})
        for row in line["rows"]
    ]
    for field in fields:
        if isinstance(field, models.ForeignKey):
            _drop_missing(field, rows, names)
    if model is Schedule:
        _number(rows)
    if model is Cover:
        rows = list(_not_there(rows))
    model._default_manager.bulk_create(rows, batch_size=AT_ONCE)
    # What a row gets as it is made is not when it was made.
    if stamps := [field.name for field in fields if getattr(field, "auto_now_add", False)]:
        model._default_manager.bulk_update(rows, stamps, batch_size=AT_ONCE)


def _drop_missing(field: "models.ForeignKey[Any, Any]", rows: Sequence[models.Model], names: dict[str, Any]) -> None:
    """Leave out who is gone where a row can be without; raise ValidationError where it cannot."""
    other = field.related_model
    here = {row.pk for row in rows} if other is type(rows[0]) else set()
    wanted = {getattr(row, field.attname) for row in rows} - {None} - here
    there: set[int] = set()
    for some in batched(wanted, AT_ONCE):
        there |= set(other._default_manager.filter(pk__in=some).values_list("pk", flat=True))
    missing = wanted - there
    if missing and not field.null:
        what, key = NAMED.get(other, str(other._meta.verbose_name)), min(missing)
        name = names.get(what, {}).get(key, key)
        raise ValidationError(
            f"The {what} {name} is gone, which the file needs: nothing was restored. Restore it into a copy of the "
            "database from the time of the file."
        )
    for row in rows:
        if getattr(row, field.attname) in missing:
            setattr(row, field.attname, None)


def _number(rows: Sequence[Any]) -> None:
    """Give the versions whose number is another's by now the next free ones."""
    taken = set(Schedule.objects.filter(program=rows[0].program_id).values_list("number", flat=True))
    after = max(taken | {row.number for row in rows})
    for row in rows:
        if row.number in taken:
            after += 1
            row.number = after


def _not_there(rows: Iterable[Any]) -> Iterator[Any]:
    """The covers that went; those that stayed are tied to their version again."""
    kept = Cover.objects.in_bulk([row.pk for row in rows])
    for row in rows:
        if row.pk in kept:
            kept[row.pk].schedule_id, kept[row.pk].edit_id = row.schedule_id, row.edit_id
            kept[row.pk].save(update_fields=["schedule", "edit"])
        else:
            yield row


def _tie(derived: Iterable[tuple[int, int]], paid: Iterable[tuple[int, int]]) -> None:
    """What stayed says again what it was made from, and which cover it paid back."""
    for key, base in derived:
        Schedule.objects.filter(pk=key, based_on=None).update(based_on=base)
    for key, earlier in paid:
        Cover.objects.filter(pk=key, pays_back=None).update(pays_back=earlier)
