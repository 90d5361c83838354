"""Queries of plain values whose SQL is written once.

Django takes several times longer to write a small query than to run it and read its rows (0.4 ms against 0.1 ms), and
writes it anew each time. What is asked at every turn says so:

    @prepared
    def names(program: int, people: Sequence[int]) -> QuerySet[Any, Any]:
        return Person.objects.filter(program=program, pk__in=people).values_list("pk", "name")

    rows = names(program.pk, [7, 8])

The function is called once for each shape of its arguments, with stand-ins; afterwards only the values differ.

On PostgreSQL a list is one parameter, an array: `IN (%s, %s, ...)` becomes `= ANY(%s)`. So lists of all lengths are one
statement, and psycopg, which looks through those of more than 50 parameters anew each time, need not. What is always
the same stands in the statement, where psycopg would write it into each query. On SQLite each length of a list is a
statement of its own.
"""

import re
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import update_wrapper
from itertools import count
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections, models, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet

type Value = int | str | date | Sequence[int]
type Shape = tuple[tuple[type, int | None], ...]

MOST_SHAPES = 256  # of one query: on SQLite, lists of so many lengths
IN_PLACE_OF_A_LIST = 2  # stand-ins


@dataclass(frozen=True, slots=True)
class _Statement:
    """`places` are the parameters: the place of an argument (and of an item in it), or None for a constant."""

    sql: str
    constants: tuple[Any, ...]
    places: tuple[tuple[int, int | None] | None, ...]
    converted: tuple[tuple[int, Callable[[Any], Any]], ...]
    as_text: bool  # dates, as SQLite has them


class Prepared:
    """See the module. Arguments are whole numbers, words, dates, or lists of whole numbers, and stand in the query as
    they are, once or more often: raises TypeError where one does not."""

    def __init__(self, make: Callable[..., QuerySet[Any, Any]]) -> None:
        self._make = make
        self._made: dict[tuple[str, Shape], _Statement | None] = {}
        self._model: type[models.Model] | None = None
        update_wrapper(self, make)

    def __call__(self, *given: Value) -> list[tuple[Any, ...]]:
        if self._model is None:
            self._model = self._make(*given).model
        alias = alias_of(self._model)
        of_list = IN_PLACE_OF_A_LIST if connections[alias].vendor == "postgresql" else None
        shape: Shape = tuple(
            (type(each), None) if isinstance(each, int | str | date) else (list, of_list or len(each)) for each in given
        )
        try:
            statement = self._made[alias, shape]
        except KeyError:
            statement = self._prepare(alias, shape)
        if statement is None:
            return []  # nothing is in an empty list
        parameters = [
            constant if place is None else _value(given, place, as_text=statement.as_text)
            for constant, place in zip(statement.constants, statement.places, strict=True)
        ]
        with connections[alias].cursor() as cursor:
            cursor.execute(statement.sql, parameters)
            rows = cursor.fetchall()
        return _converted(rows, statement.converted) if statement.converted else rows

    def _prepare(self, alias: str, shape: Shape) -> _Statement | None:
        numbers = count()
        stand_ins = [_stand_in(numbers, *each) for each in shape]
        query = self._make(*stand_ins)
        if len(self._made) >= MOST_SHAPES:
            self._made.clear()
        made = self._made[alias, shape] = _written(query, alias, stand_ins)
        return made


def prepared(make: Callable[..., QuerySet[Any, Any]]) -> Prepared:
    """See the module."""
    return Prepared(make)


def alias_of(model: type[models.Model]) -> str:
    """Where a model is read: while a transaction is under way its own database, with what it has written; else that of
    readers."""
    return DEFAULT_DB_ALIAS if connections[DEFAULT_DB_ALIAS].in_atomic_block else router.db_for_read(model)


def columns(model: type[models.Model], path: str = "") -> list[str]:
    """All columns of a model, for `values_list`: by a path such as "program__" those of a row that another names."""
    return [f"{path}{field.name}" for field in model._meta.concrete_fields]


def instance[M: models.Model](model: type[M], values: Sequence[Any]) -> M:
    """A row of these columns as Django would have made it."""
    return model.from_db(DEFAULT_DB_ALIAS, [field.attname for field in model._meta.concrete_fields], values)


def _value(given: Sequence[Value], place: tuple[int, int | None], *, as_text: bool) -> Any:
    argument, item = place
    value: Any = given[argument] if item is None else given[argument][item]  # type: ignore[index]
    if as_text:
        return str(value) if isinstance(value, date) else value
    # An array as text: psycopg takes several times longer to write each number of a list.
    return value if isinstance(value, int | str | date) else f"{{{','.join(map(str, value))}}}"


def _stand_in(numbers: Iterator[int], kind: type, length: int | None) -> Any:
    """A value of this kind that no query holds by itself, nor any other argument or item of one."""
    if length is not None:
        return [_stand_in(numbers, int, None) for _ in range(length)]
    number = next(numbers)
    if issubclass(kind, date):
        return date(9000, 1, 1) + timedelta(days=number)
    return f"stand-in {number}" if issubclass(kind, str) else 1_700_000_000 + number


def _written(query: QuerySet[Any, Any], alias: str, stand_ins: Sequence[Any]) -> _Statement | None:
    connection = connections[alias]
    compiler = query.query.get_compiler(connection=connection)
    try:
        sql, parameters = compiler.as_sql()
    except EmptyResultSet:
        return None
    if connection.vendor == "postgresql":
        sql, parameters = _with_arrays(sql, parameters, [tuple(each) for each in stand_ins if isinstance(each, list)])
    places = _places(stand_ins, connection.vendor)
    if connection.vendor == "postgresql":
        sql, parameters = _with_constants(sql, parameters, places.keys(), connection)
    found = tuple(places.get(each) if isinstance(each, int | str | date | tuple) else None for each in parameters)
    if missing := set(places.values()) - set(found):
        raise TypeError(f"A query can be prepared only where its arguments stand in it as they are: {sorted(missing)}.")
    converters = compiler.get_converters([column[0] for column in compiler.select])
    converted = tuple(
        (index, lambda value, to=to, of=of: to(value, of, connection))
        for index, (chosen, of) in converters.items()
        for to in chosen
    )
    return _Statement(sql, tuple(parameters), found, converted, as_text=connection.vendor == "sqlite")


def _with_arrays(sql: str, parameters: Sequence[Any], lists: Sequence[tuple[int, ...]]) -> tuple[str, list[Any]]:
    """The statement with one parameter in place of each list's."""
    parts, left = re.split("(%%|%s)", sql), list(parameters)
    marks = [place for place, part in enumerate(parts) if part == "%s"]
    # From the end, so that the places before stay what they are.
    for at in reversed(range(len(left) - 1)):
        both, (mark, after) = tuple(left[at : at + 2]), marks[at : at + 2]
        if both in lists and parts[mark - 1].endswith(" IN (") and parts[after + 1].startswith(")"):
            parts[mark - 1] = parts[mark - 1].removesuffix("IN (") + "= ANY("
            parts[mark : after + 1] = ["%s::bigint[]"]
            left[at : at + 2] = [both]
    return "".join(parts), left


def _with_constants(
    sql: str, parameters: Sequence[Any], arguments: Container[Any], connection: BaseDatabaseWrapper
) -> tuple[str, list[Any]]:
    """The statement with the words and numbers in it that are no argument's."""
    from psycopg.sql import Literal  # only where there is PostgreSQL

    connection.ensure_connection()
    parts, given, left = re.split("(%%|%s)", sql), iter(parameters), []
    for place, part in enumerate(parts):
        if part != "%s":
            continue
        value = next(given)
        if isinstance(value, int | str) and value not in arguments:
            plain = str(value) if isinstance(value, str) else value  # a choice as the word that it is
            parts[place] = Literal(plain).as_string(connection.connection).replace("%", "%%")
        else:
            left.append(value)
    return "".join(parts), left


def _places(stand_ins: Sequence[Any], vendor: str) -> dict[Any, tuple[int, int | None]]:
    found: dict[Any, tuple[int, int | None]] = {}
    for argument, each in enumerate(stand_ins):
        if not isinstance(each, list):
            found[each] = found[str(each)] = (argument, None)
        elif vendor == "postgresql":
            found[tuple(each)] = (argument, None)
        else:
            found |= {one: (argument, item) for item, one in enumerate(each)}
    return found


def _converted(
    rows: Sequence[Sequence[Any]], converted: Sequence[tuple[int, Callable[[Any], Any]]]
) -> list[tuple[Any, ...]]:
    made = [list(row) for row in rows]
    for row in made:
        for index, to in converted:
            row[index] = to(row[index])
    return [tuple(row) for row in made]
