"""The tasks: names, queues, and the bell answered before looking."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from common import bell
from notifications import tasks
from notifications.lanes import POLICIES, RECONCILE_TASK, SINGLE, Lane, deliver_task
from notifications.models import LocalDelivery, Message

pytestmark = pytest.mark.django_db

DELIVER = {
    Lane.OTP: tasks.deliver_otp,
    Lane.TRANSACTIONAL: tasks.deliver_transactional,
    Lane.REPLY: tasks.deliver_reply,
    Lane.BULK: tasks.deliver_bulk,
}


@pytest.mark.parametrize("lane", Lane)
def test_each_lane_has_its_own_task_that_is_acknowledged_late(lane: Lane) -> None:
    assert DELIVER[lane].name == deliver_task(lane)
    assert DELIVER[lane].acks_late


@pytest.mark.parametrize("lane", SINGLE)
def test_each_lanes_bell_rings_on_its_own_queue(
    queue: Callable[..., Message],
    broker: Any,
    lane: Lane,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        queue(lane=lane)
    assert [name for name in Lane.values if broker.llen(name)] == [lane.value]


@pytest.mark.parametrize("lane", SINGLE)
def test_each_lanes_task_delivers_that_lane(queue: Callable[..., Message], lane: Lane) -> None:
    for each in SINGLE:
        queue(lane=each)
    DELIVER[lane]()
    assert [delivery.message.lane for delivery in LocalDelivery.objects.all() if delivery.message] == [lane]


def test_a_task_lets_the_bell_ring_again_before_it_looks(
    broker: Any, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        bell.ring(deliver_task(Lane.OTP), queue="otp")
    assert broker.exists(f"bell:{deliver_task(Lane.OTP)}")
    tasks.deliver_otp()
    assert not broker.exists(f"bell:{deliver_task(Lane.OTP)}")


def test_every_bell_of_a_transaction_rings_once(
    broker: Any, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        for lane in (Lane.OTP, Lane.BULK, Lane.OTP):
            bell.ring(deliver_task(lane), queue=lane.value)
    assert [broker.llen(lane) for lane in Lane.values] == [1, 0, 0, 1]


@pytest.mark.django_db(transaction=True)
def test_a_bell_is_rung_although_another_was_taken_back(broker: Any) -> None:
    with transaction.atomic():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            bell.ring(deliver_task(Lane.OTP), queue="otp")
            1 / 0  # noqa: B018
        bell.ring(deliver_task(Lane.BULK), queue="bulk")
    assert [broker.llen(lane) for lane in Lane.values] == [0, 0, 0, 1]


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_finds_more_than_it_can_take_calls_another(queue: Callable[..., Message], broker: Any) -> None:
    for _ in range(POLICIES[Lane.OTP].chunk):
        queue(lane=Lane.OTP)
    broker.flushdb()  # the bells of the messages themselves
    tasks.deliver_otp()
    assert broker.llen("otp") == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_can_take_everything_calls_nobody(queue: Callable[..., Message], broker: Any) -> None:
    queue(lane=Lane.OTP)
    broker.flushdb()
    tasks.deliver_otp()
    assert broker.llen("otp") == 0


def test_running_a_task_twice_changes_nothing(queue: Callable[..., Message]) -> None:
    queue()
    tasks.deliver_transactional()
    tasks.deliver_transactional()
    assert LocalDelivery.objects.count() == 1


def test_the_other_tasks_run_without_any_work() -> None:
    tasks.sweep()
    tasks.reconcile()
    tasks.clean_up()
    assert tasks.reconcile.name == RECONCILE_TASK
    assert (tasks.sweep.name, tasks.clean_up.name) == ("notifications.sweep", "notifications.housekeeping")
