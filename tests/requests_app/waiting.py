"""For tests on two connections: to go on once somebody waits for a lock."""

import threading
import time

from django.db import connection

PATIENCE_SECONDS = 30


def until_somebody_waits(thread: threading.Thread) -> None:
    """Return once a transaction of this database waits for a lock, or ``thread`` has ended without waiting."""
    until = time.monotonic() + PATIENCE_SECONDS
    while thread.is_alive() and time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0]:
                return
