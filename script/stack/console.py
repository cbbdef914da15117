"""What a person sees: messages of the launcher, and the children's lines with their names in front."""

import os
import sys
from pathlib import Path
from typing import TextIO

ROTATE_AT_BYTES = 5_000_000
LONGEST_LINE_BYTES = 8_192
NAME_WIDTH = 20
COLOURS = (36, 33, 32, 35, 34, 96, 93, 92, 95, 94)


class Console:
    """Writes to the terminal; a reader that went away (``script/server | head``) ends the writing, not the stack."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream: TextIO | None = stream or sys.stdout
        self._coloured = self._stream.isatty() and "NO_COLOR" not in os.environ
        self._names: dict[str, int] = {}

    def say(self, message: str = "") -> None:
        """Print a message of the launcher itself."""
        self._write(message)

    def line(self, name: str, text: str) -> None:
        """Print one line of the child called ``name``."""
        self._write(f"{self._label(name)} {text}")

    def _label(self, name: str) -> str:
        label = f"{name:<{NAME_WIDTH}} |"
        if not self._coloured:
            return label
        colour = COLOURS[self._names.setdefault(name, len(self._names)) % len(COLOURS)]
        return f"\033[{colour}m{label}\033[0m"

    def _write(self, text: str) -> None:
        if self._stream is None:
            return
        try:
            self._stream.write(_printable(text, self._stream) + "\n")
            self._stream.flush()
        except BrokenPipeError:
            self._stream = None


def _printable(text: str, stream: TextIO) -> str:
    """Turkish letters on a terminal that cannot show them become question marks, not an error."""
    encoding = stream.encoding or "utf-8"
    return text.encode(encoding, "replace").decode(encoding)


class Output:
    """Copies what one child prints into its log file and, unless quiet, line by line to the console."""

    def __init__(self, name: str, log: Path, console: Console | None) -> None:
        self._name = name
        self._console = console
        self._rest = b""
        _rotate(log)
        self._log = log.open("ab", buffering=0)

    def feed(self, data: bytes) -> None:
        """Take the next bytes, which may end in the middle of a line."""
        self._log.write(data)
        if self._console is None:
            return
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > LONGEST_LINE_BYTES:
            lines, self._rest = [*lines, self._rest], b""
        for line in lines:
            self._show(line)

    def close(self) -> None:
        """Show the last unfinished line and close the log."""
        if self._rest:
            self._show(self._rest)
        self._log.close()

    def _show(self, line: bytes) -> None:
        if self._console is not None:
            self._console.line(self._name, line.decode("utf-8", "replace").rstrip("\r"))


def _rotate(log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > ROTATE_AT_BYTES:
        log.replace(log.with_suffix(".log.1"))


def last_lines(log: Path, count: int = 15) -> str:
    """The end of a log file, indented, for a message about what went wrong."""
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 16_384))
        lines = file.read().decode("utf-8", "replace").splitlines()[-count:]
    return "\n".join(f"    {line}" for line in lines)
