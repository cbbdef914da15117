"""Start-up checks: what cannot work stops the start instead of failing every message."""

from collections.abc import Sequence
from typing import Any

from django.core import checks
from django.db import DatabaseError, connection

from notifications import gateways
from notifications.models import Route

# The first with uuidv7(), by which the receivers of an announcement are listed.
OLDEST_POSTGRESQL = 18


def register_all() -> None:
    """Add the checks of this app to Django's."""
    checks.register(check_database)
    checks.register(check_credentials)
    checks.register(check_routes)


def check_database(app_configs: Sequence[Any] | None, **options: Any) -> list[checks.CheckMessage]:
    """The database server is new enough. Without this check an older one would fail at the first announcement."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version_num")
            major = int(cursor.fetchone()[0]) // 10_000
    except DatabaseError:  # not there
        return []
    if major >= OLDEST_POSTGRESQL:
        return []
    message = f"PostgreSQL {OLDEST_POSTGRESQL} or newer is needed; this is PostgreSQL {major}."
    return [checks.Error(message, id="notifications.E003")]


def check_credentials(app_configs: Sequence[Any] | None, **options: Any) -> list[checks.CheckMessage]:
    """A gateway has all of its credentials or none: half of them are a mistake."""
    found: list[checks.CheckMessage] = []
    for gateway, names in gateways.CREDENTIALS.items():
        missing = gateways.missing_settings(gateway)
        if missing and len(missing) < len(names):
            found += [checks.Error(f"Gateway {gateway} needs {name} too.", id="notifications.E001") for name in missing]
    return found


def check_routes(app_configs: Sequence[Any] | None, **options: Any) -> list[checks.CheckMessage]:
    """A route in use can sign in. Where there is no database to ask, nothing can be sent either."""
    try:
        routes = list(Route.objects.in_use())
    except DatabaseError:  # not there, or not migrated yet
        return []
    return [
        checks.Error(f"Route {route.code} is in use and needs {name}.", id="notifications.E002")
        for route in routes
        for name in gateways.missing_settings(route.gateway)
    ]
