"""``script/backup`` and ``script/restore``: the database and the private files, in one folder.

The database first and the files after it: a file that is new in between is then merely not used.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from script.stack.commands import stack_settings
from script.stack.errors import StackError
from script.stack.programs import packaged_program

DATABASE_FILE = "database.dump"
FILES_FILE = "private.tar"
MANIFEST_FILE = "manifest.json"


class BackupFailed(StackError):
    """A backup could not be written or put back."""


def back_up(arguments: Sequence[str]) -> int:
    """Write a backup of the stack into a new folder that only its owner can read. Raises `BackupFailed`."""
    parser = argparse.ArgumentParser("script/backup", description="Write database and private files into one folder.")
    parser.add_argument("folder", nargs="?", type=Path, help="default: var/backups/<time>")
    settings = stack_settings()
    target = parser.parse_args(arguments).folder or _default_folder(settings)
    write_backup(target.resolve(), settings["DATABASE_URL"], Path(settings["VAR_DIR"]) / "private")
    print(f"Backup written: {target}. It holds personal data; SECRET_KEY is not in it.")
    return 0


def restore(arguments: Sequence[str]) -> int:
    """Put a backup back. Raises `BackupFailed`."""
    parser = argparse.ArgumentParser("script/restore", description="Put a backup back into the database.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--replace", action="store_true", help="replace what the database holds now")
    options = parser.parse_args(arguments)
    settings = stack_settings()
    private = Path(settings["VAR_DIR"]) / "private"
    read_backup(options.folder.resolve(), settings["DATABASE_URL"], private, replace=options.replace)
    print("Restored. Run script/manage migrate if this version is newer than the backup's.")
    return 0


def write_backup(target: Path, database_url: str, private: Path) -> None:
    """Write a complete backup to ``target``, or nothing. Raises `BackupFailed`."""
    if target.exists():
        raise BackupFailed(f"{target} exists already.")
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        _run(
            database_url,
            "pg_dump",
            "--format=custom",
            "--no-owner",
            "--no-privileges",
            "-f",
            unfinished / DATABASE_FILE,
        )
        with tarfile.open(unfinished / FILES_FILE, "w") as archive:
            if private.exists():
                archive.add(private, arcname=".")
        _write_manifest(unfinished)
        unfinished.rename(target)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def read_backup(source: Path, database_url: str, private: Path, *, replace: bool) -> None:
    """Check ``source``, then put it back: the database in one transaction, the files by exchanging folders.

    Raises `BackupFailed` if the backup is damaged, or the database is not empty and ``replace`` is not set.
    """
    _check_manifest(source)
    if not replace and _count_tables(database_url):
        raise BackupFailed("The database is not empty. To replace what it holds: script/restore FOLDER --replace")
    private.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=".private-", dir=private.parent))
    try:
        with tarfile.open(source / FILES_FILE) as archive:
            # Nothing outside the folder, no devices, no foreign owners; early 3.11 releases know no filters.
            archive.extraction_filter = getattr(tarfile, "data_filter", None)
            archive.extractall(unfinished)  # noqa: S202
        _restore_database(source / DATABASE_FILE, database_url)
        _exchange(unfinished, private)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _restore_database(dump: Path, database_url: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "database.sql"
        _run(database_url, "pg_restore", "--no-owner", "--no-privileges", "-f", script, dump)
        emptied = ["-c", "DROP SCHEMA IF EXISTS public CASCADE", "-c", "CREATE SCHEMA public"]
        _run(
            database_url,
            "psql",
            "--no-psqlrc",
            "-q",
            "--single-transaction",
            "-v",
            "ON_ERROR_STOP=1",
            *emptied,
            "-f",
            script,
        )


def _exchange(new: Path, current: Path) -> None:
    mode = current.stat().st_mode if current.exists() else 0o750
    former = Path(tempfile.mkdtemp(prefix=".former-", dir=current.parent))
    if current.exists():
        current.rename(former / "private")
    new.rename(current)
    current.chmod(mode & 0o7777)
    shutil.rmtree(former)


def _count_tables(database_url: str) -> int:
    question = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
    return int(_run(database_url, "psql", "--no-psqlrc", "-tA", "-c", question))


def _write_manifest(folder: Path) -> None:
    files = {name: _checksum(folder / name) for name in (DATABASE_FILE, FILES_FILE)}
    manifest = {"written": datetime.now(UTC).isoformat(timespec="seconds"), "sha256": files}
    (folder / MANIFEST_FILE).write_text(json.dumps(manifest, indent=1) + "\n")


def _check_manifest(folder: Path) -> None:
    try:
        expected = json.loads((folder / MANIFEST_FILE).read_text())["sha256"]
        damaged = [name for name in (DATABASE_FILE, FILES_FILE) if _checksum(folder / name) != expected[name]]
    except (OSError, ValueError, KeyError) as error:
        raise BackupFailed(f"{folder} is not a complete backup ({error}).") from error
    if damaged:
        raise BackupFailed(f"Damaged since the backup was written: {', '.join(damaged)} in {folder}.")


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _default_folder(settings: dict[str, str]) -> Path:
    return Path(settings["VAR_DIR"]) / "backups" / f"{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}"


def _run(database_url: str, program: str, *arguments: str | Path) -> str:
    result = subprocess.run(
        [packaged_program(program), *map(str, arguments)],
        env={**os.environ, **connection_variables(database_url)},
        text=True,
        stdin=subprocess.DEVNULL,
        capture_output=True,
    )
    if result.returncode:
        raise BackupFailed(f"{program} failed: {result.stderr.strip()}")
    return result.stdout


def connection_variables(database_url: str) -> dict[str, str]:
    """What libpq's programs read of a DATABASE_URL; in variables, because arguments are for all to see."""
    url = urlsplit(database_url)
    options = {name: values[0] for name, values in parse_qs(url.query).items()}
    found = {
        "PGHOST": options.get("host") or unquote(url.hostname or ""),
        "PGPORT": str(url.port or ""),
        "PGUSER": unquote(url.username or ""),
        "PGPASSWORD": unquote(url.password or ""),
        "PGDATABASE": unquote(url.path.lstrip("/")),
        "PGSSLMODE": options.get("sslmode", ""),
        "PGSSLROOTCERT": options.get("sslrootcert", ""),
    }
    return {name: value for name, value in found.items() if value}
