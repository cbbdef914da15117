"""Backup and restore, against a real database and real files."""

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from script.stack.backup import BackupFailed, connection_variables, read_backup, write_backup
from tests.stack.conftest import Launcher

Launch = Callable[..., Launcher]


@pytest.fixture
def stack(launch: Launch) -> Launcher:
    launcher = launch().until_ready()
    launcher.query("CREATE EXTENSION pg_trgm")
    launcher.query("CREATE TABLE requests AS SELECT 'kaldırım' AS text")
    return launcher


@pytest.fixture
def address(stack: Launcher) -> str:
    return stack.state["environment"]["DATABASE_URL"]


@pytest.fixture
def private(var: Path, stack: Launcher) -> Path:
    folder = var / "private"
    (folder / "2025").mkdir(parents=True)
    (folder / "2025" / "çukur.jpg").write_bytes(b"picture")
    return folder


@pytest.fixture
def backup(tmp_path: Path, address: str, private: Path) -> Path:
    target = tmp_path / "backup"
    write_backup(target, address, private)
    return target


def test_what_was_lost_comes_back(stack: Launcher, address: str, private: Path, backup: Path) -> None:
    stack.query("DROP TABLE requests")
    stack.query("CREATE TABLE later AS SELECT 1 AS number")
    (private / "2025" / "çukur.jpg").unlink()
    (private / "later.jpg").write_bytes(b"later")

    read_backup(backup, address, private, replace=True)

    assert stack.query("SELECT text FROM requests") == "kaldırım"
    assert stack.query("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == "1"
    assert stack.query("SELECT similarity('kaldırım', 'kaldırım')") == "1.0"
    assert [path.name for path in private.rglob("*.jpg")] == ["çukur.jpg"]
    assert (private / "2025" / "çukur.jpg").read_bytes() == b"picture"


def test_a_database_with_data_is_not_replaced_unasked(
    stack: Launcher, address: str, private: Path, backup: Path
) -> None:
    stack.query("UPDATE requests SET text = 'newer'")

    with pytest.raises(BackupFailed, match="not empty"):
        read_backup(backup, address, private, replace=False)

    assert stack.query("SELECT text FROM requests") == "newer"


def test_a_damaged_backup_changes_nothing(stack: Launcher, address: str, private: Path, backup: Path) -> None:
    with (backup / "database.dump").open("ab") as file:
        file.write(b"!")

    with pytest.raises(BackupFailed, match=r"Damaged .* database\.dump"):
        read_backup(backup, address, private, replace=True)

    assert stack.query("SELECT text FROM requests") == "kaldırım"


def test_a_backup_is_for_its_owner_only(backup: Path) -> None:
    assert stat.S_IMODE(backup.stat().st_mode) == 0o700


def test_an_older_backup_is_never_overwritten(address: str, private: Path, backup: Path) -> None:
    with pytest.raises(BackupFailed, match="exists already"):
        write_backup(backup, address, private)


def test_a_failed_backup_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(BackupFailed, match="pg_dump failed"):
        write_backup(tmp_path / "backup", f"postgres://desk@/desk?host={tmp_path}", tmp_path / "private")

    assert list(tmp_path.iterdir()) == []


def test_the_programs_get_what_the_address_says() -> None:
    variables = connection_variables("postgres://desk:p%40ss@db.example:6432/a%C3%A7?sslmode=verify-full")

    assert variables == {
        "PGHOST": "db.example",
        "PGPORT": "6432",
        "PGUSER": "desk",
        "PGPASSWORD": "p@ss",
        "PGDATABASE": "aç",
        "PGSSLMODE": "verify-full",
    }
