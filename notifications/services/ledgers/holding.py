"""Locks the messages that a batch of receipts speaks of: the same for every ledger."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from django.db import models

from notifications.gateways.notices import Receipt
from notifications.lanes import Lane
from notifications.services.ledgers.base import Attempt, Held, execute
from notifications.workflow import State

# In the order in which results are written, so that two batches never wait for each other. The bounds of our ids
# leave out the partitions that cannot hold them; the database cannot see that from a join.
_BY_OUR_ID = """
SELECT wanted.place, {columns}
  FROM unnest(%(places)s::int[], %(ids)s::uuid[]) AS wanted(place, id)
  JOIN {table} AS message ON message.id = wanted.id
 WHERE message.id >= %(first)s AND message.id <= %(last)s
 ORDER BY message.id
   FOR NO KEY UPDATE OF message
"""
_BY_GATEWAYS_ID = """
SELECT wanted.place, {columns}
  FROM unnest(%(places)s::int[], %(gateways)s::text[], %(provider_ids)s::text[])
       AS wanted(place, gateway, provider_id)
  JOIN {table} AS message ON message.provider_id = wanted.provider_id AND message.provider_id <> ''
  JOIN notifications_route AS route ON route.code = message.route AND route.gateway = wanted.gateway
 ORDER BY message.id
   FOR NO KEY UPDATE OF message
"""
_COLUMNS = (
    "id", "lane", "phone", "route", "attempts", "lookups", "claimed_at", "due_at", "expires_at", "error_code",
    "segments", "state", "provider_id",
)  # fmt: skip


def held(model: type[models.Model], receipts: Sequence[Receipt]) -> list[tuple[Receipt, Held]]:
    """See ``Ledger.hold``; of the table of ``model``."""
    ours = [(place, receipt) for place, receipt in enumerate(receipts) if receipt.message_id]
    theirs = [(place, receipt) for place, receipt in enumerate(receipts) if not receipt.message_id]
    rows = [*_rows(model, ours, _by_our_id), *_rows(model, theirs, _by_gateways_id)]
    return [(receipts[row[0]], _held(row)) for row in rows]


Placed = Sequence[tuple[int, Receipt]]


def _rows(
    model: type[models.Model],
    wanted: Placed,
    find: Callable[[type[models.Model], Placed], list[tuple[Any, ...]]],
) -> list[tuple[Any, ...]]:
    return find(model, wanted) if wanted else []


def _by_our_id(model: type[models.Model], wanted: Placed) -> list[tuple[Any, ...]]:
    ids = [str(receipt.message_id) for _place, receipt in wanted]
    places = [place for place, _receipt in wanted]
    return execute(_sql(_BY_OUR_ID, model), places=places, ids=ids, first=min(ids), last=max(ids))


def _by_gateways_id(model: type[models.Model], wanted: Placed) -> list[tuple[Any, ...]]:
    receipts = [receipt for _place, receipt in wanted]
    return execute(
        _sql(_BY_GATEWAYS_ID, model),
        places=[place for place, _receipt in wanted],
        gateways=[receipt.gateway for receipt in receipts],
        provider_ids=[receipt.provider_id for receipt in receipts],
    )


@cache
def _sql(statement: str, model: type[models.Model]) -> str:
    """With the names of ``model``, whose table may hold one lane only and then has no column for it."""
    has = {field.column for field in model._meta.concrete_fields}
    columns = (f"message.{name}" if name in has else f"'{Lane.BULK.value}'" for name in _COLUMNS)
    return statement.format(columns=", ".join(columns), table=model._meta.db_table)


def _held(row: tuple[Any, ...]) -> Held:
    _place, id_, lane, phone, route, number, lookups, claimed_at, due_at, expires_at, error_code, size, *rest = row
    tried_at, (state, known) = claimed_at or due_at, rest
    attempt = Attempt(id_, Lane(lane), phone, "", route, number, lookups, tried_at, expires_at, error_code, size)
    return Held(attempt, State(state), known)
