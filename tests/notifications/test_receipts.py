"""Receipts: late, twice, out of order, before our own row knows what they are about."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from notifications.gateways import calls
from notifications.lanes import Lane
from notifications.models import BulkMessage, InboundNotice, Message, Route, RouteTally, State
from notifications.services import delivery, notices, receipts, retries
from notifications.workflow import FINISHED
from tests.notifications.announcing import announce
from tests.notifications.conftest import OTHER_PHONE, PHONE
from tests.notifications.gateway_calls import address, post, push, report
from tests.providers import twilio

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("doors")]


@pytest.fixture
def accepted(queue: Callable[..., Message]) -> Callable[..., Message]:
    """A message that a route of ``gateway`` has taken."""

    def make(gateway: str = "twilio", **changes: Any) -> Message:
        message = queue(**changes)
        delivery.deliver(Lane(message.lane))
        Message.objects.filter(pk=message.pk).update(route=_route(gateway).code)
        message.refresh_from_db()
        assert message.state == State.ACCEPTED
        return message

    return make


def _route(gateway: str) -> Route:
    """A route whose name is not its gateway's."""
    usual = {"name": gateway, "gateway": gateway, "sender": "ORNEKBLD", "lanes": list(Lane), "links_allowed": False}
    return Route.objects.get_or_create(code=f"by-{gateway}", defaults=usual)[0]


def _applied(message: Message) -> Message:
    receipts.apply_due()
    message.refresh_from_db()
    return message


def test_delivered_is_delivered(accepted: Callable[..., Message]) -> None:
    message = accepted()
    report(message, "delivered")
    message = _applied(message)
    assert (message.state, message.finished_at is not None) == (State.DELIVERED, True)
    assert InboundNotice.objects.get().processed_at


def test_found_by_the_gateways_id_where_the_address_does_not_say(accepted: Callable[..., Message]) -> None:
    message = accepted()
    post(twilio.receipt(address("twilio_receipts"), message.provider_id, "delivered"))
    assert _applied(message).state == State.DELIVERED


def test_a_gateways_id_counts_on_its_own_route_only(accepted: Callable[..., Message]) -> None:
    message = accepted("verimor")
    post(twilio.receipt(address("twilio_receipts"), message.provider_id, "delivered"))
    assert _applied(message).state == State.ACCEPTED


@pytest.mark.parametrize("order", [("delivered", "sent"), ("sent", "delivered"), ("delivered", "queued", "sent")])
@pytest.mark.parametrize("together", [True, False])
def test_a_late_sent_changes_nothing(accepted: Callable[..., Message], order: tuple[str, ...], together: bool) -> None:
    message = accepted()
    for status in order:
        report(message, status)
        if not together:
            receipts.apply_due()
    assert _applied(message).state == State.DELIVERED


def test_twice_is_once(accepted: Callable[..., Message]) -> None:
    message = accepted()
    report(message, "delivered")
    finished = _applied(message).finished_at
    assert report(message, "delivered") == 204
    assert _applied(message).finished_at == finished


def test_a_failure_says_why(accepted: Callable[..., Message]) -> None:
    message = accepted()
    report(message, "undelivered", error=30006)
    message = _applied(message)
    assert (message.state, message.error_code) == (State.FAILED, "30006")


def test_a_phone_switched_off_is_tried_once_more_hours_later(accepted: Callable[..., Message]) -> None:
    message = accepted()
    report(message, "undelivered", error=30003)
    message = _applied(message)
    assert (message.state, message.error_code) == (State.QUEUED, "30003")
    assert message.due_at - timezone.now() > retries.ONCE_MORE_AFTER - timedelta(minutes=1)
    report(message, "sent")
    assert _applied(message).state == State.QUEUED


def test_and_not_a_third_time(accepted: Callable[..., Message]) -> None:
    message = accepted()
    report(message, "undelivered", error=30003)
    _applied(message)
    with time_machine.travel(timezone.now() + retries.ONCE_MORE_AFTER + timedelta(seconds=1)):
        delivery.deliver(Lane.TRANSACTIONAL)
        Message.objects.update(provider_id="SM-second", route=_route("twilio").code)
        report(message, "undelivered", error=30003, sid="SM-second")
        message = _applied(message)
    assert (message.state, message.attempts) == (State.FAILED, 2)


def test_one_that_got_through_after_all_is_not_sent_a_second_time(accepted: Callable[..., Message]) -> None:
    message = accepted()
    report(message, "undelivered", error=30003)
    _applied(message)
    report(message, "delivered")
    assert _applied(message).state == State.DELIVERED


def test_a_late_failure_of_an_earlier_attempt_does_not_end_the_present_one(accepted: Callable[..., Message]) -> None:
    message = accepted()
    Message.objects.update(provider_id="SM-second", attempts=2)
    report(message, "failed", error=30006)
    assert _applied(message).state == State.ACCEPTED


def test_a_failed_code_is_not_sent_again(accepted: Callable[..., Message]) -> None:
    message = accepted(event="code_track", lane=Lane.OTP, context={"code": "482913", "minutes": "3"})
    report(message, "undelivered", error=30003)
    assert _applied(message).state == State.FAILED


@pytest.mark.parametrize("finished", FINISHED)
@pytest.mark.parametrize("status", ["sent", "delivered", "failed"])
def test_a_finished_message_stays_as_it_is(queue: Callable[..., Message], finished: State, status: str) -> None:
    message = queue()
    now = timezone.now()
    for state in () if finished in (State.EXPIRED, State.CANCELLED) else (State.SENDING,):
        Message.objects.update(state=state, claimed_at=now)
    Message.objects.update(state=finished, finished_at=now, sent_at=now, provider_id="SM1", route=_route("twilio").code)
    report(message, status, sid="SM1")
    message = _applied(message)
    assert (message.state, message.finished_at) == (finished, now)


def test_one_that_comes_while_a_worker_is_sending_waits_for_it(queue: Callable[..., Message]) -> None:
    message = queue()
    claimed = delivery.claim(Lane.TRANSACTIONAL)
    report(message, "delivered", sid="SM1")
    assert _applied(message).state == State.SENDING
    delivery.send(Lane.TRANSACTIONAL, claimed)
    with time_machine.travel(timezone.now() + timedelta(seconds=10)):
        assert _applied(message).state == State.DELIVERED


def test_one_that_knows_only_the_gateways_id_waits_until_we_know_it(queue: Callable[..., Message]) -> None:
    message = queue()
    post(twilio.receipt(address("twilio_receipts"), f"local-{message.pk.hex}", "delivered"))
    assert _applied(message).state == State.QUEUED
    delivery.deliver(Lane.TRANSACTIONAL)
    Message.objects.update(route=_route("twilio").code)
    with time_machine.travel(timezone.now() + timedelta(seconds=10)):
        assert _applied(message).state == State.DELIVERED


def test_one_that_nobody_ever_knows_is_given_up_and_counted(db: None) -> None:
    post(twilio.receipt(address("twilio_receipts"), "SM-foreign", "delivered"))
    receipts.apply_due()
    waiting = InboundNotice.objects.get()
    assert (waiting.processed_at, waiting.attempts, waiting.error) == (None, 1, "")
    with time_machine.travel(timezone.now() + notices.PARKED_FOR + timedelta(seconds=1)):
        receipts.apply_due()
    given_up = InboundNotice.objects.get()
    assert (given_up.processed_at is not None, given_up.error) == (True, "no_such_message")


@pytest.mark.parametrize(
    ("status", "state"), [("sent", State.ACCEPTED), ("delivered", State.DELIVERED), ("failed", State.FAILED)]
)
def test_settles_a_message_of_unknown_outcome(
    queue: Callable[..., Message], over_twilio: twilio.TwilioServer, status: str, state: State
) -> None:
    over_twilio.next(twilio.TAKE_THEN_FAIL)
    message = queue()
    delivery.deliver(Lane.TRANSACTIONAL)
    sid = over_twilio.taken[0].sid
    report(message, status, sid=sid, error=30006 if status == "failed" else None)
    message = _applied(message)
    assert (message.state, message.provider_id) == (state, sid)


def test_a_code_of_unknown_outcome_loses_its_text_when_a_receipt_settles_it(
    queue: Callable[..., Message], over_twilio: twilio.TwilioServer
) -> None:
    over_twilio.next(twilio.TAKE_THEN_FAIL)
    message = queue(event="code_track", lane=Lane.OTP, context={"code": "482913", "minutes": "3"})
    delivery.deliver(Lane.OTP)
    report(message, "sent", sid=over_twilio.taken[0].sid)
    message = _applied(message)
    assert (message.state, message.text, message.context) == (State.ACCEPTED, "", {})


def test_a_status_we_do_not_know_is_set_aside(accepted: Callable[..., Message]) -> None:
    message = accepted()
    report(message, "teleported")
    assert _applied(message).state == State.ACCEPTED
    assert InboundNotice.objects.get().error == "not_understood:status"


def test_one_that_cannot_be_read_holds_up_no_other(accepted: Callable[..., Message]) -> None:
    message = accepted()
    push("verimor", [{"message_id": "a\0", "status": "DELIVERED"}, {"status": ["?"]}, {}])
    report(message, "delivered")
    assert _applied(message).state == State.DELIVERED
    assert not InboundNotice.objects.filter(processed_at=None).exists()


def test_verimor_brings_our_own_id_back(accepted: Callable[..., Message]) -> None:
    first, second = accepted("verimor"), accepted("verimor")
    push(
        "verimor",
        [
            {"type": "outbound", "message_id": "1", "message_custom_id": str(first.pk), "status": "DELIVERED"},
            {
                "type": "outbound",
                "message_id": "2",
                "message_custom_id": second.pk.hex,
                "status": "NOT_DELIVERED",
                "gsm_error": "27",
            },
        ],
    )
    assert _applied(first).state == State.DELIVERED
    second.refresh_from_db()
    assert (second.state, second.error_code) == (State.QUEUED, "27")


@pytest.mark.parametrize(
    ("door", "gateway", "body"),
    [
        ("netgsm_receipts", "netgsm", {"jobid": "77", "number": "5000000001", "status": 1}),
        ("netgsm_receipts", "netgsm", {"jobs": [{"jobid": "77", "telno": "05000000001", "status": "1"}]}),
        (
            "iletimerkezi",
            "iletimerkezi",
            {"report": {"id": 5, "packet_id": 77, "status": "delivered", "to": "+905000000001"}},
        ),
    ],
)
def test_a_number_of_a_whole_batch_is_told_apart_by_the_phone(
    accepted: Callable[..., Message], door: str, gateway: str, body: dict[str, Any]
) -> None:
    message, other = accepted(gateway), accepted(gateway, phone=OTHER_PHONE)
    for each in (message, other):
        Message.objects.filter(pk=each.pk).update(provider_id=calls.numbered(77, each.phone))
    push(door, body)
    assert _applied(message).state == State.DELIVERED
    other.refresh_from_db()
    assert other.state == State.ACCEPTED


def test_a_batch_of_receipts_is_one_update(
    accepted: Callable[..., Message], django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for message in [accepted() for _ in range(20)]:
        report(message, "delivered")
    with django_assert_max_num_queries(11) as captured:
        receipts.apply_batch()
    updates = [query["sql"] for query in captured if "UPDATE notifications_message" in query["sql"]]
    assert len(updates) == 1
    assert Message.objects.filter(state=State.DELIVERED).count() == 20


def test_what_was_delivered_and_what_not_is_counted_for_the_route(accepted: Callable[..., Message]) -> None:
    delivered, off, elsewhere = accepted(), accepted(), accepted("verimor")
    report(delivered, "delivered")
    report(delivered, "sent")
    report(off, "undelivered", error=30003)
    push("verimor", {"message_id": "1", "message_custom_id": elsewhere.pk.hex, "status": "DELIVERED"})
    receipts.apply_due()
    report(delivered, "read")
    receipts.apply_due()
    tallies = RouteTally.objects.filter(kind__in=["delivered", "undelivered"])
    assert set(tallies.values_list("route__code", "kind", "code", "messages")) == {
        ("by-twilio", "delivered", "", 1),
        ("by-twilio", "undelivered", "30003", 1),
        ("by-verimor", "delivered", "", 1),
    }


@pytest.mark.usefixtures("templates")
def test_announcements_have_receipts_too_and_are_not_sent_twice() -> None:
    announce(PHONE, OTHER_PHONE)
    delivery.deliver(Lane.BULK)
    BulkMessage.objects.update(route=_route("twilio").code)
    delivered, off = BulkMessage.objects.order_by("phone")
    for message, status, error in ((delivered, "delivered", None), (off, "undelivered", 30003)):
        report(message, status, error=error)
    receipts.apply_due()
    assert dict(BulkMessage.objects.values_list("pk", "state")) == {delivered.pk: "delivered", off.pk: "failed"}


def test_right_in_the_end_however_they_come(accepted: Callable[..., Message]) -> None:
    calls, expected = [], {}
    for number in range(30):
        message = accepted()
        last, state = [("delivered", "delivered"), ("undelivered", "failed")][number % 3 == 0]
        expected[message.pk] = state
        to = address("twilio_receipt", message.pk)
        calls += [twilio.receipt(to, message.provider_id, status) for status in ("queued", "sent", last)]
    for place, call in enumerate(twilio.disordered(calls, doubled=0.3, moved=0.3)):
        assert post(call) == 204
        if place % 7 == 0:
            receipts.apply_batch(5)
    receipts.apply_due()
    assert dict(Message.objects.values_list("pk", "state")) == expected


@pytest.mark.django_db(transaction=True)
def test_twilio_reports_to_a_running_server(queue: Callable[..., Message], live_server: Any, settings: Any) -> None:
    settings.PUBLIC_BASE_URL = "https://basvuru.ornek.example"
    message = queue()
    delivery.deliver(Lane.TRANSACTIONAL)
    call = twilio.receipt(address("twilio_receipt", message.pk), "SM1", "delivered")
    assert [call.post(live_server.url), call.post(live_server.url)] == [204, 204]
    assert InboundNotice.objects.count() == 1


def test_twilio_is_told_where_to_report(over_twilio: twilio.TwilioServer, queue: Any, settings: Any) -> None:
    settings.PUBLIC_BASE_URL = "https://basvuru.ornek.example"
    message = queue()
    delivery.deliver(Lane.TRANSACTIONAL)
    assert over_twilio.taken[0].form["StatusCallback"] == address("twilio_receipt", message.pk)


def test_twilio_is_not_told_an_address_that_it_cannot_reach_safely(
    over_twilio: twilio.TwilioServer, queue: Any, settings: Any
) -> None:
    settings.PUBLIC_BASE_URL = "http://127.0.0.1:8000"
    queue()
    delivery.deliver(Lane.TRANSACTIONAL)
    assert "StatusCallback" not in over_twilio.taken[0].form


@pytest.mark.django_db(transaction=True)
def test_the_sweep_finds_what_no_bell_announced(accepted: Callable[..., Message], broker: Any) -> None:
    message = accepted()
    report(message, "delivered")
    broker.flushdb()
    notices.sweep()
    assert broker.exists("bell:notifications.receipts")


def test_a_receipt_for_no_message_of_ours_finds_none(db: None) -> None:
    post(twilio.receipt(address("twilio_receipt", uuid4()), "SM1", "delivered"))
    assert receipts.apply_due() == 1
