"""Queries of plain values whose SQL is written once.

Django takes several times longer to write a small query than to run it and read its rows (0.4 ms against 0.1 ms), and
writes it anew each time. What is asked at every turn says so:

    @prepared
    def names(program: int, people: Sequence[int]) -> QuerySet[Any, Any]:
        return Person.objects.filter(program=program, pk__in=people).values_list("pk", "name")

    rows = names(program.pk, [7, 8])

The function is called once for each shape of its arguments, with stand-ins; afterwards only the values differ.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import update_wrapper
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections, models, router
from django.db.models import QuerySet

type Value = int | str | date | Sequence[int]
type Shape = tuple[tuple[type, int | None], ...]

MOST_SHAPES = 256  # of one query: lists of so many lengths


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
        shape: Shape = tuple((type(each), None if _is_one(each) else len(each)) for each in given)  # type: ignore[arg-type]
        alias = self._alias()
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

    def _alias(self) -> str:
        """Where a transaction is under way, its own database, with what it has written; else that of readers."""
        if self._model is None or connections[DEFAULT_DB_ALIAS].in_atomic_block:
            return DEFAULT_DB_ALIAS
        return router.db_for_read(self._model)

    def _prepare(self, alias: str, shape: Shape) -> _Statement | None:
        stand_ins = [_stand_in(number, *each) for number, each in enumerate(shape)]
        query = self._make(*stand_ins)
        self._model = query.model
        if len(self._made) >= MOST_SHAPES:
            self._made.clear()
        made = self._made[alias, shape] = _written(query, alias, stand_ins)
        return made


def prepared(make: Callable[..., QuerySet[Any, Any]]) -> Prepared:
    """See the module."""
    return Prepared(make)


def columns(model: type[models.Model], path: str = "") -> list[str]:
    """All columns of a model, for `values_list`: by a path such as "program__" those of a row that another names."""
    return [f"{path}{field.name}" for field in model._meta.concrete_fields]


def instance[M: models.Model](model: type[M], values: Sequence[Any]) -> M:
    """A row of these columns as Django would have made it."""
    return model.from_db(DEFAULT_DB_ALIAS, [field.attname for field in model._meta.concrete_fields], values)


def _is_one(value: Value) -> bool:
    return isinstance(value, int | str | date)


def _value(given: Sequence[Value], place: tuple[int, int | None], *, as_text: bool) -> Any:
    argument, item = place
    value: Any = given[argument] if item is None else given[argument][item]  # type: ignore[index]
    return str(value) if as_text and isinstance(value, date) else value


def _stand_in(number: int, kind: type, length: int | None) -> Any:
    """A value of this kind that no query holds by itself."""
    if length is not None:
        return [_stand_in(1000 * (number + 1) + item, int, None) for item in range(length)]
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
    places = _places(stand_ins)
    found = tuple(places.get(each) if isinstance(each, int | str | date) else None for each in parameters)
    if missing := set(places.values()) - set(found):
        raise TypeError(f"A query can be prepared only where its arguments stand in it as they are: {sorted(missing)}.")
    converters = compiler.get_converters([column[0] for column in compiler.select])
    converted = tuple(
        (index, lambda value, to=to, of=of: to(value, of, connection))
        for index, (chosen, of) in converters.items()
        for to in chosen
    )
    return _Statement(sql, tuple(parameters), found, converted, as_text=connection.vendor == "sqlite")


def _places(stand_ins: Sequence[Any]) -> dict[Any, tuple[int, int | None]]:
    found: dict[Any, tuple[int, int | None]] = {}
    for argument, each in enumerate(stand_ins):
        if isinstance(each, list):
            found |= {one: (argument, item) for item, one in enumerate(each)}
        else:
            found[each] = found[str(each)] = (argument, None)
    return found


def _converted(
    rows: Sequence[Sequence[Any]], converted: Sequence[tuple[int, Callable[[Any], Any]]]
) -> list[tuple[Any, ...]]:
    made = [list(row) for row in rows]
    for row in made:
        for index, to in converted:
            row[index] = to(row[index])
    return [tuple(row) for row in made]
