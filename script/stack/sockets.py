"""A short private folder for the database's socket, whose path may have at most 107 bytes and no odd letters."""

import os
import shutil
import stat
import tempfile
from pathlib import Path

from script.stack.account import Account, can_use, hand_over

# The shortest limit of the systems we run on (macOS: 104) less the longest name in the folder.
LONGEST_BYTES = 103 - len("/.s.PGSQL.5432.lock")


def socket_folder(record: Path, account: Account | None) -> Path:
    """The folder named in ``record`` if it is still ours, else a new one that ``record`` then names.

    Not a guessable name: in a shared /tmp somebody else could have made it first.
    """
    if record.exists():
        folder = Path(record.read_text())
        if _is_private(folder, account):
            return folder
    folder = Path(tempfile.mkdtemp(prefix="acik-masa-", dir=_parent(account)))
    hand_over(folder, account)
    record.write_text(str(folder))
    return folder


def forget_socket_folder(record: Path) -> None:
    """Remove the folder named in ``record``, and the record."""
    if record.exists():
        shutil.rmtree(record.read_text(), ignore_errors=True)
        record.unlink()


def _parent(account: Account | None) -> str:
    preferred = tempfile.gettempdir()
    room = LONGEST_BYTES - len("/acik-masa-12345678")
    if len(preferred) <= room and preferred.isascii() and "," not in preferred and can_use(account, Path(preferred)):
        return preferred
    return "/tmp"  # noqa: S108  (the folder made in it is private and has a random name)


def _is_private(folder: Path, account: Account | None) -> bool:
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return False
    owner = account.uid if account else os.geteuid()
    return stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == 0o700 and found.st_uid == owner
