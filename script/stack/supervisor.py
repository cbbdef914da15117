"""Keeps child processes running, and stops them all together.

A child that dies is started again, each time a little later; one that keeps dying stops everything. Children
are stopped in the reverse order of their start, within a bounded time, with everything they started themselves.
"""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from script.stack.account import Account
from script.stack.console import Console, Output, last_lines
from script.stack.errors import StackError

CHILD = Path(__file__).with_name("child.py")

# A terminal and a program in between may both pass on one Ctrl-C.
SAME_REQUEST_SECONDS = 0.5


@dataclass(frozen=True, kw_only=True)
class Process:
    """A program to keep running, and how. ``quiet`` output goes to the log only."""

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    directory: Path | None = None
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 10
    quiet: bool = False
    before_start: Callable[[], None] | None = None


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How often a dying child is started again. Times in seconds."""

    quick_deaths: int = 6
    healthy_after: float = 20
    first_delay: float = 0.2
    longest_delay: float = 5

    def delay(self, deaths: int) -> float:
        """Seconds to wait after the given number of deaths in a row."""
        return min(self.first_delay * 2.0 ** (deaths - 1), self.longest_delay)


@dataclass(frozen=True)
class Running:
    """A child that lives now."""

    name: str
    pid: int
    stop_signal: int


class ChildFailed(StackError):
    """A child that cannot be kept running."""


def leashed(command: Sequence[str], stop_signal: int = signal.SIGTERM, account: Account | None = None) -> list[str]:
    """The command line that runs ``command``, as ``account``, no longer than this process lives."""
    who = f"{account.uid}:{account.gid}" if account else "-"
    return [sys.executable, "-I", "-S", str(CHILD), str(os.getpid()), str(int(stop_signal)), who, *command]


class Child:
    """One process and its present life."""

    def __init__(self, process: Process, console: Console) -> None:
        self.process = process
        self._console = console
        self._life: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        """The process id, or None between two lives."""
        return self._life.pid if self._life else None

    async def live(self, started: Callable[[], None]) -> int:
        """Run the program to its end, calling ``started`` once it has a pid. Returns its exit status."""
        if self.process.before_start:
            self.process.before_start()
        with self._captured_output() as write_end:
            self._life = await asyncio.create_subprocess_exec(
                *leashed(self.process.command, self.process.stop_signal, self.process.account),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=write_end,
                stderr=asyncio.subprocess.STDOUT,
                cwd=self.process.directory,
                env=dict(self.process.environment),
                start_new_session=True,
            )
        started()
        try:
            return await self._life.wait()
        finally:
            self.kill()
            self._life = None

    def ask_to_stop(self) -> None:
        """Send the polite signal, if it runs at all."""
        self._send(self.process.stop_signal, os.kill)

    def kill(self) -> None:
        """End the process and everything it started, at once."""
        self._send(signal.SIGKILL, os.killpg)

    def _send(self, number: signal.Signals, send: Callable[[int, int], None]) -> None:
        if self._life is not None:
            with contextlib.suppress(ProcessLookupError):
                send(self._life.pid, number)

    @contextlib.contextmanager
    def _captured_output(self) -> Iterator[int]:
        """The end of a pipe for the child to write to. A pipe of our own: the child's children may outlive it."""
        read_end, write_end = os.pipe()
        os.set_blocking(read_end, False)
        output = Output(self.process.name, self.process.log, None if self.process.quiet else self._console)
        asyncio.get_running_loop().add_reader(read_end, _copy, read_end, output)
        try:
            yield write_end
        finally:
            os.close(write_end)


def _copy(read_end: int, output: Output) -> None:
    try:
        data = os.read(read_end, 65_536)
    except BlockingIOError:
        return
    if data:
        output.feed(data)
        return
    asyncio.get_running_loop().remove_reader(read_end)
    os.close(read_end)
    output.close()


def _describe(status: int) -> str:
    if status >= 0:
        return f"ended with status {status}"
    return f"was killed by {signal.Signals(-status).name}"


class Supervisor:
    """Starts groups of processes, keeps them alive, and stops the groups in reverse order."""

    def __init__(
        self,
        console: Console,
        *,
        patience: Patience | None = None,
        on_change: Callable[[list[Running]], None] | None = None,
    ) -> None:
        """``on_change`` receives the living children each time one was started."""
        self._console = console
        self._patience = patience or Patience()
        self._on_change = on_change
        self._groups: list[dict[Child, asyncio.Task[None]]] = []
        self._ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._hurry = asyncio.Event()
        self._stopping = False
        self._asked_at = 0.0

    @property
    def running(self) -> list[Running]:
        """The children that live now, in the order of their start."""
        children = [(child.process, child.pid) for group in self._groups for child in group]
        return [Running(process.name, pid, process.stop_signal) for process, pid in children if pid is not None]

    async def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Do ``work`` (which starts processes), then keep them running until `request_stop`.

        Stops every child before it returns or raises: what ``work`` raised, or `ChildFailed`.
        """
        self._listen_for_signals()
        task = asyncio.create_task(work)
        try:
            await asyncio.wait({task, self._ended}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                task.result()
            await self._ended
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await self._stop_all()

    def _listen_for_signals(self) -> None:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, self.request_stop)
        loop.add_signal_handler(signal.SIGTERM, self.request_stop)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup asked to be left alone
            loop.add_signal_handler(signal.SIGHUP, self.request_stop)

    def request_stop(self) -> None:
        """Stop everything politely; asked again later, at once."""
        now = asyncio.get_running_loop().time()
        if not self._ended.done():
            self._asked_at = now
            self._ended.set_result(None)
        elif now - self._asked_at > SAME_REQUEST_SECONDS:
            self._hurry.set()

    def start(self, *processes: Process) -> None:
        """Start a group of processes and keep them running."""
        group = [Child(process, self._console) for process in processes]
        self._groups.append({child: asyncio.create_task(self._keep_running(child)) for child in group})
        for task in self._groups[-1].values():
            task.add_done_callback(self._stop_if_broken)

    async def run_once(self, process: Process) -> int:
        """Run a program to its end, stopping it when cancelled. Returns its exit status."""
        child = Child(process, self._console)
        life = asyncio.create_task(child.live(lambda: None))
        try:
            return await asyncio.shield(life)
        finally:
            if not life.done():
                await self._stop({child: life})

    async def _keep_running(self, child: Child) -> None:
        clock = asyncio.get_running_loop().time
        deaths = 0
        while not self._stopping:
            started = clock()
            status = await child.live(self._announce)
            if self._stopping:
                return
            deaths = 1 if clock() - started >= self._patience.healthy_after else deaths + 1
            if deaths >= self._patience.quick_deaths:
                self._give_up(child, status, deaths)
                return
            self._console.say(f"{child.process.name} {_describe(status)}; starting it again.")
            await asyncio.sleep(self._patience.delay(deaths))

    def _stop_if_broken(self, task: asyncio.Task[None]) -> None:
        """A mistake while starting a child must not leave the others running unwatched."""
        if not task.cancelled() and (error := task.exception()):
            self._fail(error)

    def _give_up(self, child: Child, status: int, deaths: int) -> None:
        process = child.process
        message = (
            f"{process.name} {_describe(status)}, {deaths} times in a row, so everything is stopped.\n"
            f"The end of its log, {process.log}:\n{last_lines(process.log) or '    (it said nothing)'}"
        )
        self._fail(ChildFailed(message))

    def _fail(self, error: BaseException) -> None:
        if not self._ended.done():
            self._ended.set_exception(error)

    def _announce(self) -> None:
        if self._on_change:
            self._on_change(self.running)

    async def _stop_all(self) -> None:
        self._stopping = True
        for group in reversed(self._groups):
            await self._stop(group)

    async def _stop(self, group: Mapping[Child, asyncio.Task[Any]]) -> None:
        """Ask politely, last started first; kill what has not ended in its time."""
        for child, task in reversed(list(group.items())):
            if child.pid is None:
                task.cancel()
            child.ask_to_stop()
        await asyncio.gather(*(self._await_end(child, task) for child, task in group.items()))

    async def _await_end(self, child: Child, task: asyncio.Task[Any]) -> None:
        hurry = asyncio.create_task(self._hurry.wait())
        await asyncio.wait({task, hurry}, timeout=child.process.stop_seconds, return_when=asyncio.FIRST_COMPLETED)
        hurry.cancel()
        if not task.done():
            self._console.say(f"{child.process.name} did not stop in time and is killed.")
            child.kill()
        await asyncio.gather(task, return_exceptions=True)
