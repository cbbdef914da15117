"""The supervisor, on small stand-in programs."""

import asyncio
import io
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from script.stack.console import Console
from script.stack.environment import ROOT
from script.stack.leftovers import birth
from script.stack.supervisor import ChildFailed, Patience, Process, Supervisor
from tests.stack.waiting import until

FOREVER = "import signal; signal.pause()"
QUICK = Patience(first_delay=0.01, longest_delay=0.01)


class Bench:
    """A supervisor with a readable console."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stream = io.StringIO()

    @property
    def output(self) -> str:
        return self._stream.getvalue()

    def python(self, name: str, code: str, **options: object) -> Process:
        """A process that runs a line of Python."""
        return Process(
            name=name,
            command=[sys.executable, "-c", code],
            log=self._folder / f"{name}.log",
            **options,  # type: ignore[arg-type]
        )

    def run(self, work: Callable[[Supervisor], Awaitable[None]]) -> None:
        """Do ``work`` and stop."""

        async def main() -> None:
            supervisor = Supervisor(Console(self._stream), patience=QUICK)

            async def work_then_stop() -> None:
                await work(supervisor)
                supervisor.request_stop()

            await supervisor.run(work_then_stop())

        asyncio.run(main())

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait for something without stopping the supervisor."""
        await asyncio.to_thread(until, condition)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_a_killed_child_is_started_again(bench: Bench) -> None:
    async def work(supervisor: Supervisor) -> None:
        supervisor.start(bench.python("steady", FOREVER))
        await bench.until(lambda: supervisor.running)
        killed = supervisor.running[0].pid
        os.kill(killed, signal.SIGKILL)
        await bench.until(lambda: supervisor.running and supervisor.running[0].pid != killed)

    bench.run(work)

    assert "steady was killed by SIGKILL; starting it again." in bench.output


def test_a_child_that_keeps_dying_stops_everything_and_is_named_with_its_log(bench: Bench, tmp_path: Path) -> None:
    others: list[int] = []

    async def work(supervisor: Supervisor) -> None:
        supervisor.start(bench.python("steady", FOREVER))
        await bench.until(lambda: supervisor.running)
        others.extend(child.pid for child in supervisor.running)
        supervisor.start(bench.python("broken", "raise SystemExit('no database')"))
        await asyncio.Event().wait()

    with pytest.raises(ChildFailed) as caught:
        bench.run(work)

    assert "broken ended with status 1, 6 times in a row" in str(caught.value)
    assert str(tmp_path / "broken.log") in str(caught.value)
    assert "    no database" in str(caught.value)
    assert [birth(pid) for pid in others] == [""]


def test_a_program_that_does_not_exist_is_named(bench: Bench, tmp_path: Path) -> None:
    async def work(supervisor: Supervisor) -> None:
        supervisor.start(Process(name="missing", command=["/nowhere/program"], log=tmp_path / "missing.log"))
        await asyncio.Event().wait()

    with pytest.raises(ChildFailed, match="/nowhere/program cannot be started: No such file or directory"):
        bench.run(work)


def test_groups_stop_in_the_reverse_order_of_their_start(bench: Bench, tmp_path: Path) -> None:
    farewell = (
        "import pathlib, signal, sys\n"
        "def leave(*_):\n"
        f"    with open({str(tmp_path / 'order')!r}, 'a') as file: file.write(sys.argv[1] + ' ')\n"
        "    raise SystemExit\n"
        "signal.signal(signal.SIGTERM, leave)\n"
        "print('listening', flush=True)\n"
        "while True: signal.pause()"
    )

    def polite(name: str) -> Process:
        return Process(name=name, command=[sys.executable, "-c", farewell, name], log=tmp_path / f"{name}.log")

    async def work(supervisor: Supervisor) -> None:
        for name in ("first", "second", "third"):
            supervisor.start(polite(name))
        await bench.until(lambda: bench.output.count("listening") == 3)

    bench.run(work)

    assert (tmp_path / "order").read_text() == "third second first "


def test_a_child_that_ignores_the_polite_signal_is_killed_in_time(bench: Bench) -> None:
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); signal.pause()"
    pids: list[int] = []

    async def work(supervisor: Supervisor) -> None:
        supervisor.start(bench.python("deaf", deaf, stop_seconds=0.1))
        await bench.until(lambda: "| deaf" in bench.output)
        pids.extend(child.pid for child in supervisor.running)

    bench.run(work)

    assert "deaf did not stop in time and is killed." in bench.output
    assert [birth(pid) for pid in pids] == [""]


def test_what_a_killed_child_started_itself_ends_with_it(bench: Bench, tmp_path: Path) -> None:
    parent = (
        "import subprocess, sys, signal\n"
        f"child = subprocess.Popen([sys.executable, '-c', {FOREVER!r}])\n"
        "print('grandchild', child.pid, flush=True)\n"
        "signal.pause()"
    )

    def grandchildren() -> list[int]:
        return [int(line.split()[-1]) for line in bench.output.splitlines() if "| grandchild" in line]

    async def work(supervisor: Supervisor) -> None:
        supervisor.start(bench.python("parent", parent))
        await bench.until(grandchildren)
        os.kill(supervisor.running[0].pid, signal.SIGKILL)
        await bench.until(lambda: birth(grandchildren()[0]) == "")

    bench.run(work)


def test_every_line_of_a_child_is_shown_with_its_name_and_kept_in_its_log(bench: Bench, tmp_path: Path) -> None:
    async def work(supervisor: Supervisor) -> None:
        status = await supervisor.run_once(
            bench.python("talker", "print('başvuru'); print('x' * 20_000); print('son')")
        )
        assert status == 0
        await bench.until(lambda: "son" in bench.output)

    bench.run(work)

    lines = bench.output.splitlines()
    assert all(line.startswith("talker               | ") for line in lines)
    assert lines[0].endswith("başvuru")
    assert (tmp_path / "talker.log").read_text() == f"başvuru\n{'x' * 20_000}\nson\n"


def test_a_quiet_child_speaks_only_to_its_log(bench: Bench, tmp_path: Path) -> None:
    async def work(supervisor: Supervisor) -> None:
        await supervisor.run_once(bench.python("quiet", "print('psst')", quiet=True))
        await bench.until(lambda: (tmp_path / "quiet.log").read_text() == "psst\n")

    bench.run(work)

    assert bench.output == ""


def test_a_stop_while_preparing_stops_the_preparation(bench: Bench) -> None:
    busy = bench.python("prepare", f"import os; print('busy', os.getpid(), flush=True); {FOREVER}")

    def pids() -> list[int]:
        return [int(line.split()[-1]) for line in bench.output.splitlines() if "| busy" in line]

    async def work(supervisor: Supervisor) -> None:
        preparing = asyncio.create_task(supervisor.run_once(busy))
        await bench.until(pids)
        preparing.cancel()
        await asyncio.gather(preparing, return_exceptions=True)

    bench.run(work)

    assert birth(pids()[0]) == ""


def test_a_reader_that_goes_away_does_not_stop_the_stack() -> None:
    code = "from script.stack.console import Console; c = Console(); [c.say('line') for _ in range(50_000)]"
    writer = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert writer.stdout and writer.stderr

    assert writer.stdout.readline() == b"line\n"
    writer.stdout.close()

    assert writer.wait(20) == 0
    assert writer.stderr.read() == b""
    writer.stderr.close()
