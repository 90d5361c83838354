"""What the list of people is made of: who is found, and the form that asks. Both are read or made as seldom as can be:
Django's forms and small queries cost more than the page around them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet, Subquery, Sum
from django.db.models.functions import Power
from django.utils.safestring import SafeString, mark_safe

from people.forms import PeopleFilter
from people.kept import Kept
from people.models import Person, Program
from people.people_html import people_rows
from people.prepared import Prepared, columns, instance, prepared
from people.turning import coming, to_come

SORTS = {
    "name": ["name"],
    "level": ["pgy_level", "track", "name"],
    "type": ["type", "pgy_level", "name"],
    "cohort": ["cohort", "name"],
    "code": ["code"],
}
_COLUMNS = columns(Person)
_TYPE, _LEVEL = _COLUMNS.index("type"), _COLUMNS.index("pgy_level")

type Row = tuple[Any, ...]  # of the columns of Person


@dataclass(frozen=True, slots=True)
class Found:
    """Who is wanted, in order, and the levels that there are in the program, whoever is wanted."""

    rows: Sequence[Row]
    levels: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Fields:
    """The form of the filter: its fields as HTML, and what is wrong with them."""

    html: Mapping[str, SafeString]
    errors: SafeString


_WANTED = Kept[Mapping[str, Any]](256)
_FIELDS = Kept[Fields](256)
_BODIES = Kept[SafeString](64)


def wanted_by(query: Mapping[str, str]) -> Mapping[str, Any]:
    """What is wanted, by the fields of the filter that an address holds; nothing where a field is wrong."""
    given = _given(query)

    def make() -> Mapping[str, Any]:
        form = PeopleFilter(dict(given), levels=[])
        return form.cleaned_data if form.is_valid() else {}

    return _WANTED.of(given, make)


def fields_of(query: Mapping[str, str], levels: tuple[int, ...]) -> Fields:
    """The form as that address has filled it in."""
    given = _given(query)
    return _FIELDS.of((levels, given), lambda: _fields(PeopleFilter(dict(given), levels=list(levels))))


def _given(query: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, query[name]) for name in PeopleFilter.base_fields if name in query)


def _fields(form: PeopleFilter) -> Fields:
    errors = "".join(str(field.errors) for field in form)
    return Fields({field.name: SafeString(field) for field in form}, mark_safe(errors))  # noqa: S308 Django's own HTML


def found(program: int, wanted: Mapping[str, Any], sort: str) -> Found:
    """`sort` is one of SORTS, after a "-" where it is turned round (1 query; 2 where nobody is found)."""
    names = SORTS.get(sort.removeprefix("-"), SORTS["name"])
    order = (*(f"-{name}" if sort.startswith("-") else name for name in names), "pk")
    everybody = bool(wanted.get("inactive"))
    if name := wanted.get("name"):  # the database knows which letters are the same
        rows = list(_people(program, order, everybody=everybody).filter(name__icontains=name))
    else:
        rows = _ordered(order, everybody=everybody)(program)
    levels = _levels_in(rows[0][-1] if rows else _levels(program)[0][0])
    kind, level = wanted.get("type"), wanted.get("level")
    shown = [row[:-1] for row in rows if (not kind or row[_TYPE] == kind) and (not level or row[_LEVEL] == level)]
    return Found(shown, levels)


def body(program: int, rows: Sequence[Row], today: date) -> SafeString:
    """The rows of the table, with what is recorded of people for days to come (1 query)."""
    standings = to_come(program, today)

    def make() -> SafeString:
        people = [instance(Person, row) for row in rows]
        recorded = coming(people, standings, today)
        return people_rows((one, recorded.get(one.pk, ())) for one in people)

    return _BODIES.of((tuple(rows), tuple(standings), today), make)


def _levels_in(powers: float | None) -> tuple[int, ...]:
    """The levels that a sum of powers of two stands for."""
    rest = int(powers or 0)
    return tuple(level for level in range(rest.bit_length()) if rest >> level & 1)


# The levels of a program as one number, the sum of a power of two for each: read along with each row, it saves a query.
_POWERS = Sum(Power(2, "pgy_level"), distinct=True)


@prepared
def _levels(program: int) -> QuerySet[Any, Any]:
    return Program.objects.filter(pk=program).annotate(powers=_levels_of(program)).values_list("powers")


def _levels_of(program: int) -> Subquery:
    everybody = Person.objects.filter(program=program).order_by().values("program")
    return Subquery(everybody.annotate(powers=_POWERS).values("powers"))


@lru_cache(maxsize=64)
def _ordered(order: tuple[str, ...], *, everybody: bool) -> Prepared:
    def rows(program: int) -> QuerySet[Any, Any]:
        return _people(program, order, everybody=everybody)

    return prepared(rows)


def _people(program: int, order: tuple[str, ...], *, everybody: bool) -> QuerySet[Any, Any]:
    """The columns of Person, and after them the program's levels."""
    rows = Person.objects.all() if everybody else Person.objects.active()
    chosen = rows.filter(program=program).order_by(*order)
    return chosen.annotate(levels=_levels_of(program)).values_list(*_COLUMNS, "levels")
