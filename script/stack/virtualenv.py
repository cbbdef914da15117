"""Makes .venv and installs the hash-pinned requirements; a second run only compares checksums.

Run by whatever Python 3.11+ the machine has: ``python3 -m script.stack.virtualenv requirements.txt …``.
"""

import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypedDict

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "installed.json"
INTERRUPTED = 130


class Stamp(TypedDict):
    """What was installed, and for which folder."""

    tree: str
    files: dict[str, str]


def main(requirement_files: Sequence[str]) -> int:
    """Make sure that .venv holds what ``requirement_files`` pin. Returns an exit status."""
    os.umask(0o022)  # the database's user must be able to read its programs
    wanted = {name: _checksum(ROOT / name) for name in requirement_files}
    if _is_current(wanted):
        return 0
    with _one_at_a_time():
        if _is_current(wanted):  # the one we waited for did it
            return 0
        try:
            _build(wanted)
        except subprocess.CalledProcessError as error:
            print(f"Setting up .venv failed (status {error.returncode}); pip's own words are above.", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            return INTERRUPTED
    return 0


def _is_current(wanted: dict[str, str]) -> bool:
    stamp = _read_stamp()
    return _is_usable(stamp) and wanted.items() <= stamp["files"].items()


def _is_usable(stamp: Stamp) -> bool:
    """Console scripts hold the folder's path: a tree that was moved needs a new environment."""
    return stamp["tree"] == str(ROOT) and (VENV / "bin" / "python").exists()


def _build(wanted: dict[str, str]) -> None:
    stamp = _read_stamp()
    if not _is_usable(stamp):
        stamp = Stamp(tree=str(ROOT), files={})
        _create_environment()
    print(f"Installing Python packages into .venv ({', '.join(wanted)}); the first time takes a minute.", flush=True)
    arguments = [part for name in wanted for part in ("-r", str(ROOT / name))]
    _pip("install", "--quiet", "--require-hashes", "--no-deps", *arguments)
    stamp["files"].update(wanted)
    _write_stamp(stamp)


def _create_environment() -> None:
    _ensure_pip_can_be_had()
    clear = ["--clear"] if STAMP.exists() else []
    subprocess.run([sys.executable, "-m", "venv", *clear, str(VENV)], check=True)


def _ensure_pip_can_be_had() -> None:
    """Debian ships Python without ensurepip; root can put that right, others are told how."""
    if importlib.util.find_spec("ensurepip"):
        return
    package = f"python3.{sys.version_info.minor}-venv"
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise SystemExit(f"This Python cannot make virtual environments. Install its venv package first ({package}).")
    subprocess.run(["apt-get", "update", "-q"], check=True)
    subprocess.run(["apt-get", "install", "-q", "-y", "--no-install-recommends", package], check=True)


def _pip(*arguments: str) -> None:
    command = [str(VENV / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments]
    subprocess.run(command, check=True, cwd=ROOT, stdin=subprocess.DEVNULL)


def _read_stamp() -> Stamp:
    try:
        stamp: Stamp = json.loads(STAMP.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return Stamp(tree="", files={})
    return stamp


def _write_stamp(stamp: Stamp) -> None:
    unfinished = STAMP.with_suffix(".new")
    unfinished.write_text(json.dumps(stamp, indent=1))
    unfinished.replace(STAMP)


def _checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    lock_path = ROOT / "var" / "virtualenv.lock"
    lock_path.parent.mkdir(exist_ok=True)
    with lock_path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another command is setting up .venv; waiting for it.", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
