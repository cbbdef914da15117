"""Many INSERTs without writing the same SQL again.

Django composes an INSERT anew for each row and sends it by itself, which costs several times what the row costs.
Where the same few kinds of rows are inserted all day long (an application with its history and its message), the
statement is written once for each model and kept, and the rows of one event travel together. Everything else uses
the ordinary ``save()`` and ``create()``.
"""

from collections.abc import Callable, Set
from datetime import datetime
from functools import lru_cache
from operator import attrgetter
from types import NoneType
from typing import Any, NamedTuple
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections, models

# What the driver writes just as it is, in every column but JSON's, where a text is not just a text.
PLAIN = frozenset({NoneType, str, int, bool, float, datetime, UUID})
PLAIN_IN_JSON = frozenset({NoneType})


class Statement(NamedTuple):
    """The INSERT of a model, where its values are, and for each its field with the types that need no preparing."""

    sql: str
    values_of: Callable[[models.Model], tuple[Any, ...]]
    fields: "tuple[tuple[models.Field[Any, Any], Set[type]], ...]"


def insert(*rows: models.Model) -> None:
    """Insert ``rows`` in this order and one round trip; no signals, no joins, no fields that fill themselves.

    A row that others refer to brings its id (``next_id`` says how); one without gets it from the database, and
    does not learn it.
    """
    statements = [_statement(type(row), row.pk is not None) for row in rows]
    database = connections[DEFAULT_DB_ALIAS]  # looked up once instead of once for each field
    values = [
        value if type(value) in plain else field.get_db_prep_save(value, database)
        for row, statement in zip(rows, statements, strict=True)
        for (field, plain), value in zip(statement.fields, statement.values_of(row), strict=True)
    ]
    with database.cursor() as cursor:
        cursor.execute("; ".join(statement.sql for statement in statements), values)
    for row in rows:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def next_id(model: type[models.Model]) -> str:
    """SQL that draws the next id of ``model``. One that is drawn and not used is simply skipped."""
    return f"nextval(pg_get_serial_sequence('{model._meta.db_table}', '{model._meta.pk.column}'))"


@lru_cache(maxsize=32)
def _statement(model: type[models.Model], with_id: bool) -> Statement:
    meta = model._meta
    fields = [field for field in meta.concrete_fields if with_id or not field.primary_key]
    quoted = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    sql = (  # every part is a name from the model, quoted by Django
        f"INSERT INTO {connection.ops.quote_name(meta.db_table)} ({quoted})"  # noqa: S608
        f" VALUES ({', '.join(['%s'] * len(fields))})"
    )
    prepared = ((field, PLAIN_IN_JSON if isinstance(field, models.JSONField) else PLAIN) for field in fields)
    return Statement(sql, attrgetter(*(field.attname for field in fields)), tuple(prepared))
