"""What the list of people is made of: who is found, and the form that asks. Both are read or made as seldom as can be:
Django's forms and small queries cost more than the page around them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet
from django.utils.safestring import SafeString, mark_safe

from people.forms import PeopleFilter
from people.kept import Kept
from people.models import Person
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
class Asked:
    """The filter: what is wanted, by its fields (nothing where a field is wrong); its fields as HTML, and what is wrong
    with them."""

    wanted: Mapping[str, Any]
    fields: Mapping[str, SafeString]
    errors: SafeString


_ASKED = Kept[Asked](256)
_BODIES = Kept[SafeString](64)


def asked_of(query: Mapping[str, str], program: int) -> Asked:
    """The filter that an address holds (1 query)."""
    levels = tuple(level for (level,) in _levels(program) if level is not None)
    given = {name: query[name] for name in PeopleFilter.base_fields if name in query}
    return _ASKED.of((levels, tuple(given.items())), lambda: _asked(given, levels))


def found(program: int, wanted: Mapping[str, Any], sort: str) -> list[Row]:
    """Who is wanted, in order; `sort` is one of SORTS, after a "-" where it is turned round (1 query)."""
    names = SORTS.get(sort.removeprefix("-"), SORTS["name"])
    order = (*(f"-{name}" if sort.startswith("-") else name for name in names), "pk")
    everybody = bool(wanted.get("inactive"))
    if name := wanted.get("name"):  # the database knows which letters are the same
        rows = list(_people(program, order, everybody=everybody).filter(name__icontains=name).values_list(*_COLUMNS))
    else:
        rows = _ordered(order, everybody=everybody)(program)
    kind, level = wanted.get("type"), wanted.get("level")
    return [row for row in rows if (not kind or row[_TYPE] == kind) and (not level or row[_LEVEL] == level)]


def body(program: int, rows: Sequence[Row], today: date) -> SafeString:
    """The rows of the table, with what is recorded of people for days to come (1 query)."""
    standings = to_come(program, today)

    def make() -> SafeString:
        people = [instance(Person, row) for row in rows]
        recorded = coming(people, standings, today)
        return people_rows((one, recorded.get(one.pk, ())) for one in people)

    return _BODIES.of((tuple(rows), tuple(standings), today), make)


@prepared
def _levels(program: int) -> QuerySet[Any, Any]:
    return Person.objects.filter(program=program).order_by("pgy_level").values_list("pgy_level").distinct()


@lru_cache(maxsize=64)
def _ordered(order: tuple[str, ...], *, everybody: bool) -> Prepared:
    def rows(program: int) -> QuerySet[Any, Any]:
        return _people(program, order, everybody=everybody).values_list(*_COLUMNS)

    return prepared(rows)


def _people(program: int, order: tuple[str, ...], *, everybody: bool) -> QuerySet[Person]:
    rows = Person.objects.all() if everybody else Person.objects.active()
    return rows.filter(program=program).order_by(*order)


def _asked(given: Mapping[str, str], levels: Sequence[int]) -> Asked:
    form = PeopleFilter(given, levels=list(levels))
    return Asked(
        wanted=form.cleaned_data if form.is_valid() else {},
        fields={field.name: SafeString(field) for field in form},
        errors=mark_safe("".join(str(field.errors) for field in form)),  # noqa: S308 Django's own HTML
    )
