"""Rows that are written at every turn, by SQL that is written once; what `prepared` is to reading.

Django takes several times longer to write an INSERT of one row than to run it:

    insert_logs = Insert(AuditLog, "program", "user", "action", "target", "changes", "created_at")
    [key] = insert_logs([(program.pk, user.pk, "published", "schedule:7", {}, timezone.now())])

It goes past the models: no signal, no default, no validation. Constraints of the database hold as always.
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

MOST = 50  # rows in one statement: SQLite takes no more than some thousand parameters


class Insert:
    """See the module. `names` are those of all fields of the model but its key: raises TypeError for others."""

    def __init__(self, model: type[models.Model], *names: str) -> None:
        self._model, self._names = model, names

    def __call__(self, rows: Sequence[Sequence[Any]]) -> list[int]:
        """Insert these, each with values in the order of the names, foreign keys as keys; returns the rows' keys."""
        connection = connections[DEFAULT_DB_ALIAS]
        keys: list[int] = []
        for start in range(0, len(rows), MOST):
            part = rows[start : start + MOST]
            values = [to(value, connection) for row in part for to, value in zip(self._adapters, row, strict=True)]
            with connection.cursor() as cursor:
                cursor.execute(self._sql + ", ".join([self._places] * len(part)) + self._returning, values)
                keys += [key for (key,) in cursor.fetchall()]
        return keys

    def part(self, row: Sequence[Any], **in_place: str) -> tuple[str, list[Any]]:
        """The INSERT of one row as a part of a statement of PostgreSQL, which returns the row's key, and its values.

        `in_place` of the values of these names is SQL.
        """
        connection = connections[DEFAULT_DB_ALIAS]
        given = list(zip(self._names, self._adapters, row, strict=True))
        places = ", ".join(in_place.get(name, "%s") for name, _, _ in given)
        values = [to(value, connection) for name, to, value in given if name not in in_place]
        return f"{self._sql}({places}){self._returning}", values

    @cached_property
    def _fields(self) -> list[Any]:
        fields = {field.name: field for field in self._model._meta.concrete_fields if not field.primary_key}
        if fields.keys() != set(self._names):
            raise TypeError(f"Every column of {self._model.__name__} has to be named: {sorted(fields)}.")
        return [fields[name] for name in self._names]

    @cached_property
    def _adapters(self) -> list[Callable[[Any, BaseDatabaseWrapper], Any]]:
        """How values become those of the database. Those of most columns are so already."""
        plain = (models.CharField, models.BooleanField, models.IntegerField, models.ForeignKey)
        return [_as_it_is if isinstance(field, plain) else field.get_db_prep_save for field in self._fields]

    @cached_property
    def _sql(self) -> str:
        quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
        columns = ", ".join(quote(field.column) for field in self._fields)
        return f"INSERT INTO {quote(self._model._meta.db_table)} ({columns}) VALUES "  # noqa: S608 names of our columns

    @cached_property
    def _places(self) -> str:
        return f"({', '.join(['%s'] * len(self._names))})"

    @cached_property
    def _returning(self) -> str:
        assert self._model._meta.pk is not None
        return f" RETURNING {connections[DEFAULT_DB_ALIAS].ops.quote_name(str(self._model._meta.pk.column))}"


def delete(model: type[models.Model], keys: Sequence[int]) -> None:
    """Delete the rows of these keys, of a model that no other one refers to and whose rows no signal is sent of."""
    connection = connections[DEFAULT_DB_ALIAS]
    assert model._meta.pk is not None
    assert not model._meta.related_objects
    table, key = (connection.ops.quote_name(str(name)) for name in (model._meta.db_table, model._meta.pk.column))
    with connection.cursor() as cursor:
        for start in range(0, len(keys), MOST):
            part = list(keys[start : start + MOST])
            places = ", ".join(["%s"] * len(part))
            cursor.execute(f"DELETE FROM {table} WHERE {key} IN ({places})", part)  # noqa: S608 names of our own


def _as_it_is(value: Any, _connection: BaseDatabaseWrapper) -> Any:
    return value
