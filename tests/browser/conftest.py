"""A town hall that is open: real web server, worker, database and broker, and browsers to walk through it."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings as project_settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from django.test.testcases import LiveServerThread
from django.test.utils import setup_databases, teardown_databases
from playwright.sync_api import Browser, expect, sync_playwright

from config.celery import app
from tests.browser.people import Person
from tests.browser.witness import Album, Witness

PATIENCE = 15_000  # milliseconds: a busy machine is no reason to fail
HEIGHTS = {390: 844, 1280: 800}
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WORKER = (
    "-Q",
    "default,background,otp,transactional,bulk",
    "-c",
    "1",
    "--without-gossip",
    "--without-mingle",
    "--without-heartbeat",
)

AnyPerson = TypeVar("AnyPerson", bound=Person)


@pytest.fixture(scope="package")
def chromium() -> str:
    """Path of the browser."""
    named = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not named or not Path(named).exists():
        give_up = pytest.fail if os.environ.get("CHROMIUM_REQUIRED") == "1" else pytest.skip
        give_up("There is no Chromium: install it, or set CHROMIUM to its path.")
    return named


@pytest.fixture(scope="package")
def own_database(chromium: str, django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """A database for these tests alone: what is written here is committed, because the worker must see it too."""
    name = "_".join(["test", connection.settings_dict["NAME"], "browser", os.environ.get("PYTEST_XDIST_WORKER", "")])
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setitem(connection.settings_dict["TEST"], "NAME", name)
        # Playwright's loop runs in this thread, and Django takes that for asynchronous code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        made = setup_databases(verbosity=0, interactive=False, aliases={"default"})
        yield
        _hang_up_on_others()
        teardown_databases(made, verbosity=0)


def _hang_up_on_others() -> None:
    """A thread of the web server may still hold a connection to the database that is about to go."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(scope="package")
def private_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The town lives on from test to test, so its files do too."""
    return tmp_path_factory.mktemp("private")


@pytest.fixture(scope="package")
def lived_in_town(own_database: None, private_files: Path) -> Iterator[None]:
    """The small town with its demo people and their past."""
    with override_settings(DEMO=True, STAFF_MFA_REQUIRED=False, MEDIA_ROOT=private_files):
        call_command("load_reference_data", "ornek", verbosity=0)
        call_command("load_demo_data", verbosity=0)
        yield


@pytest.fixture(scope="package")
def address(lived_in_town: None) -> Iterator[str]:
    """Where the web server answers."""
    server = LiveServerThread("127.0.0.1", static_handler=_static_files)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    found = f"http://127.0.0.1:{server.port}"
    with override_settings(PUBLIC_BASE_URL=found):
        yield found
    server.terminate()


def _static_files(application: Any) -> Any:
    """Files with hashed names are WhiteNoise's work, as in production; others are looked for in the sources."""
    return application if isinstance(staticfiles_storage, ManifestFilesMixin) else StaticFilesHandler(application)


@pytest.fixture(scope="package")
def worker(address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A real worker on the test's database and broker: router, messages and codes."""
    log = tmp_path_factory.mktemp("worker") / "log"
    command = [sys.executable, "-m", "celery", "-q", "-A", "config", "worker", *WORKER, "-l", "WARNING"]
    with log.open("w") as output:
        process = subprocess.Popen(command, env=_worker_environment(), stdout=output, stderr=subprocess.STDOUT)
    try:
        _wait_for(process, log)
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def _worker_environment() -> dict[str, str]:
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    return {
        **os.environ,
        "DATABASE_URL": urlunsplit(database),
        "REDIS_URL": project_settings.REDIS_URL,
        "DEMO": "1",
    }


def _wait_for(process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 60
    while not app.control.ping(limit=1, timeout=1):
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, f"the worker does not answer: {log.read_text()}"


@pytest.fixture(scope="package")
def browser(chromium: str, worker: None) -> Iterator[Browser]:
    """The browser program; everybody gets a profile of their own."""
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE)
        program = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield program
        program.close()


@pytest.fixture(scope="package")
def album_of() -> Callable[[int], Album]:
    """One album for each width, in ``var/screenshots`` of the tree."""
    return cache(lambda width: Album(project_settings.BASE_DIR / "var" / "screenshots" / str(width)))


@pytest.fixture
def enter(browser: Browser, address: str, album_of: Callable[[int], Album]) -> Iterator[Callable[..., Any]]:
    """``enter(Citizen, 390)``: somebody sits down at a screen of that width, with a browser nobody else uses."""
    contexts = []

    def somebody(who: type[AnyPerson], width: int, *, language: str = "tr", scripts: bool = True) -> AnyPerson:
        size = {"width": width, "height": HEIGHTS[width]}
        context = browser.new_context(
            base_url=address,
            viewport=size,
            locale="tr-TR",
            java_script_enabled=scripts,
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        return who(page, Witness(page, album_of(width), language=language, scripts=scripts))

    yield somebody
    for context in contexts:
        context.close()
