"""Who has which request of a queue open, so that two clerks do not work on the same one.

A hint only: it lives in the cache, ends by itself, and nothing depends on it but the order in which
requests come up. The version check is what keeps two decisions apart.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.core.cache import cache
from redis.exceptions import RedisError

from accounts.models import User

LASTS = timedelta(minutes=3)
# How many requests ahead are looked through for one that nobody has open.
AHEAD = 50

log = logging.getLogger(__name__)


def also_here(request_id: int, user: User) -> str:
    """Who else has the request open, or nothing. From now on ``user`` has it open if nobody else does."""
    try:
        holder: dict[str, Any] | None = cache.get_or_set(
            _key(request_id), {"id": user.pk, "name": user.full_name}, LASTS.total_seconds()
        )
    except RedisError as error:
        return _unknown(error)
    return "" if holder is None or holder["id"] == user.pk else holder["name"]


def leave(request_id: int, user: User) -> None:
    """``user`` has decided and goes on: whoever opens the request next is not told otherwise."""
    try:
        holder: dict[str, Any] | None = cache.get(_key(request_id))
        if holder is not None and holder["id"] == user.pk:
            cache.delete(_key(request_id))
    except RedisError as error:
        _unknown(error)


def first_free(request_ids: Sequence[int], user: User) -> int | None:
    """The first request that nobody else has open; the first of all where there is no such."""
    ahead = list(request_ids[:AHEAD])
    try:
        holders = cache.get_many([_key(pk) for pk in ahead])
    except RedisError as error:
        _unknown(error)
        holders = {}
    free = (pk for pk in ahead if holders.get(_key(pk), {"id": user.pk})["id"] == user.pk)
    return next(free, ahead[0] if ahead else None)


def _key(request_id: int) -> str:
    return f"queue-open:{request_id}"


def _unknown(error: RedisError) -> str:
    log.warning("presence.unknown", extra={"error": type(error).__name__})
    return ""
