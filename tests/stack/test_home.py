"""Where the services live, and as whom."""

import os
import stat
from pathlib import Path

import pytest

from script.stack import programs
from script.stack.account import can_use, service_account
from script.stack.programs import find_home
from script.stack.sockets import LONGEST_BYTES, forget_socket_folder, socket_folder

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root hands its services to another user")


@needs_root
def test_root_in_a_closed_folder_moves_data_and_programs_to_where_their_user_can_go(
    var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = var.parent / "outside"
    monkeypatch.setattr(programs, "OUTSIDE", outside)
    var.mkdir()
    var.chmod(0o700)
    account = service_account(var)

    home = find_home(var, account)

    assert account and account.uid != 0
    assert outside in home.data.parents
    assert can_use(account, home.data)
    assert can_use(account, Path(home.postgres("postgres")))
    assert can_use(account, Path(home.valkey_server))
    assert find_home(var, account) == home


@needs_root
def test_root_uses_the_user_who_owns_the_data(var: Path) -> None:
    var.mkdir()
    os.chown(var, 1, 1)

    account = service_account(var / "not there", var)

    assert account and account.uid == 1


def test_an_open_folder_keeps_its_data(var: Path) -> None:
    assert find_home(var, service_account()).data == var


def test_the_socket_folder_is_short_private_and_kept(var: Path) -> None:
    var.mkdir()
    record = var / "sockets"

    folder = socket_folder(record, None)

    assert len(os.fsencode(folder)) <= LONGEST_BYTES
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert socket_folder(record, None) == folder
    forget_socket_folder(record)
    assert not folder.exists()


def test_a_socket_folder_that_others_could_enter_is_not_used_again(var: Path) -> None:
    var.mkdir()
    record = var / "sockets"
    folder = socket_folder(record, None)
    folder.chmod(0o777)

    other = socket_folder(record, None)

    assert other != folder
    folder.rmdir()
    forget_socket_folder(record)
