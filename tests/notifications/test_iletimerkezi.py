"""The İleti Merkezi adapter against a loopback server that speaks its API."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from notifications.gateways import calls
from notifications.gateways.base import Finding, Kind, OutboundMessage, Outcome, Retry, Sending
from notifications.gateways.iletimerkezi import AFTER, BEFORE, IletimerkeziGateway
from notifications.gateways.iletimerkezi_orders import ISTANBUL, MOST_ORDERS
from notifications.ids import new_id
from tests.notifications.outbound import TEXT, batch, mixed, phone, send
from tests.providers import iletimerkezi, loopback

ABSENT = Finding(asked=True, rivals_within=BEFORE + AFTER)


@pytest.fixture
def server() -> Iterator[iletimerkezi.IletimerkeziServer]:
    with iletimerkezi.running() as running:
        yield running


def _gateway(server: iletimerkezi.IletimerkeziServer, *, address: str = "", key: str = "") -> IletimerkeziGateway:
    secrets = (key or iletimerkezi.KEY, iletimerkezi.HASH)
    return IletimerkeziGateway(Sending(secrets, address or server.url, "ORNEKBLD", "sms"), answer_seconds=0.5)


def _found_later(gateway: IletimerkeziGateway, messages: list[OutboundMessage]) -> list[Finding]:
    with time_machine.travel(timezone.now() + calls.SETTLING + timedelta(seconds=1)):
        return gateway.lookup_batch(messages)


def test_hands_over_a_batch_in_one_order_each_text_once(server: iletimerkezi.IletimerkeziServer) -> None:
    outcomes = send(_gateway(server), *batch(200))
    assert {outcome.kind for outcome in outcomes} == {Kind.ACCEPTED}
    assert len({outcome.provider_id for outcome in outcomes}) == 200
    (order,) = server.orders
    assert (order.content["sender"], order.content["iys"], len(order.content["message"])) == ("ORNEKBLD", "0", 1)
    assert order.messages[0] == ("905000000000", TEXT)


def test_commercial_messages_go_in_an_order_of_their_own_with_the_filter(
    server: iletimerkezi.IletimerkeziServer,
) -> None:
    send(_gateway(server), *mixed())
    filtered = {order.messages[0][0]: order.filtered for order in server.orders}
    assert filtered == {"905000000000": True, "905000000001": False}


def test_different_texts_share_an_order(server: iletimerkezi.IletimerkeziServer) -> None:
    messages = [replace(message, text=f"Metin {message.phone[-1]}") for message in batch(3)]
    send(_gateway(server), *messages)
    assert server.posts == 1
    assert server.texts_to("905000000002") == ["Metin 2"]


def test_no_phone_is_twice_in_an_order(server: iletimerkezi.IletimerkeziServer) -> None:
    first = batch(2)
    send(_gateway(server), *first, replace(first[0], id=new_id(), text="Başka"))
    assert server.posts == 2


@pytest.mark.parametrize(
    ("status", "retry"),
    [
        (400, Retry.ROUTE),
        (401, Retry.ROUTE),
        (402, Retry.ROUTE),
        (450, Retry.ROUTE),
        (451, Retry.NEVER),
        (452, Retry.NEVER),
        (453, Retry.NEVER),
        (454, Retry.NEVER),
        (429, Retry.LATER),
        (499, Retry.ROUTE),
    ],
)
def test_knows_what_to_do_about_a_refusal(server: iletimerkezi.IletimerkeziServer, status: int, retry: Retry) -> None:
    server.next(loopback.refuse(status, retry_after=20))
    (outcome,) = send(_gateway(server))
    assert (outcome.kind, outcome.code, outcome.retry) == (Kind.REJECTED, str(status), retry)
    assert outcome.retry_after == timedelta(seconds=20)


def test_wrong_credentials_concern_the_route(server: iletimerkezi.IletimerkeziServer) -> None:
    assert send(_gateway(server, key="wrong"))[0].retry is Retry.ROUTE


def test_one_bad_message_does_not_spoil_the_order(server: iletimerkezi.IletimerkeziServer) -> None:
    server.forbidden = {"yasak"}
    good = batch(3)
    outcomes = send(_gateway(server), *good, replace(good[0], id=new_id(), phone=phone(99), text="yasak"))
    assert [outcome.kind for outcome in outcomes] == [*[Kind.ACCEPTED] * 3, Kind.REJECTED]
    assert server.texts_to("905000000099") == []


def test_a_refused_number_is_found_among_hundreds_and_all_others_go_out_once(
    server: iletimerkezi.IletimerkeziServer,
) -> None:
    messages = batch(300)
    server.invalid = {messages[200].phone[1:]}
    outcomes = send(_gateway(server), *messages)
    assert [number for number, outcome in enumerate(outcomes) if outcome.kind is Kind.REJECTED] == [200]
    assert sorted(number for order in server.orders for number, _text in order.messages) == sorted(
        message.phone[1:] for message in messages if message is not messages[200]
    )


def test_an_order_refused_as_a_repetition_is_not_tried_message_by_message(
    server: iletimerkezi.IletimerkeziServer,
) -> None:
    gateway, messages = _gateway(server), batch(3)
    send(gateway, *messages)
    outcomes = send(gateway, *messages)
    assert {(outcome.code, outcome.retry) for outcome in outcomes} == {("451", Retry.NEVER)}
    assert server.posts == 2


@pytest.mark.parametrize(
    ("mood", "code"),
    [
        (loopback.TAKE_THEN_FAIL, "http_500"),
        (loopback.Mood(status=503), "http_503"),
        (loopback.TAKE_THEN_HANG_UP, "no_answer"),
        (loopback.TAKE_THEN_HANG, "no_answer"),
        (loopback.TAKE_THEN_GARBLE, "answer_not_understood"),
    ],
)
def test_what_was_taken_without_an_answer_is_unknown_and_found_by_time_and_phone(
    server: iletimerkezi.IletimerkeziServer, mood: loopback.Mood, code: str
) -> None:
    gateway, messages = _gateway(server), batch(40)
    server.next(mood)
    outcomes = send(gateway, *messages)
    assert {(outcome.kind, outcome.code) for outcome in outcomes} == {(Kind.UNKNOWN, code)}
    findings = gateway.lookup_batch(messages)
    assert {finding.candidates[0].kind for finding in findings} == {Kind.ACCEPTED}
    assert len({finding.candidates[0].provider_id for finding in findings}) == 40


def test_what_is_found_has_the_number_it_would_have_had_with_an_answer(
    server: iletimerkezi.IletimerkeziServer,
) -> None:
    gateway, messages = _gateway(server), batch(2)
    sent = send(gateway, *messages)
    found = [finding.candidates for finding in gateway.lookup_batch(messages)]
    assert found == [(Outcome.accepted(outcome.provider_id),) for outcome in sent]


def test_what_was_not_taken_is_absent_but_not_before_the_list_has_settled(
    server: iletimerkezi.IletimerkeziServer,
) -> None:
    gateway, messages = _gateway(server), batch(2)
    server.next(loopback.FAIL)
    send(gateway, *messages)
    assert not gateway.lookup_batch(messages)[0].asked
    assert _found_later(gateway, messages) == [ABSENT] * 2


def test_an_older_order_is_not_taken_for_this_one(server: iletimerkezi.IletimerkeziServer) -> None:
    gateway, messages = _gateway(server), batch(1)
    send(gateway, *messages)
    later = [replace(messages[0], id=new_id(), tried_at=messages[0].tried_at + timedelta(minutes=5))]
    with time_machine.travel(timezone.now() + timedelta(minutes=8)):
        assert gateway.lookup_batch(later) == [ABSENT]


def _sent_beside(server: iletimerkezi.IletimerkeziServer, orders: int, *, at: datetime) -> None:
    """Single messages of that time, an order each."""
    for number in range(orders):
        text = {"text": "Başka", "receipents": {"number": [f"9050001{number:05}"]}}
        content = {"sender": "ORNEKBLD", "message": [text]}
        server.orders.append(iletimerkezi.Order(105_000_000 + len(server.orders), content, at.astimezone(ISTANBUL)))


def test_more_orders_than_one_round_can_read_prove_absence_after_some_rounds(
    server: iletimerkezi.IletimerkeziServer,
) -> None:
    gateway, messages = _gateway(server), batch(1)
    _sent_beside(server, 6 * MOST_ORDERS, at=messages[0].tried_at)
    rounds = [_found_later(gateway, messages)[0] for _ in range(9)]
    assert not any(finding.asked for finding in rounds[:5])
    assert rounds[-1] == ABSENT


def test_a_message_far_back_among_many_orders_is_found(server: iletimerkezi.IletimerkeziServer) -> None:
    gateway, messages = _gateway(server), batch(1)
    _sent_beside(server, 6 * MOST_ORDERS, at=messages[0].tried_at)
    send(gateway, *messages)
    rounds = [_found_later(gateway, messages)[0] for _ in range(9)]
    assert not rounds[0].candidates
    assert [outcome.kind for outcome in rounds[-1].candidates] == [Kind.ACCEPTED]


def test_an_order_is_asked_for_its_phones_once(server: iletimerkezi.IletimerkeziServer) -> None:
    gateway, messages = _gateway(server), batch(1)
    _sent_beside(server, 5, at=messages[0].tried_at)
    later = timezone.now() + 3 * calls.SETTLING
    with time_machine.travel(later):
        assert gateway.lookup_batch(messages) == [ABSENT]
        asked = server.lookups
        assert gateway.lookup_batch(messages) == [ABSENT]
    assert server.lookups == asked


def test_a_failed_delivery_found_in_the_report_is_a_failure(server: iletimerkezi.IletimerkeziServer) -> None:
    gateway, messages = _gateway(server), batch(1)
    send(gateway, *messages)
    server.orders[0].statuses["905000000000"] = 112
    (found,) = gateway.lookup_batch(messages)[0].candidates
    assert (found.kind, found.retry) == (Kind.REJECTED, Retry.ONCE)


@pytest.mark.parametrize("status", [401, 500])
def test_says_so_where_it_cannot_ask(server: iletimerkezi.IletimerkeziServer, status: int) -> None:
    server.lookup_status = status
    assert not _found_later(_gateway(server), batch(1))[0].asked


def test_a_connection_that_was_never_made_sent_nothing(server: iletimerkezi.IletimerkeziServer) -> None:
    (outcome,) = send(_gateway(server, address="http://127.0.0.1:1"))
    assert (outcome.kind, outcome.code, outcome.retry) == (Kind.REJECTED, "no_connection", Retry.LATER)
