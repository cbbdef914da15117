"""A kept connection is used again only while its server is there."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept() -> Iterator[BaseDatabaseWrapper]:
    """A connection of its own, as a web worker keeps it between two requests."""
    other = connection.copy()
    other.ensure_connection()
    yield other
    other.close()


def test_a_quiet_connection_is_used_again_without_asking_the_server(
    kept: BaseDatabaseWrapper,
) -> None:
    with kept.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert kept.is_usable()
    with connection.cursor() as cursor:
        cursor.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [kept.connection.info.backend_pid])
        assert cursor.fetchone() == ("SELECT 1",)


def test_a_connection_that_the_server_ended_is_made_anew(kept: BaseDatabaseWrapper) -> None:
    before = kept.connection.info.backend_pid
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [before])
        assert cursor.fetchone() == (True,)
    assert not kept.is_usable()
    kept.health_check_enabled, kept.health_check_done = True, False
    kept.close_if_health_check_failed()
    kept.ensure_connection()
    assert kept.connection.info.backend_pid != before
