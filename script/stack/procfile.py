"""Reads the Procfile: one line per process, the name before the colon and the command after it."""

import shlex
from pathlib import Path

RELEASE = "release"


def read_procfile(path: Path) -> dict[str, list[str]]:
    """The commands by process name, in the file's order. ``release`` runs once, before the others."""
    lines = [line for line in path.read_text().splitlines() if line.strip() and not line.startswith("#")]
    named = (line.partition(":") for line in lines)
    return {name.strip(): shlex.split(command) for name, _, command in named}
