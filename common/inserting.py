"""One INSERT without writing the same SQL again.

Django composes an INSERT anew for each row, which costs several times what the row costs. Where the same few
kinds of rows are inserted all day long (an application with its history and its message), the statement is
written once for each model and kept. Everything else uses the ordinary ``save()`` and ``create()``.
"""

from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models


def insert(row: models.Model, *, unless: str = "") -> bool:
    """Insert ``row`` and give it its id; no signals, no joins, plain values only.

    ``unless`` names a unique column: where a row with the same value stands already, also one that another
    transaction is just committing, nothing is inserted. Returns whether the row was inserted.
    """
    sql, fields = _statement(type(row), unless)
    database = connections[DEFAULT_DB_ALIAS]  # looked up once instead of once for each field
    values = [field.get_db_prep_save(field.pre_save(row, add=True), database) for field in fields]
    with database.cursor() as cursor:
        cursor.execute(sql, values)
        inserted = cursor.fetchone()
    if inserted is None:
        return False
    row.pk = inserted[0]
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return True


@lru_cache(maxsize=32)
def _statement(model: type[models.Model], unless: str) -> "tuple[str, tuple[models.Field[Any, Any], ...]]":
    meta = model._meta
    fields = tuple(field for field in meta.concrete_fields if not isinstance(field, models.AutoField))
    quoted = [connection.ops.quote_name(str(field.column)) for field in fields]
    conflict = f" ON CONFLICT ({connection.ops.quote_name(unless)}) DO NOTHING" if unless else ""
    sql = (  # every part is a name from the model, quoted by Django
        f"INSERT INTO {connection.ops.quote_name(meta.db_table)} ({', '.join(quoted)})"  # noqa: S608
        f" VALUES ({', '.join(['%s'] * len(fields))}){conflict}"
        f" RETURNING {connection.ops.quote_name(str(meta.pk.column))}"
    )
    return sql, fields
