"""Stacks on folders of their own, stopped at the end whatever happened to them."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psycopg2
import pytest
import redis

from script.stack.environment import ROOT
from script.stack.leftovers import stop_leftovers
from script.stack.sockets import forget_socket_folder
from script.stack.state import StackFolder, State
from tests.stack.waiting import until

# What script/test sets for its own stack, and a person who starts one has not set.
SETTINGS = {"DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS", "PUBLIC_BASE_URL", "SECRET_KEY", "DEMO", "REFERENCE_PACK"}


class Launcher:
    """One run of the stand-in launcher, or of another ``module`` that says ``ready`` when it is."""

    def __init__(
        self,
        var: Path,
        environment: dict[str, str],
        module: Sequence[str] = ("tests.stack.launcher",),
        ready: str = "\nready\n",
    ) -> None:
        self.folder = StackFolder(var)
        self.output_path = Path(tempfile.mkstemp(prefix="launcher-")[1])
        self._ready = ready
        bare = {name: value for name, value in os.environ.items() if name not in SETTINGS}
        with self.output_path.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *module],
                cwd=ROOT,
                env={**bare, "VAR_DIR": str(var), **environment},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def output(self) -> str:
        return self.output_path.read_text()

    def until_ready(self) -> "Launcher":
        until(lambda: self._ready in self.output or self.process.poll() is not None)
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

    def start(*, module: Sequence[str] = (), ready: str = "", **environment: str) -> Launcher:
        other = {"module": module, "ready": ready} if module else {}
        started.append(Launcher(var, environment, **other))
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
