"""What stops the start: a database that is too old to list receivers in."""

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from notifications import checks

pytestmark = pytest.mark.django_db


def test_a_database_that_is_new_enough_starts() -> None:
    assert checks.check_database(None) == []


def test_an_older_database_stops_the_migration_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "OLDEST_POSTGRESQL", 99)
    with pytest.raises(SystemCheckError, match="PostgreSQL 99 or newer is needed; this is PostgreSQL [0-9]+"):
        call_command("migrate", plan=True, skip_checks=False)
