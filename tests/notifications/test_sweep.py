"""Every ten seconds: what no bell announced."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from notifications import tasks
from notifications.lanes import Lane
from notifications.models import LocalDelivery, Message, State
from notifications.services import delivery
from tests.notifications.connections import in_another_connection

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
def test_finds_a_message_whose_bell_was_lost(queue: Callable[..., Message], broker: Any, settings: Any) -> None:
    address, settings.REDIS_URL = settings.REDIS_URL, "redis://127.0.0.1:1/0"
    queue()
    settings.REDIS_URL = address
    assert broker.llen("transactional") == 0
    delivery.sweep()
    assert broker.llen("transactional") == 1
    tasks.deliver_transactional()
    assert LocalDelivery.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_rings_only_for_lanes_with_work(queue: Callable[..., Message], broker: Any) -> None:
    queue(lane=Lane.REPLY)
    broker.flushdb()  # the bell of the message itself is lost
    delivery.sweep()
    assert [broker.llen(lane) for lane in Lane.values] == [0, 0, 1, 0]


def test_finishes_what_is_too_late_and_wipes_codes(queue: Callable[..., Message]) -> None:
    late = queue(expires_in=timedelta(minutes=3))
    code = queue(event="code_track", lane=Lane.OTP, context={"code": "482913", "minutes": "3"})
    with time_machine.travel(timezone.now() + timedelta(minutes=4)):
        delivery.sweep()
    late.refresh_from_db()
    code.refresh_from_db()
    assert (late.state, late.context["number"]) == (State.EXPIRED, "26-0000123-4")
    assert (code.state, code.context) == (State.EXPIRED, {})


def test_leaves_a_working_worker_alone(queue: Callable[..., Message]) -> None:
    message = queue()
    Message.objects.update(state=State.SENDING, claimed_at=timezone.now(), due_at=timezone.now() + timedelta(seconds=5))
    delivery.sweep()
    message.refresh_from_db()
    assert message.state == State.SENDING


@pytest.mark.django_db(transaction=True)
def test_sends_somebody_to_ask_about_unknown_messages(queue: Callable[..., Message], broker: Any) -> None:
    queue()
    now = timezone.now()
    Message.objects.update(state=State.SENDING, claimed_at=now, due_at=now)
    delivery.sweep()
    assert broker.llen("background") == 0
    with time_machine.travel(now + timedelta(seconds=20)):
        delivery.sweep()
    assert (broker.llen("background"), broker.llen("default")) == (1, 0)


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_do_not_wait_for_each_other(queue: Callable[..., Message]) -> None:
    message = queue(expires_in=timedelta(seconds=1))
    with time_machine.travel(timezone.now() + timedelta(minutes=1)), transaction.atomic():
        Message.objects.select_for_update().get(pk=message.pk)
        in_another_connection(delivery.sweep)
    message.refresh_from_db()
    assert message.state == State.QUEUED
