"""``manage.py migrate``, without the time limits that hold for pages."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

# How long a query may take and a transaction may rest. How long one waits for a lock stays as short as for pages: who
# waits to change a table holds up everybody who wants to read it.
LIMITS = ("statement_timeout", "idle_in_transaction_session_timeout")


class Command(migrate.Command):
    """An index on a big table takes minutes: broken off, it would stay behind and be of no use."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, then have the limits again: in tests and in ``script/server`` the connection goes on."""
        connection = connections[options["database"]]
        with connection.cursor() as cursor:
            for limit in LIMITS:
                cursor.execute(f"SET {limit} = 0")
        try:
            super().handle(*args, **options)
        finally:
            with connection.cursor() as cursor:
                for limit in LIMITS:
                    cursor.execute(f"RESET {limit}")
