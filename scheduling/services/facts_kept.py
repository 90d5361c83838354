"""What edits of a schedule rest on, kept in the memory of the process for as long as it is so.

Each edit asks for the same people, leave, rotations, shift types and rules, and reading them takes many times longer
than the edit. On PostgreSQL each row says which transaction wrote it, and where it lies: a digest of that over the
rows in question is another one after any write to them, by whomever and whatever, once it is seen. On SQLite, which
has no such thing, everything is read each time.

What is kept is shared by threads: nothing in it may be changed.
"""

from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from threading import Lock

from django.db import connection
from django.db.models import Model
from django.utils import timezone

from absences.models import Absence
from people.models import Person, Program, Standing
from scheduling.models import AcademicYear, Period, Rotation, Schedule, ShiftType, Staffing
from scheduling.rules import Rulebook
from scheduling.services import facts as facts_
from scheduling.services.checking import book_of
from scheduling.services.facts import Facts
from scheduling.services.staffing import Need, needs_of

MOST = 64  # schedules; some 0.3 MB each

type Key = tuple[int, date, date, date, str]


@dataclass(frozen=True, slots=True)
class Known:
    """The facts of a schedule as `facts.load_to_edit` gives them, with the rules and the staffing of its program.

    `digest` stands for all of it but the schedule itself; it is blank where nothing is kept.
    """

    facts: Facts
    book: Rulebook
    needs: tuple[Need, ...]
    digest: str


_kept: OrderedDict[Key, Known] = OrderedDict()
_turn = Lock()


def known_of(schedule: Schedule) -> Known:
    """What an edit of a schedule rests on (1 query where it is kept), for one held with its program and year.

    Raises ValidationError where the program's rule settings are wrong.
    """
    digest = digest_of(schedule)
    if not digest:
        return _read(schedule, digest)
    today = timezone.localdate(timezone=schedule.program.zone)  # who has left by today is read otherwise
    key = (schedule.pk, schedule.start_date, schedule.end_date, today, digest)
    with _turn:
        found = _kept.get(key)
        if found is not None:
            _kept.move_to_end(key)
    if found is None:
        found = _read(schedule, digest)
        with _turn:
            _kept[key] = found
            while len(_kept) > MOST:
                _kept.popitem(last=False)
    return replace(found, facts=replace(found.facts, schedule=schedule))


def _read(schedule: Schedule, digest: str) -> Known:
    facts = facts_.load_to_edit(schedule)
    for shift_type in facts.shift_types.values():
        shift_type.program = schedule.program  # its times are in the program's zone: no query for each
    return Known(facts, book_of(facts), tuple(needs_of(schedule.program)), digest)


def digest_of(schedule: Schedule) -> str:
    """A digest of all rows that a schedule's facts are made of (1 query); blank on SQLite."""
    if connection.vendor != "postgresql":
        return ""
    values: dict[str, int | date] = {
        "program": schedule.program_id,
        "year": schedule.academic_year_id,
        "first": schedule.start_date,
        "last": schedule.end_date,
    }
    with connection.cursor() as cursor:
        cursor.execute(_statement(), values)
        (digest,) = cursor.fetchone()
    return str(digest)


@cache
def _statement() -> str:
    person, shift, staffing = (
        f"SELECT id FROM {model._meta.db_table} WHERE program_id = %(program)s"  # noqa: S608
        for model in (Person, ShiftType, Staffing)
    )
    wheres: dict[type[Model], str] = {
        Program: "id = %(program)s",
        AcademicYear: "id = %(year)s",
        Period: "academic_year_id = %(year)s",
        Person: "program_id = %(program)s",
        Standing: f"person_id IN ({person})",
        Absence: f"start_date <= %(last)s AND end_date >= %(first)s AND person_id IN ({person})",
        Rotation: "program_id = %(program)s",
        ShiftType: "program_id = %(program)s",
        ShiftType.joins.through: f"from_shifttype_id IN ({shift})",
        Staffing: "program_id = %(program)s",
        Staffing.rotations.through: f"staffing_id IN ({staffing})",
    }
    rows = " UNION ALL ".join(
        f"SELECT {number} AS part, xmin, ctid FROM {model._meta.db_table} WHERE {where}"  # noqa: S608
        for number, (model, where) in enumerate(wheres.items())
    )
    # Nothing in it is anybody's input.
    return f"SELECT count(*) || ' ' || sum(hashtextextended(part || ' ' || xmin || ctid, 0)) FROM ({rows}) written"  # noqa: S608
