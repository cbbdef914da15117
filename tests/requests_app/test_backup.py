"""A backup of the desk itself, restored beside it: rows, constraints and triggers come back."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
from django.db import connection

from requests_app.models import RequestEvent, ServiceRequest
from script.stack.backup import connection_variables, read_backup, write_backup
from tests import factories
from tests.factories import Town

pytestmark = pytest.mark.django_db(transaction=True)


def _url(database: str, role: str = "") -> str:
    """The address of another database of the test's server, as ``role`` where one is named."""
    address = urlsplit(os.environ["DATABASE_URL"])
    netloc = f"{role}@{address.netloc.rpartition('@')[2]}" if role else address.netloc
    return urlunsplit(address._replace(netloc=netloc, path=f"/{database}"))


@pytest.fixture
def empty_database() -> Iterator[str]:
    """The address of an empty database that belongs, as in a deployment, to a role that is no superuser."""
    name = f"{connection.settings_dict['NAME']}_restored"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cursor.execute(f"DROP ROLE IF EXISTS {name}")
        cursor.execute(f"CREATE ROLE {name} LOGIN")
        cursor.execute(f"CREATE DATABASE {name} OWNER {name} TEMPLATE template0")
    yield _url(name, role=name)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
        cursor.execute(f"DROP ROLE {name}")


@pytest.fixture
def restored(town: Town, empty_database: str, tmp_path: Path) -> Iterator[Any]:
    """A connection to what came back of a desk with one request."""
    factories.submit(town)
    write_backup(tmp_path / "backup", _url(str(connection.settings_dict["NAME"])), tmp_path / "private")
    read_backup(tmp_path / "backup", empty_database, tmp_path / "restored", replace=False)
    names = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user", "PGPASSWORD": "password", "PGDATABASE": "dbname"}
    found = {names[key]: value for key, value in connection_variables(empty_database).items() if key in names}
    there = psycopg2.connect(**found)
    yield there
    there.close()


def _asked(there: Any, sql: str) -> list[tuple[Any, ...]]:
    with there.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def test_request_and_history_come_back(restored: Any) -> None:
    assert _asked(restored, "SELECT number, description FROM requests_app_servicerequest") == list(
        ServiceRequest.objects.values_list("number", "description")
    )
    assert _asked(restored, "SELECT count(*) FROM requests_app_requestevent") == [(RequestEvent.objects.count(),)]


def test_the_restored_history_still_cannot_be_changed(restored: Any) -> None:
    with pytest.raises(psycopg2.DatabaseError, match="append_only"), restored.cursor() as cursor:
        cursor.execute("UPDATE requests_app_requestevent SET verb = 'route'")


def test_the_restored_numbers_go_on(restored: Any) -> None:
    ((last,),) = _asked(restored, "SELECT max(id) FROM requests_app_servicerequest")
    ((following,),) = _asked(restored, "SELECT nextval(pg_get_serial_sequence('requests_app_servicerequest', 'id'))")
    assert following > last
