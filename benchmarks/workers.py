"""The workers under measurement, as the Procfile starts them: started, killed, started again, stopped."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from benchmarks import town  # noqa: F401  (sets Django up, so it comes first)

from benchmarks.servers import READY_WITHIN_SECONDS, ROOT  # isort: skip
from config.tasks import silent_queues  # isort: skip
from script.stack.procfile import read_procfile  # isort: skip
from script.stack.supervisor import leashed  # isort: skip

Commands = dict[str, list[str]]
BEAT = "beat"


def of_procfile(*names: str) -> Commands:
    """The commands of the processes called ``names``; of every worker and the scheduler where none is named."""
    commands = read_procfile(ROOT / "Procfile")
    return {name: commands[name] for name in names or commands if name == BEAT or name.startswith("worker")}


def copies(command: list[str], count: int, *, concurrency: int) -> Commands:
    """``count`` workers like ``command`` with ``concurrency`` processes each, and names of their own."""
    queue, size = command.index("-Q") + 1, command.index("-c") + 1
    named = {}
    for number in range(count):
        copy = [part.replace("@%h", f"{number}@%h") for part in command]
        copy[size] = str(concurrency)
        named[f"{command[queue]}{number}"] = copy
    return named


class Workers:
    """Processes that are started again when they die, if somebody calls ``keep_alive``, as a supervisor does."""

    def __init__(self, commands: Commands, environment: Mapping[str, str]) -> None:
        self._commands = commands
        self._environment = {**os.environ, **environment}
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self.keep_alive()

    def keep_alive(self) -> None:
        """Start whatever does not run."""
        for name, command in self._commands.items():
            if name not in self._running or self._running[name].poll() is not None:
                self._running[name] = self._start(command)

    def wait_until_ready(self, queues: set[str]) -> None:
        """Until a worker for each of ``queues`` was heard of; stops everything where one was not."""
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while missing := queues.intersection(silent_queues()):
            if time.monotonic() > deadline:
                raise SystemExit(f"no worker for {sorted(missing)}")
            time.sleep(0.2)

    def kill_one(self) -> None:
        """End one of the workers with everything it started, in the middle of whatever it does."""
        self._kill(random.choice([name for name in self._running if name != BEAT]))

    def kill_all(self) -> None:
        """End all of them, the scheduler as well, and wait until they are gone."""
        for name in self._running:
            self._kill(name)
        for process in self._running.values():
            process.wait(timeout=10)

    def _kill(self, name: str) -> None:
        if self._running[name].poll() is None:
            os.killpg(self._running[name].pid, signal.SIGKILL)

    def _start(self, command: list[str]) -> "subprocess.Popen[bytes]":
        quiet = subprocess.DEVNULL
        return subprocess.Popen(
            leashed(command), cwd=ROOT, env=self._environment, stdout=quiet, stderr=quiet, start_new_session=True
        )


@contextmanager
def running(commands: Commands, environment: Mapping[str, str]) -> Iterator[Workers]:
    """``commands`` as long as the block lasts."""
    workers = Workers(commands, environment)
    try:
        yield workers
    finally:
        workers.kill_all()
