"""One launcher per data folder, and what it writes down for the other commands and for its successor."""

import fcntl
import json
import os
from pathlib import Path
from typing import TextIO, TypedDict

from script.stack.errors import StackError
from script.stack.leftovers import Record, record_of, stop_leftovers
from script.stack.supervisor import Running


class AlreadyRunning(StackError):
    """Another launcher holds this data folder."""


class State(TypedDict):
    """What the launcher wrote down."""

    pid: int
    address: str
    environment: dict[str, str]
    children: list[Record]


class StackFolder:
    """The folder ``var/run``: a lock that the kernel frees when its holder dies, and the state beside it."""

    def __init__(self, var: Path) -> None:
        self._var = var
        self.path = var / "run"
        self._lock_file: TextIO | None = None

    @property
    def _state_file(self) -> Path:
        return self.path / "stack.json"

    def acquire(self) -> None:
        """Take the folder for this process until it ends. Raises `AlreadyRunning`."""
        lock_file = self._open_lock()
        try:
            fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock_file.close()
            raise AlreadyRunning(self._describe_holder()) from None
        self._lock_file = lock_file

    def _open_lock(self) -> TextIO:
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            return (self.path / "stack.lock").open("a")
        except OSError as error:
            raise StackError(
                f"{self._var} cannot be written to ({error.strerror}). "
                "Start as the user you used before, or set VAR_DIR to another folder."
            ) from None

    def is_held(self) -> bool:
        """Whether some launcher runs on this folder now."""
        lock_path = self.path / "stack.lock"
        if not lock_path.exists():
            return False
        with lock_path.open() as lock_file:
            try:
                fcntl.flock(lock_file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def stop_leftovers(self) -> list[str]:
        """Stop children of a launcher that was killed; call only while holding the folder. Returns their names."""
        state = self.read()
        return stop_leftovers(state["children"]) if state else []

    def read(self) -> State | None:
        """What the present or the last launcher wrote; None if there was none."""
        try:
            state: State = json.loads(self._state_file.read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return None
        return state

    def write(self, *, address: str, environment: dict[str, str], children: list[Running]) -> None:
        """Write down what runs. The environment holds passwords, so the file is ours alone."""
        state = State(
            pid=os.getpid(),
            address=address,
            environment=environment,
            children=[record_of(child.name, child.pid, child.stop_signal) for child in children],
        )
        unfinished = self._state_file.with_suffix(".new")
        unfinished.touch(mode=0o600)
        unfinished.write_text(json.dumps(state, indent=1))
        unfinished.replace(self._state_file)

    def _describe_holder(self) -> str:
        state = self.read()
        who = f"process {state['pid']}, {state['address']}" if state else "it is just starting"
        return f"Already running on {self._var} ({who}). Stop that one first (Ctrl-C in its window)."
