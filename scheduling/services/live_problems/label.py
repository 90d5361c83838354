"""What a list of problems was worked out from: whether it still holds, without working it out anew.

Two answers. The label is quick: the schedule's revision, the day, and the program's newest audit entries, since
staffing, rules, people and leave change without the revision, and whoever writes them writes an entry. It changes with
much that no problem depends on, such as each request for leave. Then the stamp is asked for, which is exact: on
PostgreSQL each row says which transaction wrote it and where it lies, so a digest of that over all rows that problems
are found from, the roster's excepted, is another one after any write to them, by whomever; the roster is counted by the
revision. SQLite has no such thing: there a label that has changed is a stamp that has.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import Any

from django.db import connections
from django.db.models import Model, QuerySet
from django.utils import timezone

from absences.models import Absence
from people.models import AuditLog, Person, Program, Standing
from people.prepared import alias_of, prepared
from scheduling.models import (
    AcademicYear,
    Block,
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

RECENT_WRITES = 20
RECENT = timedelta(days=28)  # no rule looks further back

type Label = tuple[int, date, tuple[int, ...]]


def label_of(schedule: Schedule) -> Label:
    """Read before anything else: what is written meanwhile then counts as not seen (1 query).

    Several entries, since one that was written earlier may be committed later than the newest; and the day, since who
    has left by today is read otherwise.
    """
    return schedule.revision, _today(schedule), tuple(pk for (pk,) in _newest(schedule.program_id))


def _today(schedule: Schedule) -> date:
    return timezone.localdate(timezone=schedule.program.zone)


@prepared
def _newest(program: int) -> QuerySet[Any, Any]:
    entries = AuditLog.objects.filter(program=program).order_by("-created_at", "-pk")
    return entries.values_list("pk")[:RECENT_WRITES]


def ground_stamp(schedule: Schedule) -> str:
    """A digest of all rows but the roster's (1 query); blank on SQLite."""
    connection = connections[alias_of(Schedule)]
    if connection.vendor != "postgresql":
        return ""
    values: dict[str, int | date] = {
        "program": schedule.program_id,
        "year": schedule.academic_year_id,
        "schedule": schedule.pk,
        "first": schedule.start_date,
        "last": schedule.end_date,
        "since": schedule.start_date - RECENT,
    }
    with connection.cursor() as cursor:
        cursor.execute(_statement(), values)
        (digest,) = cursor.fetchone()
    return f"{schedule.start_date} {schedule.end_date} {_today(schedule)} {digest}"


def tables() -> frozenset[str]:
    """Those that the stamp is a digest of."""
    return frozenset(table for table, _ in _parts())


def _parts() -> Iterator[tuple[str, str]]:
    """Each table with the rows of it that count. Whatever names several rows of another has a table for that."""
    people = _of(Person, "program_id = %(program)s")
    rotations = _of(Rotation, "program_id = %(program)s")
    years = _of(AcademicYear, "program_id = %(program)s")
    shift_types = _of(ShiftType, "program_id = %(program)s")
    wheres: dict[type[Model], str] = {
        Program: "id = %(program)s",
        AcademicYear: "program_id = %(program)s",
        Period: f"academic_year_id IN ({years})",
        Person: "program_id = %(program)s",
        Standing: f"person_id IN ({people})",
        Absence: f"status = '{Absence.Status.APPROVED}' AND start_date <= %(last)s AND person_id IN ({people})",
        Rotation: "program_id = %(program)s",
        ShiftType: "program_id = %(program)s",
        Block: f"date BETWEEN %(since)s AND %(last)s AND shift_type_id IN ({shift_types})",
        RotationAssignment: "schedule_id = %(schedule)s",
        Staffing: "program_id = %(program)s",
        Curriculum: "program_id = %(program)s",
        SequenceRule: "program_id = %(program)s",
        History: "academic_year_id = %(year)s",
        Placement: "academic_year_id = %(year)s",
        Preference: "academic_year_id = %(year)s",
        Cohort: "academic_year_id = %(year)s",
        CrossCover: f"rotation_id IN ({rotations})",
        # What was published before it: its roster is counted by its revision.
        Schedule: f"program_id = %(program)s AND id <> %(schedule)s AND status <> '{Schedule.Status.DRAFT}'"
        " AND start_date < %(first)s",
    }
    for model, where in wheres.items():
        yield model._meta.db_table, where
        for field in model._meta.local_many_to_many:
            through = field.remote_field.through
            assert through is not None
            yield through._meta.db_table, f"{field.m2m_column_name()} IN ({_of(model, where)})"


def _of(model: type[Model], where: str) -> str:
    return f"SELECT id FROM {model._meta.db_table} WHERE {where}"  # noqa: S608


@cache
def _statement() -> str:
    rows = " UNION ALL ".join(
        f"SELECT {number} AS part, xmin, ctid FROM {table} WHERE {where}"  # noqa: S608
        for number, (table, where) in enumerate(_parts())
    )
    # Nothing in it is anybody's input.
    return f"SELECT count(*) || ' ' || sum(hashtextextended(part || ' ' || xmin || ctid, 0)) FROM ({rows}) written"  # noqa: S608
