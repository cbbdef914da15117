"""Announcements of unknown outcome: asked for at the gateway, sent again only where it never took them."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from notifications import gateways
from notifications.channels import Letters
from notifications.gateways import calls
from notifications.lanes import POLICIES, Lane
from notifications.models import BulkMessage, Message, Route, State
from notifications.services import delivery, ledgers, retries
from tests.notifications.announcing import announce
from tests.notifications.conftest import PHONE
from tests.providers import iletimerkezi, loopback, twilio, verimor

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)  # in Istanbul; the quiet hours begin at 21:00
SETTLED = retries.SETTLING + timedelta(seconds=1)
LISTED = calls.SETTLING + timedelta(seconds=1)
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


@pytest.mark.parametrize(
    ("sent_in", "looked_up_in"), [(Letters.TURKISH, Letters.PLAIN), (Letters.PLAIN, Letters.TURKISH)]
)
def test_what_was_taken_is_found_though_the_route_has_other_letters_by_now(
    over_verimor: verimor.VerimorServer, sent_in: Letters, looked_up_in: Letters
) -> None:
    over_verimor.next(loopback.TAKE_THEN_FAIL)
    Route.objects.update(letters=sent_in)
    announce(*_phones(3))
    delivery.deliver(Lane.BULK)
    Route.objects.update(letters=looked_up_in)
    _reconcile_later(LISTED)
    assert set(BulkMessage.objects.values_list("state", "attempts")) == {(State.ACCEPTED, 1)}


def test_what_was_taken_is_found_though_announcements_rest_at_another_hour_by_now(
    over_verimor: verimor.VerimorServer, settings: Any
) -> None:
    over_verimor.next(loopback.TAKE_THEN_FAIL)
    with time_machine.travel(NOON):
        announce(*_phones(3), is_urgent=False)
        delivery.deliver(Lane.BULK)
        assert over_verimor.campaigns[0]["valid_for"] == "08:00"
        settings.QUIET_HOURS = (time(17), time(9))
        _reconcile_later(LISTED)
    assert set(BulkMessage.objects.values_list("state", "attempts")) == {(State.ACCEPTED, 1)}


def test_what_the_gateway_did_not_take_is_sent_again_once_in_the_same_words(
    over_verimor: verimor.VerimorServer,
) -> None:
    over_verimor.next(loopback.FAIL)
    announce(*_phones(40))
    delivery.deliver(Lane.BULK)
    _reconcile_later()
    assert set(BulkMessage.objects.values_list("state", flat=True)) == {State.UNKNOWN}
    _reconcile_later(LISTED)
    assert set(BulkMessage.objects.values_list("state", "error_code")) == {(State.QUEUED, "not_at_gateway")}
    with time_machine.travel(timezone.now() + LISTED):
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


def _both(queue: Callable[..., Message]) -> tuple[Message, BulkMessage]:
    """News and an announcement to one phone, handed over at the same time."""
    (announcement,) = announce(PHONE)
    news = queue()
    delivery.deliver(Lane.BULK)
    delivery.deliver(Lane.TRANSACTIONAL)
    return news, announcement


def _states(*messages: Message | BulkMessage) -> list[str]:
    for message in messages:
        message.refresh_from_db()
    return [message.state for message in messages]


def test_where_a_gateway_knows_phones_only_one_order_is_nobodys_while_two_may_be_meant(
    queue: Callable[..., Message], over_iletimerkezi: iletimerkezi.IletimerkeziServer
) -> None:
    over_iletimerkezi.next(loopback.TAKE_THEN_FAIL, loopback.FAIL)
    messages = _both(queue)
    for after in (LISTED, timedelta(hours=2)):
        _reconcile_later(after)
        assert _states(*messages) == [State.UNKNOWN] * 2
    _reconcile_later(timedelta(hours=24))
    _reconcile_later(timedelta(hours=24, minutes=5))
    assert _states(*messages) == [State.FAILED] * 2
    assert {message.error_code for message in messages} == {"unresolved"}
    assert over_iletimerkezi.posts == 2


def test_where_a_gateway_knows_phones_only_two_orders_are_for_two_messages(
    queue: Callable[..., Message], over_iletimerkezi: iletimerkezi.IletimerkeziServer
) -> None:
    over_iletimerkezi.next(loopback.TAKE_THEN_FAIL, loopback.TAKE_THEN_FAIL)
    messages = _both(queue)
    _reconcile_later(LISTED)
    assert _states(*messages) == [State.ACCEPTED] * 2
    assert len({message.provider_id for message in messages}) == 2


def test_where_a_gateway_knows_phones_only_no_order_means_that_both_are_sent_again(
    queue: Callable[..., Message], over_iletimerkezi: iletimerkezi.IletimerkeziServer
) -> None:
    over_iletimerkezi.next(loopback.FAIL, loopback.FAIL)
    messages = _both(queue)
    _reconcile_later(LISTED)
    assert _states(*messages) == [State.QUEUED] * 2


def test_equal_announcements_to_one_phone_each_get_their_own_find(over_twilio: twilio.TwilioServer) -> None:
    over_twilio.next(twilio.TAKE_THEN_FAIL, twilio.TAKE_THEN_FAIL)
    announce(PHONE)
    announce(PHONE)
    delivery.deliver(Lane.BULK)
    _reconcile_later()
    assert set(BulkMessage.objects.values_list("state", flat=True)) == {State.ACCEPTED}
    assert len(set(BulkMessage.objects.values_list("provider_id", flat=True))) == 2


def test_an_announcement_is_not_asked_for_while_news_to_the_same_phone_are_on_their_way(
    queue: Callable[..., Message], over_twilio: twilio.TwilioServer
) -> None:
    over_twilio.next(twilio.TAKE_THEN_FAIL)
    (announcement,) = announce(PHONE)
    delivery.deliver(Lane.BULK)
    queue()
    with time_machine.travel(timezone.now() + SETTLED):
        delivery.claim(Lane.TRANSACTIONAL)
        assert delivery.reconcile() == 0
    assert _states(announcement) == [State.UNKNOWN]


def test_news_are_asked_for_before_an_announcement_to_the_same_phone(
    queue: Callable[..., Message], over_verimor: verimor.VerimorServer
) -> None:
    over_verimor.next(loopback.FAIL, loopback.FAIL)
    _both(queue)
    later = timezone.now() + SETTLED
    single, bulk = (ledger.claim_unknown(now=later, until=later, limit=10) for ledger in ledgers.ALL)
    assert [attempt.lane for attempt in single] == [Lane.TRANSACTIONAL]
    assert bulk == []
