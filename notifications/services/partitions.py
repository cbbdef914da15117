"""The months of the table of announcements. A month is made ahead of time and goes as a whole.

The partition of a message follows from the time in its id; all messages of a campaign carry the time the
campaign was begun. So one unique index on each partition holds "a phone once in a campaign".
"""

import re
from datetime import UTC, datetime

from django.db import connection, transaction

from notifications.ids import first_id

PARENT = "notifications_bulkmessage"
_LOCK = 0x6163_6D62  # one maker of partitions at a time
_NAME = re.compile(rf"{PARENT}_(\d{{4}})_(\d{{2}})")


def table_of(at: datetime) -> str:
    """Name of the partition for ids made at ``at``."""
    month = _month(at)
    return f"{PARENT}_{month:%Y_%m}"


def bounds_of(at: datetime) -> tuple[str, str]:
    """The first id of the month of ``at``, and the first one that is too late for it."""
    month = _month(at)
    return str(first_id(month)), str(first_id(_next(month)))


@transaction.atomic
def ensure(at: datetime) -> None:
    """Make the partition for the month of ``at`` if there is none. Made apart and then attached, so nobody waits."""
    table = table_of(at)
    if _exists(table):
        return
    low, high = bounds_of(at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        if _exists(table):
            return
        cursor.execute(f"CREATE TABLE {table} (LIKE {PARENT} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
        cursor.execute(f"CREATE UNIQUE INDEX {table}_phone_once ON {table} (campaign_id, phone)")
        cursor.execute(f"ALTER TABLE {PARENT} ATTACH PARTITION {table} FOR VALUES FROM ('{low}') TO ('{high}')")


def ensure_ahead(now: datetime) -> None:
    """Make this month and the next one."""
    ensure(now)
    ensure(_next(_month(now)))


def months_before(at: datetime, count: int) -> datetime:
    """The first moment of the month that lies ``count`` months before that of ``at``."""
    year, month = divmod(at.astimezone(UTC).year * 12 + at.astimezone(UTC).month - 1 - count, 12)
    return datetime(year, month + 1, 1, tzinfo=UTC)


def drop_before(at: datetime) -> list[str]:
    """Drop the months that ended at or before ``at``; returns their names. As quick for a million rows as for one.

    The caller has made sure that every announcement in them is closed.
    """
    gone = [table for table, month in _months() if _next(month) <= at]
    for table in gone:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {PARENT} DETACH PARTITION {table}")
            cursor.execute(f"DROP TABLE {table}")
    return gone


def _months() -> list[tuple[str, datetime]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relid::regclass::text FROM pg_partition_tree(%s) WHERE isleaf", [PARENT])
        names = [name for (name,) in cursor.fetchall()]
    found = [(name, _NAME.fullmatch(name)) for name in names]
    return sorted((name, datetime(int(match[1]), int(match[2]), 1, tzinfo=UTC)) for name, match in found if match)


def _exists(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [table])
        return bool(cursor.fetchone()[0])


def _month(at: datetime) -> datetime:
    utc = at.astimezone(UTC)
    return datetime(utc.year, utc.month, 1, tzinfo=UTC)


def _next(month: datetime) -> datetime:
    return datetime(month.year + month.month // 12, month.month % 12 + 1, 1, tzinfo=UTC)
