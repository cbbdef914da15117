"""Stacks on folders of their own, stopped at the end whatever happened to them."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2
import pytest
import redis

from script.stack.environment import ROOT
from script.stack.leftovers import stop_leftovers
from script.stack.sockets import forget_socket_folder
from script.stack.state import StackFolder, State
from tests.stack.waiting import until


class Launcher:
    """One run of the stand-in launcher."""

    def __init__(self, var: Path, environment: dict[str, str]) -> None:
        self.folder = StackFolder(var)
        self.output_path = Path(tempfile.mkstemp(prefix="launcher-")[1])
        bare = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
        with self.output_path.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.stack.launcher", str(var)],
                cwd=ROOT,
                env={**bare, **environment},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def output(self) -> str:
        return self.output_path.read_text()

    def until_ready(self) -> "Launcher":
        until(lambda: "\nready\n" in self.output or self.process.poll() is not None)
        assert self.process.poll() is None, self.output
        return self

    @property
    def state(self) -> State:
        state = self.folder.read()
        assert state is not None
        return state

    def pid_of(self, name: str) -> int:
        return {child["name"]: child["pid"] for child in self.state["children"]}[name]

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)

    def query(self, sql: str) -> str:
        """Run one statement over a connection of its own; the first value as text."""
        with contextlib.closing(psycopg2.connect(self.state["environment"]["DATABASE_URL"])) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(sql)
                return str(cursor.fetchone()[0]) if cursor.description else ""

    def answers(self) -> bool:
        """Whether database and broker both let us in."""
        try:
            self.query("SELECT 1")
            return bool(redis.Redis.from_url(self.state["environment"]["REDIS_URL"]).ping())
        except (psycopg2.OperationalError, redis.RedisError):
            return False


@pytest.fixture
def var() -> Iterator[Path]:
    """A data folder whose path has a space and Turkish letters; not under pytest's own, which is closed to others."""
    base = Path(tempfile.mkdtemp(prefix="Açık Masa ğü "))
    base.chmod(0o755)
    yield base / "var"
    shutil.rmtree(base)


@pytest.fixture
def launch(var: Path) -> Iterator[Callable[..., Launcher]]:
    """Starts stand-in launchers on one data folder."""
    started: list[Launcher] = []

    def start(**environment: str) -> Launcher:
        started.append(Launcher(var, environment))
        return started[-1]

    yield start
    for launcher in started:
        launcher.process.kill()
        launcher.process.wait()
        launcher.output_path.unlink()
    state = StackFolder(var).read()
    if state:
        stop_leftovers(state["children"])
    forget_socket_folder(var / "run" / "sockets")
