"""Migrations have the time they need; pages have not."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models.signals import pre_migrate

pytestmark = pytest.mark.django_db
NAMES = ("statement_timeout", "idle_in_transaction_session_timeout", "lock_timeout")


def limits() -> list[str]:
    """How long the database lets this connection work, rest and wait."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting || unit FROM pg_settings WHERE name = ANY(%s)", [list(NAMES)])
        found = dict(cursor.fetchall())
    return [found[name] for name in NAMES]


@pytest.fixture
def seen() -> Iterator[list[list[str]]]:
    """The limits while it migrates."""
    found: list[list[str]] = []

    def look(**kwargs: Any) -> None:
        found.append(limits())

    pre_migrate.connect(look)
    yield found
    pre_migrate.disconnect(look)


def test_a_migration_may_take_long_and_waits_for_nobody(seen: list[list[str]]) -> None:
    call_command("migrate", verbosity=0)
    assert seen
    assert all(found == ["0ms", "0ms", "5000ms"] for found in seen)


def test_afterwards_the_limits_of_pages_hold_again() -> None:
    call_command("migrate", verbosity=0)
    assert limits() == ["10000ms", "60000ms", "5000ms"]
