"""The NetGSM adapter against a loopback server that speaks NetGSM's API."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from notifications.gateways import calls
from notifications.gateways.base import Finding, Kind, OutboundMessage, Retry, Sending
from notifications.gateways.netgsm import NetgsmGateway
from notifications.gateways.netgsm_report import MOST_PAGES, PAGE_SIZE
from notifications.ids import new_id
from notifications.segments import plain
from tests.notifications.outbound import TEXT, batch, mixed, of_another_part, phone, send
from tests.providers import loopback, netgsm


@pytest.fixture
def server() -> Iterator[netgsm.NetgsmServer]:
    with netgsm.running() as running:
        yield running


def _gateway(server: netgsm.NetgsmServer, *, address: str = "", password: str = netgsm.PASSWORD) -> NetgsmGateway:
    sending = Sending((netgsm.USERNAME, password), address or server.url, "ORNEKBLD", "sms")
    return NetgsmGateway(sending, answer_seconds=0.5)


def _found_later(
    gateway: NetgsmGateway, messages: list[OutboundMessage], *, after: timedelta = calls.SETTLING + timedelta(seconds=1)
) -> list[Finding]:
    with time_machine.travel(timezone.now() + after):
        return gateway.lookup_batch(messages)


def test_hands_over_a_batch_in_one_call(server: netgsm.NetgsmServer) -> None:
    outcomes = send(_gateway(server), *batch(200))
    assert {outcome.kind for outcome in outcomes} == {Kind.ACCEPTED}
    assert len({outcome.provider_id for outcome in outcomes}) == 200
    assert server.posts == 1
    assert (server.taken[0].to, server.taken[0].text) == ("5000000000", TEXT)


def test_names_sender_letters_and_that_it_is_information(server: netgsm.NetgsmServer) -> None:
    send(_gateway(server))
    job = server.jobs[0]
    assert (job["msgheader"], job["encoding"], job["iysfilter"]) == ("ORNEKBLD", "TR", "0")


def test_commercial_messages_go_in_a_job_of_their_own_with_the_filter(server: netgsm.NetgsmServer) -> None:
    send(_gateway(server), *mixed())
    assert {taken.to: taken.filtered for taken in server.taken} == {"5000000000": True, "5000000001": False}
    assert server.posts == 2


def test_a_commercial_message_without_an_answer_is_found_again(server: netgsm.NetgsmServer) -> None:
    server.next(loopback.TAKE_THEN_HANG_UP)
    gateway, messages = _gateway(server), mixed()[:1]
    assert send(gateway, *messages)[0].kind is Kind.UNKNOWN
    assert [outcome.kind for outcome in gateway.lookup_batch(messages)[0].candidates] == [Kind.ACCEPTED]


def test_plain_letters_go_in_a_job_of_their_own(server: netgsm.NetgsmServer) -> None:
    send(_gateway(server), *batch(2), *batch(1, text="Duz metin"))
    assert sorted(job.get("encoding", "") for job in server.jobs) == ["", "TR"]


def test_no_phone_is_twice_in_a_job(server: netgsm.NetgsmServer) -> None:
    first = batch(2)
    outcomes = send(_gateway(server), *first, replace(first[0], id=new_id(), text="Başka"))
    assert {outcome.kind for outcome in outcomes} == {Kind.ACCEPTED}
    assert server.posts == 2


@pytest.mark.parametrize(
    ("mood", "code", "retry"),
    [
        (netgsm.code("20"), "20", Retry.NEVER),
        (netgsm.code("70"), "70", Retry.NEVER),
        (netgsm.code("30"), "30", Retry.ROUTE),
        (netgsm.code("40"), "40", Retry.ROUTE),
        (netgsm.code("51"), "51", Retry.ROUTE),
        (netgsm.code("80"), "80", Retry.LATER),
        (netgsm.code("85"), "85", Retry.LATER),
        (loopback.refuse(429, retry_after=20), "http_429", Retry.LATER),
        (loopback.refuse(404), "http_404", Retry.ROUTE),
    ],
)
def test_knows_what_to_do_about_a_refusal(
    server: netgsm.NetgsmServer, mood: loopback.Mood, code: str, retry: Retry
) -> None:
    server.next(mood)
    (outcome,) = send(_gateway(server))
    assert (outcome.kind, outcome.code, outcome.retry) == (Kind.REJECTED, code, retry)


def test_a_busy_gateway_is_left_alone_for_a_minute_or_as_long_as_it_says(server: netgsm.NetgsmServer) -> None:
    server.next(netgsm.code("80"), loopback.refuse(429, retry_after=20))
    waits = [send(_gateway(server))[0].retry_after for _ in range(2)]
    assert waits == [timedelta(seconds=60), timedelta(seconds=20)]


def test_without_registration_only_what_is_commercial_stops(server: netgsm.NetgsmServer) -> None:
    commercial, information = mixed()
    server.next(netgsm.code("50"))
    assert send(_gateway(server), commercial)[0].retry is Retry.HALT
    assert send(_gateway(server), information)[0].kind is Kind.ACCEPTED


def test_wrong_credentials_concern_the_route(server: netgsm.NetgsmServer) -> None:
    assert send(_gateway(server, password="wrong"))[0].retry is Retry.ROUTE


def test_one_bad_message_does_not_spoil_the_call(server: netgsm.NetgsmServer) -> None:
    server.forbidden = {"yasağ"}
    good = batch(3)
    outcomes = send(_gateway(server), *good, replace(good[0], id=new_id(), phone=phone(99), text="yasağ"))
    assert [outcome.kind for outcome in outcomes] == [*[Kind.ACCEPTED] * 3, Kind.REJECTED]
    assert len(server.taken) == 3


def test_a_refused_number_is_found_among_hundreds_and_all_others_go_out_once(server: netgsm.NetgsmServer) -> None:
    messages = batch(300)
    server.invalid = {messages[200].phone[-10:]}
    outcomes = send(_gateway(server), *messages)
    assert [number for number, outcome in enumerate(outcomes) if outcome.kind is Kind.REJECTED] == [200]
    assert len({taken.to for taken in server.taken}) == len(server.taken) == 299


@pytest.mark.parametrize(
    ("mood", "code"),
    [
        (loopback.TAKE_THEN_FAIL, "http_500"),
        (loopback.TAKE_THEN_HANG_UP, "no_answer"),
        (loopback.TAKE_THEN_HANG, "no_answer"),
        (loopback.TAKE_THEN_GARBLE, "answer_not_understood"),
        (loopback.Mood(status=406, code="100"), "100"),
    ],
)
def test_what_was_taken_without_an_answer_is_unknown_and_found_by_reference_and_phone(
    server: netgsm.NetgsmServer, mood: loopback.Mood, code: str
) -> None:
    gateway, messages = _gateway(server), batch(130)
    server.next(mood)
    outcomes = send(gateway, *messages)
    assert {(outcome.kind, outcome.code) for outcome in outcomes} == {(Kind.UNKNOWN, code)}
    findings = gateway.lookup_batch(messages)
    assert {finding.candidates[0].kind for finding in findings} == {Kind.ACCEPTED}
    assert len({finding.candidates[0].provider_id for finding in findings}) == 130
    assert server.lookups == 2


def test_what_was_not_taken_is_absent_but_not_before_the_report_has_settled(server: netgsm.NetgsmServer) -> None:
    gateway, messages = _gateway(server), batch(2)
    server.next(loopback.FAIL)
    send(gateway, *messages)
    assert not gateway.lookup_batch(messages)[0].asked
    assert _found_later(gateway, messages) == [Finding(asked=True)] * 2


def test_another_message_to_the_same_phone_is_not_taken_for_this_one(server: netgsm.NetgsmServer) -> None:
    gateway, ours = _gateway(server), batch(1)
    send(gateway, replace(ours[0], id=new_id(), tried_at=ours[0].tried_at - timedelta(seconds=1)))
    assert _found_later(gateway, ours) == [Finding(asked=True)]


def test_a_part_of_a_refused_job_is_found_again(server: netgsm.NetgsmServer) -> None:
    gateway, messages = _gateway(server), batch(40)
    server.invalid = {of_another_part(messages).phone[-10:]}
    server.next(loopback.Mood(), loopback.TAKE_THEN_FAIL)
    outcomes = send(gateway, *messages)
    unknown = [message for message, outcome in zip(messages, outcomes, strict=True) if outcome.kind is Kind.UNKNOWN]
    assert unknown
    assert {len(finding.candidates) for finding in gateway.lookup_batch(unknown)} == {1}


@pytest.mark.parametrize(("sent", "looked_up"), [(TEXT, plain(TEXT)), (plain(TEXT), TEXT)])
def test_a_message_is_found_though_its_route_has_other_letters_by_now(
    server: netgsm.NetgsmServer, sent: str, looked_up: str
) -> None:
    gateway, (message,) = _gateway(server), batch(1)
    send(gateway, replace(message, text=sent, words=TEXT))
    (finding,) = gateway.lookup_batch([replace(message, text=looked_up, words=TEXT)])
    assert [outcome.kind for outcome in finding.candidates] == [Kind.ACCEPTED]


def test_a_row_without_a_reference_proves_nothing(server: netgsm.NetgsmServer) -> None:
    gateway, messages = _gateway(server), batch(1)
    send(gateway, *messages)
    server.taken[0].reference = None
    assert not _found_later(gateway, messages)[0].asked


def _sent_beside(server: netgsm.NetgsmServer, rows: int, *, at: datetime) -> None:
    """A campaign of others at that time."""
    server.taken += [netgsm.Taken(f"51{number:08}", "Başka", f"{at:%H%M%S}", "x", at=at) for number in range(rows)]


def test_a_report_too_long_for_one_round_proves_no_absence_yet(server: netgsm.NetgsmServer) -> None:
    gateway, messages = _gateway(server), batch(1)
    _sent_beside(server, MOST_PAGES * PAGE_SIZE + 1, at=messages[0].tried_at)
    assert not _found_later(gateway, messages)[0].asked
    assert server.lookups == MOST_PAGES


def test_a_long_report_is_read_on_from_round_to_round_until_it_proves_absence(server: netgsm.NetgsmServer) -> None:
    gateway, messages = _gateway(server), batch(1)
    for second in range(-60, 150, 3):
        _sent_beside(server, 100, at=messages[0].tried_at + timedelta(seconds=second, milliseconds=700))
    rounds = [_found_later(gateway, messages, after=timedelta(minutes=5))[0] for _ in range(15)]
    assert not any(finding.asked for finding in rounds[:3])
    assert rounds[-1] == Finding(asked=True)


def test_a_message_far_back_in_a_long_report_is_found(server: netgsm.NetgsmServer) -> None:
    gateway, messages = _gateway(server), batch(1)
    _sent_beside(server, 2_300, at=messages[0].tried_at)
    send(gateway, *messages)
    rounds = [_found_later(gateway, messages, after=timedelta(minutes=5))[0] for _ in range(8)]
    assert not rounds[0].candidates
    assert [outcome.kind for outcome in rounds[-1].candidates] == [Kind.ACCEPTED]


def test_pages_that_change_their_order_while_they_are_read_prove_nothing(server: netgsm.NetgsmServer) -> None:
    gateway, messages = _gateway(server), batch(1)
    _sent_beside(server, 1_150, at=messages[0].tried_at)
    send(gateway, *messages)
    for _ in range(8):
        assert not _found_later(gateway, messages, after=timedelta(minutes=5))[0].asked
        server.taken = server.taken[100:] + server.taken[:100]


@pytest.mark.parametrize(
    ("status", "kind", "retry"),
    [
        (1, Kind.ACCEPTED, None),
        (3, Kind.REJECTED, Retry.NEVER),
        (4, Kind.REJECTED, Retry.ONCE),
        (14, Kind.REJECTED, Retry.LATER),
    ],
)
def test_what_became_of_it_is_read_from_its_status(
    server: netgsm.NetgsmServer, status: int, kind: Kind, retry: Retry | None
) -> None:
    gateway, messages = _gateway(server), batch(1)
    send(gateway, *messages)
    server.taken[0].status = status
    (found,) = gateway.lookup_batch(messages)[0].candidates
    assert found.kind is kind
    assert retry in (None, found.retry)


@pytest.mark.parametrize("status", [401, 406, 500])
def test_says_so_where_it_cannot_ask(server: netgsm.NetgsmServer, status: int) -> None:
    server.lookup_status = status
    assert not _found_later(_gateway(server), batch(1))[0].asked


def test_a_connection_that_was_never_made_sent_nothing(server: netgsm.NetgsmServer) -> None:
    (outcome,) = send(_gateway(server, address="http://127.0.0.1:1"))
    assert (outcome.kind, outcome.code, outcome.retry) == (Kind.REJECTED, "no_connection", Retry.LATER)
