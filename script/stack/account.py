"""Which user the database and the broker run as. PostgreSQL refuses root, and so do we for both."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from script.stack.errors import StackError


@dataclass(frozen=True)
class Account:
    """An unprivileged user of this machine."""

    name: str
    uid: int
    gid: int


class NoAccount(StackError):
    """There is no user to run the services as."""


def service_account(*owned: Path) -> Account | None:
    """The user for the services: None for ourselves; when we are root, the first owner of ``owned`` that is not.

    ``owned`` are paths from the most telling (existing data) to the least (the project's folder); without one
    it is ``nobody``. Raises `NoAccount` where not even that exists.
    """
    if os.geteuid() != 0:
        return None
    for path in owned:
        account = _owner(path)
        if account and account.uid != 0:
            return account
    return _nobody()


def _owner(path: Path) -> Account | None:
    if not path.exists():
        return None
    try:
        entry = pwd.getpwuid(path.stat().st_uid)
    except KeyError:
        return None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _nobody() -> Account:
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        raise NoAccount(
            "PostgreSQL does not run as root and this machine has no user 'nobody'. "
            "Run this as an ordinary user, or set DATABASE_URL and REDIS_URL."
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def can_use(account: Account | None, path: Path) -> bool:
    """Whether ``account`` may read ``path``, every folder above it included."""
    with _acting_as(account):
        try:
            path.stat()
            return os.access(path, os.R_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids)
        except PermissionError:
            return False


def make_private(folder: Path, account: Account | None) -> None:
    """Make ``folder`` anew, empty, and readable by ``account`` alone."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    hand_over(folder, account)


def hand_over(path: Path, account: Account | None) -> None:
    """Give a file or folder to ``account``; nothing to do when it is ourselves."""
    if account:
        os.chown(path, account.uid, account.gid)


def run_as(
    account: Account | None, command: Sequence[str], environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a program as ``account`` to its end; its output, errors included, is in ``stdout``."""
    who: dict[str, Any] = {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}
    return subprocess.run(
        command,
        env=dict(environment),
        cwd="/",  # where we are may be closed to that user
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        **who,
    )


@contextmanager
def _acting_as(account: Account | None) -> Iterator[None]:
    if account is None:
        yield
        return
    groups, gid = os.getgroups(), os.getegid()
    try:
        _become(account)
        yield
    finally:
        os.seteuid(0)
        os.setegid(gid)
        os.setgroups(groups)


def _become(account: Account) -> None:
    try:
        os.setgroups([])
        os.setegid(account.gid)
        os.seteuid(account.uid)
    except OSError as error:
        raise NoAccount(
            f"PostgreSQL does not run as root, and becoming user '{account.name}' is refused here "
            f"({error.strerror}). Run this as an ordinary user, or set DATABASE_URL and REDIS_URL."
        ) from error
