"""The database and broker that script/server starts, as real processes."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import redis

from script.stack.leftovers import birth
from tests.stack.conftest import Launcher
from tests.stack.waiting import until

Launch = Callable[..., Launcher]


def test_database_and_broker_answer_in_a_path_with_spaces_and_turkish_letters(launch: Launch) -> None:
    launcher = launch().until_ready()

    assert launcher.query("SHOW server_version").startswith("18")
    assert launcher.query("SELECT upper('ğüşöç')") == "ĞÜŞÖÇ"
    broker = redis.Redis.from_url(launcher.state["environment"]["REDIS_URL"])
    assert broker.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    assert broker.config_get("appendfsync") == {"appendfsync": "everysec"}


def test_the_broker_lets_nobody_in_without_the_password(launch: Launch) -> None:
    address = launch().until_ready().state["environment"]["REDIS_URL"]
    without = redis.Redis.from_url("redis://" + address.rpartition("@")[2])

    try:
        without.ping()
    except redis.AuthenticationError:
        return
    raise AssertionError("the broker answered a stranger")


def test_root_never_runs_the_servers(launch: Launch) -> None:
    launcher = launch().until_ready()

    for name in ("postgres", "valkey"):
        assert Path(f"/proc/{launcher.pid_of(name)}").stat().st_uid != 0


def test_everything_stops_in_time_and_the_data_stays(launch: Launch) -> None:
    first = launch().until_ready()
    first.query("CREATE TABLE kept AS SELECT 42 AS value")
    pids = [child["pid"] for child in first.state["children"]]

    assert first.stop() == 0
    assert [birth(pid) for pid in pids] == ["", ""]
    assert launch().until_ready().query("SELECT value FROM kept") == "42"


def test_a_killed_database_comes_back_with_its_data(launch: Launch) -> None:
    launcher = launch().until_ready()
    launcher.query("CREATE TABLE kept AS SELECT 42 AS value")
    killed = launcher.pid_of("postgres")

    os.kill(killed, signal.SIGKILL)

    until(lambda: launcher.pid_of("postgres") != killed and launcher.answers())
    assert launcher.query("SELECT value FROM kept") == "42"
    assert "postgres was killed by SIGKILL; starting it again." in launcher.output


def test_a_killed_broker_comes_back_at_the_same_address(launch: Launch) -> None:
    launcher = launch().until_ready()
    killed = launcher.pid_of("valkey")

    os.kill(killed, signal.SIGKILL)

    until(lambda: launcher.pid_of("valkey") != killed and launcher.answers())


def test_a_second_launcher_is_refused_and_the_first_goes_on(launch: Launch) -> None:
    first = launch().until_ready()

    second = launch()

    assert second.process.wait(60) == 1
    assert f"Already running on {first.folder.path.parent}" in second.output
    assert f"process {first.process.pid}, http://127.0.0.1:8000" in second.output
    assert first.answers()


def test_a_killed_launcher_leaves_no_orphans_and_the_next_one_starts(launch: Launch) -> None:
    first = launch().until_ready()
    first.query("CREATE TABLE kept AS SELECT 42 AS value")
    births = {child["pid"]: child["birth"] for child in first.state["children"]}

    first.process.kill()

    until(lambda: all(birth(pid) != born for pid, born in births.items()))
    assert launch().until_ready().query("SELECT value FROM kept") == "42"


def test_a_launcher_started_at_once_after_a_kill_waits_for_what_is_left(launch: Launch) -> None:
    first = launch().until_ready()
    first.process.kill()
    first.process.wait()

    assert launch().until_ready().answers()


def test_a_lock_file_whose_pid_was_given_to_another_program_is_no_obstacle(launch: Launch, var: Path) -> None:
    launch().until_ready().stop()
    (var / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{var / 'postgres'}\n0\n5432\n\n\n")

    assert launch().until_ready().answers()


def test_given_addresses_are_used_and_nothing_is_started(launch: Launch, var: Path) -> None:
    given = {"DATABASE_URL": "postgres://desk@db.example/desk", "REDIS_URL": "redis://broker.example/1"}

    launcher = launch(**given).until_ready()

    assert launcher.folder.read() is None
    assert not (var / "postgres").exists()
    assert not (var / "valkey").exists()


def test_a_given_database_leaves_only_the_broker_to_start(launch: Launch, var: Path) -> None:
    launcher = launch(DATABASE_URL="postgres://desk@db.example/desk").until_ready()

    assert [child["name"] for child in launcher.state["children"]] == ["valkey"]
    assert not (var / "postgres").exists()
