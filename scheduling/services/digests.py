"""Whether what a program is set up with is still what it was, by one statement, however many tables that is.

On PostgreSQL each row says which transaction wrote it, and where it lies: a digest of that over the rows in question is
another one after any write to them, by whomever and whatever, once it is seen. SQLite has no such thing: there nothing
is kept by a digest.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from django.db import connections
from django.db.models import Model

from absences.models import Absence
from people.kept import Kept
from people.models import Person, Program, Standing
from people.prepared import alias_of
from scheduling.models import AcademicYear, Block, Curriculum, History, Period, Rotation, ShiftType, Staffing

type Tables = tuple[type[Model], ...]

_PROGRAM = "program_id = %(program)s"
_YEARS = "academic_year_id = ANY(%(years)s)"


def _those(model: type[Model]) -> str:
    return f"SELECT id FROM {model._meta.db_table} WHERE {_PROGRAM}"  # noqa: S608 nothing in it is anybody's input


# The rows of a program, of its years, and of the days from first to last.
ROWS: dict[type[Model], str] = {
    Program: "id = %(program)s",
    AcademicYear: "id = ANY(%(years)s)",
    Period: _YEARS,
    Person: _PROGRAM,
    Standing: f"person_id IN ({_those(Person)})",
    Absence: f"start_date <= %(last)s AND end_date >= %(first)s AND person_id IN ({_those(Person)})",
    Rotation: _PROGRAM,
    ShiftType: _PROGRAM,
    ShiftType.joins.through: f"from_shifttype_id IN ({_those(ShiftType)})",
    Staffing: _PROGRAM,
    Staffing.rotations.through: f"staffing_id IN ({_those(Staffing)})",
    Curriculum: _PROGRAM,
    Curriculum.rotations.through: f"curriculum_id IN ({_those(Curriculum)})",
    History: _YEARS,
    Block: f"date BETWEEN %(first)s AND %(last)s AND shift_type_id IN ({_those(ShiftType)})",
}


class Asked(NamedTuple):
    """The rows of `tables` that are meant: a program's, of these academic years (by key) and days."""

    tables: Tables
    program: int
    years: tuple[int, ...]
    first: date
    last: date

    def digest(self) -> str:
        """A digest of these rows, from the database that readers read (1 query); blank on SQLite (none)."""
        if connections[alias_of(self.tables[0])].vendor != "postgresql":
            return ""
        return str(self.beside("NULL", {})[0])

    def beside(self, columns: str, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """The digest, and behind it these columns of SQL, by the same statement (1 query); `values` are theirs."""
        connection = connections[alias_of(self.tables[0])]
        digest, parameters = "SELECT ''", dict(values)
        if connection.vendor == "postgresql":
            digest = _statement(self.tables)
            parameters |= {**self._asdict(), "tables": None, "years": list(self.years)}
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT ({digest}), {columns}", parameters)
            row: tuple[Any, ...] = cursor.fetchone()
        return row


@cache
def _statement(tables: Tables) -> str:
    rows = " UNION ALL ".join(
        f"SELECT {number} AS part, xmin, ctid FROM {model._meta.db_table} WHERE {ROWS[model]}"  # noqa: S608
        for number, model in enumerate(tables)
    )
    return f"SELECT count(*) || ' ' || sum(hashtextextended(part || ' ' || xmin || ctid, 0)) FROM ({rows}) written"  # noqa: S608


def kept_by[T](
    kept: Kept[T], asked: Asked, beside: Iterable[Hashable], make: Callable[[str], T], digest: str | None = None
) -> T:
    """What is made of these rows, and is kept for as long as they are the same (1 query where it is kept).

    `beside` is all that it depends on beside them, as which objects were read before. `make` is told the digest. It is
    kept only if that is the same afterwards: a row that came meanwhile and goes again would be there for ever. If not,
    it is made once more, of a blank digest as on SQLite, by which nobody else keeps anything either. A `digest` that
    was read a moment ago is not read again.
    """
    digest = asked.digest() if digest is None else digest
    if not digest:
        return make(digest)
    key = (asked, digest, *beside)
    found = kept.find(key)
    if found is None:
        found = make(digest)
        if asked.digest() != digest:
            return make("")
        kept.put(key, found)
    return found


def said(model: Model) -> str:
    """All that a row says, as it was read: what is made with it is not kept for a row that says something else."""
    columns: list[Any] = [model.__dict__.get(field.attname) for field in model._meta.concrete_fields]
    return repr(columns)
