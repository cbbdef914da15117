"""A bell that does not ring: the citizen notices nothing, the operator reads of it and can count it."""

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from common import bell
from config.metrics import late_starts
from config.tasks import watch_bells
from notifications import tasks as message_tasks
from requests_app.models import ServiceRequest
from requests_app.services import intake, routing
from tests import factories
from tests.factories import Town
from tests.notifications.announcing import announce
from tests.requests_app.portal.citizen import Citizen

HOUR = timedelta(hours=1)
Commits = Callable[..., Any]
NOTHING_LATE = {"router": 0, "otp": 0, "transactional": 0, "reply": 0}


def bells_in(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.name in ("common.bell", "config.tasks")]


def apply_and_commit(commits: Commits) -> int:
    """The status of the answer that the last button of an application gets."""
    citizen = Citizen()
    citizen.fill()
    with commits(execute=True):
        return citizen.send().status_code


@pytest.mark.usefixtures("town")
def test_a_broker_that_cannot_be_reached_is_a_warning_that_names_the_error(
    caplog: pytest.LogCaptureFixture, settings: Any, django_capture_on_commit_callbacks: Commits
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert apply_and_commit(django_capture_on_commit_callbacks) == 302
    assert ServiceRequest.objects.count() == 1
    [line] = bells_in(caplog)
    assert (line.levelname, line.getMessage(), line.exc_info) == ("WARNING", "bell.not_rung", None)
    assert line.__dict__["error"] == "ConnectionError"
    assert "Zeynep" not in str(line.__dict__)


@pytest.mark.usefixtures("town")
def test_a_task_that_nobody_knows_is_an_error_with_its_traceback_and_the_citizen_sees_nothing(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Commits
) -> None:
    monkeypatch.setattr(intake, "ROUTER_BELL", "requests.no_such_task")
    assert apply_and_commit(django_capture_on_commit_callbacks) == 302
    assert ServiceRequest.objects.count() == 1
    [line] = bells_in(caplog)
    assert (line.levelname, line.getMessage()) == ("ERROR", "bell.broken")
    assert line.exc_info is not None
    assert "requests.no_such_task" in line.__dict__["tasks"]


def test_a_call_that_cannot_work_is_an_error(
    db: None, caplog: pytest.LogCaptureFixture, django_capture_on_commit_callbacks: Commits
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        bell.ring("requests.sweep", queue=object())  # type: ignore[arg-type]
    [line] = bells_in(caplog)
    assert line.levelname == "ERROR"


@pytest.mark.usefixtures("town")
def test_a_bell_that_rings_leaves_no_line(
    caplog: pytest.LogCaptureFixture, django_capture_on_commit_callbacks: Commits
) -> None:
    assert apply_and_commit(django_capture_on_commit_callbacks) == 302
    assert bells_in(caplog) == []


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """A clock that only the test moves."""
    with time_machine.travel(timezone.now(), tick=False) as moved:
        yield moved


def test_what_a_worker_began_at_once_is_not_late(town: Town, clock: time_machine.Traveller) -> None:
    factories.submit(town)
    clock.shift(2)
    routing.route_waiting()
    message_tasks.deliver_transactional()
    clock.shift(600)
    assert late_starts(HOUR) == NOTHING_LATE


def test_what_waited_for_the_sweep_is_counted_while_it_waits_and_afterwards(
    town: Town, clock: time_machine.Traveller
) -> None:
    factories.submit(town)
    clock.shift(8)
    assert late_starts(HOUR) == NOTHING_LATE | {"router": 1, "transactional": 1}
    routing.route_waiting()
    message_tasks.deliver_transactional()
    clock.shift(600)
    assert late_starts(HOUR) == NOTHING_LATE | {"router": 1, "transactional": 1}
    clock.shift(3600)
    assert late_starts(HOUR) == NOTHING_LATE


def test_an_announcement_may_wait_for_its_turn(town: Town, clock: time_machine.Traveller) -> None:
    assert announce("+905000000001")
    clock.shift(60)
    assert late_starts(HOUR) == NOTHING_LATE


def test_the_figure_stands_where_prometheus_reads(
    town: Town, client: Client, settings: Any, clock: time_machine.Traveller
) -> None:
    settings.METRICS_TOKEN = "right"
    factories.submit(town)
    clock.shift(8)
    answer = client.get("/metrics", headers={"authorization": "Bearer right"}).content.decode()
    assert 'acik_masa_late_starts{work="router"} 1.0' in answer
    assert 'acik_masa_late_starts{work="otp"} 0.0' in answer


def test_work_that_nobody_began_in_time_is_a_line_of_the_log_once(
    town: Town, caplog: pytest.LogCaptureFixture, clock: time_machine.Traveller
) -> None:
    factories.submit(town)
    clock.shift(4)
    watch_bells()
    assert bells_in(caplog) == []
    clock.shift(60)
    watch_bells()
    clock.shift(60)
    watch_bells()
    [line] = bells_in(caplog)
    assert (line.levelname, line.getMessage(), line.__dict__["router"]) == ("WARNING", "bells.unheard", 1)
