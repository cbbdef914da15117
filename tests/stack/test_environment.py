"""The settings that script/server gives to the desk."""

import stat
from pathlib import Path

import pytest

from script.stack.environment import local_settings, port_of

ADDRESSES = {"database_url": "postgres://desk@/desk", "redis_url": "redis://127.0.0.1/0"}


def test_without_any_setting_the_desk_is_a_demonstration_on_this_machine(tmp_path: Path) -> None:
    settings = local_settings({}, tmp_path, **ADDRESSES)

    assert settings["DEMO"] == "1"
    assert settings["DEBUG"] == "0"
    assert settings["PUBLIC_BASE_URL"] == "http://127.0.0.1:8000"
    assert settings["DATABASE_URL"] == ADDRESSES["database_url"]


@pytest.mark.parametrize("open_to", [{"ALLOWED_HOSTS": "127.0.0.1,desk.example"}, {"BIND_HOST": "192.0.2.7"}])
def test_demo_accounts_are_for_this_machine_only(tmp_path: Path, open_to: dict[str, str]) -> None:
    settings = local_settings(open_to, tmp_path, **ADDRESSES)

    assert settings["DEMO"] == "0"


def test_a_desk_of_ones_own_is_not_taken_for_the_invented_town(tmp_path: Path) -> None:
    assert local_settings({"DEMO": "0"}, tmp_path, **ADDRESSES)["REFERENCE_PACK"] == ""


def test_what_is_set_wins(tmp_path: Path) -> None:
    settings = local_settings({"DEMO": "0", "PORT": "9000", "SECRET_KEY": "given"}, tmp_path, **ADDRESSES)

    assert (settings["DEMO"], settings["PORT"], settings["SECRET_KEY"]) == ("0", "9000", "given")
    assert settings["PUBLIC_BASE_URL"] == "http://127.0.0.1:9000"


def test_the_secret_key_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    first = local_settings({}, tmp_path, **ADDRESSES)["SECRET_KEY"]

    assert len(first) >= 50
    assert local_settings({}, tmp_path, **ADDRESSES)["SECRET_KEY"] == first
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


@pytest.mark.parametrize("port", ["", "http", "0", "65536", "-1", "８０"])
def test_a_port_is_a_number_that_can_be_one(port: str) -> None:
    if not port:
        assert port_of({"PORT": port}) == 8000
        return
    with pytest.raises(SystemExit, match="PORT must be a number from 1 to 65535"):
        port_of({"PORT": port})
