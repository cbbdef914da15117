"""script/server itself: from the command to the page, over a killed web process, to the end."""

import contextlib
import http.client
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
from django.conf import settings
from django.db import connection

from accounts.models import User
from config import demo
from script.stack.leftovers import birth
from script.stack.valkey import free_port
from tests.stack.conftest import Launcher
from tests.stack.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)
# Of the broker's databases one that no test and no worker of a test uses.
BROKER_DATABASE = 9


@pytest.fixture
def colleague(transactional_db: None) -> User:
    """Somebody who works; named before the database, so that the copy knows them."""
    return User.objects.create_user(email="zeynep@belediye.example", full_name="Zeynep Deneme")


@pytest.fixture
def database(transactional_db: None) -> Iterator[str]:
    """The address of a database without rows. A copy of the tests' own: to migrate once more would take long."""
    tests_own = connection.settings_dict["NAME"]
    name = f"{tests_own}_desk"
    connection.close()  # nobody may be in the database that is copied
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [tests_own])
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {tests_own}")
    yield urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def start(database: str, launch: Callable[..., Launcher], var: Path) -> Callable[[int], Launcher]:
    """Starts script/server on a port, with the files that script/test has just collected."""
    shutil.copytree(settings.STATIC_ROOT, var / "static")
    broker = f"{settings.REDIS_URL.rpartition('/')[0]}/{BROKER_DATABASE}"

    def server(port: int) -> Launcher:
        given = {"DATABASE_URL": database, "REDIS_URL": broker, "PORT": str(port)}
        return launch(module=["script.stack", "server"], ready="press Ctrl-C to stop", **given)

    return server


@contextlib.contextmanager
def connected(database: str) -> Iterator[Any]:
    """A cursor in another database than the tests' own."""
    with contextlib.closing(psycopg2.connect(database)) as there:
        there.autocommit = True
        yield there.cursor()


def answer(port: int, path: str) -> tuple[int, str]:
    """Status and text of a page; status 0 where nobody answers."""
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        asked.request("GET", path)
        found = asked.getresponse()
        return found.status, found.read().decode()
    except (OSError, http.client.HTTPException):
        return 0, ""
    finally:
        asked.close()


def test_one_command_serves_says_where_survives_a_kill_and_stops(start: Callable[[int], Launcher]) -> None:
    port = free_port()
    desk = start(port).until_ready()

    for said in (f"http://127.0.0.1:{port}/admin/notifications/localdelivery/", demo.PASSWORD):
        assert said in desk.output
    assert all(f"{account.email} " in desk.output for account in demo.ACCOUNTS)
    status, page = answer(port, "/")
    assert status == 200
    assert "Başvuru yap" in page

    killed = desk.pid_of("web")
    os.kill(killed, signal.SIGKILL)
    until(lambda: desk.pid_of("web") != killed and answer(port, "/")[0] == 200)
    assert "web was killed by SIGKILL; starting it again." in desk.output

    children = desk.state["children"]
    assert desk.stop() == 0
    assert not any(birth(child["pid"]) == child["birth"] for child in children)
    assert answer(port, "/")[0] == 0


def test_a_database_in_which_people_work_is_left_alone(
    colleague: User, database: str, start: Callable[[int], Launcher]
) -> None:
    with connected(database) as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'requests_app'")  # of an earlier version
    desk = start(free_port())

    assert desk.process.wait(60) == 1
    assert "not the demonstration's" in desk.output
    with connected(database) as cursor:
        cursor.execute("SELECT count(*) FROM django_migrations WHERE app = 'requests_app'")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT email FROM accounts_user")
        assert cursor.fetchall() == [(colleague.email,)]
