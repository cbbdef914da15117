"""Recognises processes: those a killed launcher left behind, and pids that now belong to somebody else."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TypedDict

POLITE_SECONDS = 20


class Record(TypedDict):
    """What is written down about a child, enough to know it again."""

    name: str
    pid: int
    stop_signal: int
    birth: str


def record_of(name: str, pid: int, stop_signal: int) -> Record:
    """The record of a process that runs now."""
    return Record(name=name, pid=pid, stop_signal=stop_signal, birth=birth(pid))


def birth(pid: int) -> str:
    """When the process began, in the system's own words; empty when there is none, or only a zombie.

    A pid and its birth together name one process for ever; a pid alone is given away again.
    """
    if sys.platform != "linux":
        return _ask_ps(pid, "lstart")
    try:
        # The second field, the program's name in brackets, may itself hold spaces and brackets.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return "" if fields[0] == "Z" else fields[19]


def is_running(pid: int, *, mentioning: str) -> bool:
    """Whether process ``pid`` lives and has ``mentioning`` in its command line."""
    if sys.platform != "linux":
        return mentioning in _ask_ps(pid, "command")
    try:
        return os.fsencode(mentioning) in Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False


def _ask_ps(pid: int, column: str) -> str:
    return subprocess.run(["ps", "-o", f"{column}=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()


def stop_leftovers(records: Iterable[Record]) -> list[str]:
    """Stop the children of a launcher that is gone, last started first. Returns the names of those still there."""
    living = [record for record in records if birth(record["pid"]) == record["birth"] != ""]
    for record in reversed(living):
        with contextlib.suppress(ProcessLookupError):
            os.kill(record["pid"], record["stop_signal"])
    deadline = time.monotonic() + POLITE_SECONDS
    for record in living:
        while birth(record["pid"]) == record["birth"] and time.monotonic() < deadline:
            time.sleep(0.05)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(record["pid"], signal.SIGKILL)
    return [record["name"] for record in living]
