"""gunicorn under measurement: started, waited for, its memory and processor time read, stopped."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
READY_WITHIN_SECONDS = 60


@dataclass(frozen=True, slots=True)
class WebServer:
    """A running gunicorn."""

    port: int
    process: "subprocess.Popen[bytes]"

    def peak_memory_mb(self) -> float:
        """The largest peak of resident memory among the workers, in megabytes."""
        return max(_peak_kb(pid) for pid in self.workers()) / 1024

    def workers(self) -> list[int]:
        """The process ids of the workers."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in children.split()]


def processor_seconds(pids: Iterable[int]) -> float:
    """The processor time that these processes of this machine have used so far."""
    ticks = sum(sum(map(int, _fields_of(pid)[11:13])) for pid in pids)  # utime and stime
    return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def gunicorn(application: str, **environment: str) -> Iterator[WebServer]:
    """Serve ``application`` with two workers as in production, on a free port of this machine."""
    port = free_port()
    once = ["--max-requests", "0"]  # processes that are renewed in the middle cannot be asked what they used
    command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", *once, application]
    settings = {**os.environ, "PORT": str(port), "WEB_WORKERS": "2", "PYTHONPATH": str(ROOT), **environment}
    process = subprocess.Popen(command, cwd=ROOT, env=settings)
    try:
        wait_for(port, process)
        yield WebServer(port, process)
    finally:
        process.terminate()
        process.wait(timeout=30)


def free_port() -> int:
    """A port of this machine that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Until ``process`` answers on ``port``; stops everything where it does not."""
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit(f"{process.args} did not start")


def _fields_of(pid: int) -> list[str]:
    """What the kernel says of a process, after its name in brackets."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _peak_kb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
