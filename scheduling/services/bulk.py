"""Rows by the ten thousand: a year of two hundred people has fifty thousand assignments.

`bulk_create` spends a tenth of a millisecond a row on building and preparing objects, most of the time that a draft
takes to write. These statements go past the models: no signal, no default, so every column has to be named.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models


def insert(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows of plain values; `columns` are names of fields, in the order of the values.

    Every column but the key has to be named. Constraints hold as always: IntegrityError if one is broken.
    """
    table, names = _table(model), _columns(model, columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", list(rows))  # noqa: S608 - our names


def copy(model: type[models.Model], columns: Sequence[str], *, key: str, source: int, target: int) -> int:
    """Copy the rows whose field `key` is `source`, with `target` in its place; returns how many there were.

    `columns` are all other fields of the model but its own key.
    """
    table, names, key_name = _table(model), _columns(model, columns), _columns(model, [key])
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({key_name}, {names}) "  # noqa: S608 - names of our own columns
            f"SELECT %s, {names} FROM {table} WHERE {key_name} = %s",
            [target, source],
        )
        return int(cursor.rowcount)


def insert_from(model: type[models.Model], columns: Sequence[str], rows: models.QuerySet[Any, Any]) -> int:
    """Insert what a query of plain values finds, in the order of `columns`; returns how many rows that were."""
    table, names = _table(model), _columns(model, columns)
    sql, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({names}) {sql}", params)
        return int(cursor.rowcount)


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _columns(model: type[models.Model], names: Sequence[str]) -> str:
    columns = {field.name: field.column for field in model._meta.concrete_fields}
    return ", ".join(connection.ops.quote_name(str(columns[name])) for name in names)
