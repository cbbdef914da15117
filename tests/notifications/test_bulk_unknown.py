"""Announcements of unknown outcome: asked for at the gateway, sent again only where it never took them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from notifications import gateways
from notifications.lanes import POLICIES, Lane
from notifications.models import BulkMessage, Message, State
from notifications.services import delivery, retries
from tests.notifications.announcing import announce
from tests.notifications.conftest import PHONE
from tests.providers import loopback, verimor

pytestmark = pytest.mark.django_db

SETTLED = retries.SETTLING + timedelta(seconds=1)
LEASE = POLICIES[Lane.BULK].lease + timedelta(seconds=1)


def _phones(count: int) -> list[str]:
    return [f"+9050000{number:05}" for number in range(count)]


def _reconcile_later(after: timedelta = SETTLED) -> None:
    with time_machine.travel(timezone.now() + after):
        delivery.reconcile()


def test_what_the_gateway_did_take_is_found_there_and_not_sent_twice(over_verimor: verimor.VerimorServer) -> None:
    over_verimor.next(loopback.TAKE_THEN_FAIL)
    announce(*_phones(40))
    delivery.deliver(Lane.BULK)
    assert set(BulkMessage.objects.values_list("state", flat=True)) == {State.UNKNOWN}
    _reconcile_later()
    delivery.deliver(Lane.BULK)
    assert set(BulkMessage.objects.values_list("state", "attempts")) == {(State.ACCEPTED, 1)}
    assert len(over_verimor.taken) == 40


def test_what_the_gateway_did_not_take_is_sent_again_once_in_the_same_words(
    over_verimor: verimor.VerimorServer,
) -> None:
    over_verimor.next(loopback.FAIL)
    announce(*_phones(40))
    delivery.deliver(Lane.BULK)
    _reconcile_later()
    assert set(BulkMessage.objects.values_list("state", "error_code")) == {(State.QUEUED, "not_at_gateway")}
    with time_machine.travel(timezone.now() + SETTLED):
        delivery.deliver(Lane.BULK)
    assert sorted(taken.to for taken in over_verimor.taken) == [phone[1:] for phone in _phones(40)]
    assert {taken.text for taken in over_verimor.taken} == {"Yarın su kesilecektir."}


def test_a_worker_that_died_after_the_gateway_took_an_announcement_does_not_send_it_twice(
    over_verimor: verimor.VerimorServer,
) -> None:
    (message,) = announce(PHONE)
    claimed = delivery.claim(Lane.BULK)
    (attempt,) = claimed.attempts
    assert claimed.way
    gateway = gateways.of(claimed.way.route)
    assert gateway
    gateway.send_batch([attempt.outbound()], until=claimed.until)
    with time_machine.travel(timezone.now() + LEASE) as clock:
        delivery.sweep()
        message.refresh_from_db()
        assert (message.state, message.error_code) == (State.UNKNOWN, "worker_lost")
        clock.shift(SETTLED)
        delivery.reconcile()
        delivery.deliver(Lane.BULK)
    message.refresh_from_db()
    assert (message.state, message.attempts) == (State.ACCEPTED, 1)
    assert over_verimor.posts == 1


def test_an_announcement_that_did_not_arrive_is_not_sent_a_second_time(over_verimor: verimor.VerimorServer) -> None:
    over_verimor.next(loopback.TAKE_THEN_FAIL)
    (message,) = announce(PHONE)
    delivery.deliver(Lane.BULK)
    over_verimor.taken[0].status = "NOT_DELIVERED"
    _reconcile_later()
    message.refresh_from_db()
    assert (message.state, message.error_code) == (State.FAILED, "NOT_DELIVERED")


def test_news_about_a_request_that_did_not_arrive_are_sent_once_more_hours_later(
    queue: Callable[..., Message], over_verimor: verimor.VerimorServer
) -> None:
    over_verimor.next(loopback.TAKE_THEN_FAIL)
    message = queue()
    delivery.deliver(Lane.TRANSACTIONAL)
    over_verimor.taken[0].status = "NOT_DELIVERED"
    _reconcile_later()
    message.refresh_from_db()
    assert (message.state, message.error_code) == (State.QUEUED, "NOT_DELIVERED")
    assert message.due_at > timezone.now() + timedelta(hours=2)
