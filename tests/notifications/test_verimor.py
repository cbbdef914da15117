"""The Verimor adapter against a loopback server that speaks Verimor's API."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from django.utils import timezone

from notifications.gateways import calls
from notifications.gateways.base import NOT_TRIED, Finding, Kind, OutboundMessage, Retry, Sending
from notifications.gateways.verimor import VerimorGateway
from notifications.ids import new_id
from tests.notifications.outbound import TEXT, batch, mixed, of_another_part, phone, send
from tests.providers import loopback, verimor


@pytest.fixture
def server() -> Iterator[verimor.VerimorServer]:
    with verimor.running() as running:
        yield running


def _gateway(server: verimor.VerimorServer, *, address: str = "", password: str = verimor.PASSWORD) -> VerimorGateway:
    sending = Sending((verimor.USERNAME, password), address or server.url, "ORNEKBLD", "sms")
    return VerimorGateway(sending, answer_seconds=0.5)


def _found_later(gateway: VerimorGateway, messages: list[OutboundMessage]) -> list[Finding]:
    with time_machine.travel(timezone.now() + calls.SETTLING + timedelta(seconds=1)):
        return gateway.lookup_batch(messages)


def test_hands_over_a_batch_in_one_call_each_message_under_our_id(server: verimor.VerimorServer) -> None:
    messages = batch(200)
    outcomes = send(_gateway(server), *messages)
    assert {outcome.kind for outcome in outcomes} == {Kind.ACCEPTED}
    assert server.posts == 1
    assert [taken.id for taken in server.taken] == [message.id.hex for message in messages]
    assert (server.taken[0].to, server.taken[0].text) == ("905000000000", TEXT)


def test_names_sender_validity_and_character_set(server: verimor.VerimorServer) -> None:
    send(_gateway(server), *batch(1, minutes_left=3))
    campaign = server.campaigns[0]
    assert (campaign["source_addr"], campaign["valid_for"], campaign["datacoding"]) == ("ORNEKBLD", "00:03", "1")


@pytest.mark.parametrize(("text", "coding"), [("Duz metin", "0"), ("İğne", "1"), ("Emoji 🙂", "2")])
def test_asks_for_the_character_set_the_parts_were_counted_by(
    server: verimor.VerimorServer, text: str, coding: str
) -> None:
    send(_gateway(server), *batch(1, text=text))
    assert server.campaigns[0]["datacoding"] == coding


def test_messages_of_different_character_sets_go_in_different_campaigns(server: verimor.VerimorServer) -> None:
    send(_gateway(server), *batch(2), *batch(1, text="Duz metin"))
    assert server.posts == 2


def test_commercial_messages_go_in_a_campaign_of_their_own_with_the_filter(server: verimor.VerimorServer) -> None:
    send(_gateway(server), *mixed())
    assert {taken.to: taken.filtered for taken in server.taken} == {"905000000000": True, "905000000001": False}
    assert server.posts == 2


def test_a_commercial_message_without_an_answer_is_found_again(server: verimor.VerimorServer) -> None:
    server.next(loopback.TAKE_THEN_HANG_UP)
    gateway, messages = _gateway(server), mixed()[:1]
    assert send(gateway, *messages)[0].kind is Kind.UNKNOWN
    assert [outcome.kind for outcome in gateway.lookup_batch(messages)[0].candidates] == [Kind.ACCEPTED]


def test_a_number_abroad_is_written_with_zeros_and_without_a_character_set(server: verimor.VerimorServer) -> None:
    send(_gateway(server), replace(batch(1)[0], phone="+4915000000000"))
    assert server.taken[0].to == "004915000000000"
    assert "datacoding" not in server.campaigns[0]


@pytest.mark.parametrize(
    ("mood", "code", "retry"),
    [
        (loopback.refuse(400, "INVALID_DESTINATION_ADDRESS"), "INVALID_DESTINATION_ADDRESS", Retry.NEVER),
        (loopback.refuse(400, "FORBIDDEN_MESSAGE"), "FORBIDDEN_MESSAGE", Retry.NEVER),
        (loopback.refuse(400, "INSUFFICIENT_CREDITS"), "INSUFFICIENT_CREDITS", Retry.ROUTE),
        (loopback.refuse(400, "INVALID_SOURCE_ADDRESS"), "INVALID_SOURCE_ADDRESS", Retry.ROUTE),
        (loopback.refuse(400, "MISSING_IYS_BRAND_CODE"), "MISSING_IYS_BRAND_CODE", Retry.ROUTE),
        (loopback.refuse(400, "UNHEARD_OF"), "UNHEARD_OF", Retry.ROUTE),
        (loopback.refuse(401, message="Hesabınızda izinli IP ayarları yapılmamış"), "http_401", Retry.ROUTE),
        (verimor.BUSY, "http_429", Retry.LATER),
    ],
)
def test_knows_what_to_do_about_a_refusal(
    server: verimor.VerimorServer, mood: loopback.Mood, code: str, retry: Retry
) -> None:
    server.next(mood)
    (outcome,) = send(_gateway(server))
    assert (outcome.kind, outcome.code, outcome.retry) == (Kind.REJECTED, code, retry)


def test_waits_as_long_as_a_busy_gateway_says(server: verimor.VerimorServer) -> None:
    server.next(verimor.BUSY)
    assert send(_gateway(server))[0].retry_after == timedelta(seconds=60)


def test_without_registration_only_what_is_commercial_stops(server: verimor.VerimorServer) -> None:
    commercial, information = mixed()
    server.next(loopback.refuse(400, "AHS_AUTHORIZATION_ERROR"))
    assert send(_gateway(server), commercial)[0].retry is Retry.HALT
    assert send(_gateway(server), information)[0].kind is Kind.ACCEPTED


def test_wrong_credentials_concern_the_route(server: verimor.VerimorServer) -> None:
    assert send(_gateway(server, password="wrong"))[0].retry is Retry.ROUTE


def test_one_bad_message_does_not_spoil_the_call(server: verimor.VerimorServer) -> None:
    server.forbidden = {"yasağ"}
    good = batch(3)
    bad = replace(good[0], id=new_id(), phone=phone(99), text="yasağ")
    outcomes = send(_gateway(server), *good, bad)
    assert [outcome.kind for outcome in outcomes] == [*[Kind.ACCEPTED] * 3, Kind.REJECTED]
    assert outcomes[3].code == "FORBIDDEN_MESSAGE"
    assert all(len(server.taken_as(message.id.hex)) == 1 for message in good)


def test_a_refused_number_is_found_among_hundreds_and_all_others_go_out_once(server: verimor.VerimorServer) -> None:
    messages = batch(500)
    server.invalid = {calls.local_digits(messages[300].phone)}
    outcomes = send(_gateway(server), *messages)
    refused = [number for number, outcome in enumerate(outcomes) if outcome.kind is Kind.REJECTED]
    assert (refused, outcomes[300].code) == ([300], "INVALID_DESTINATION_ADDRESS")
    assert len({taken.id for taken in server.taken}) == len(server.taken) == 499
    assert server.posts < 60


def test_sixty_refused_numbers_of_two_hundred_cost_the_others_nothing(server: verimor.VerimorServer) -> None:
    messages = batch(200)
    server.invalid = {calls.local_digits(message.phone) for message in messages[::3][:60]}
    outcomes = send(_gateway(server), *messages)
    kinds = Counter(outcome.kind for outcome in outcomes)
    assert kinds == {Kind.ACCEPTED: 140, Kind.REJECTED: 60}
    assert {outcome.retry for outcome in outcomes if outcome.kind is Kind.REJECTED} == {Retry.NEVER}
    assert len({taken.id for taken in server.taken}) == len(server.taken) == 140


def test_no_two_campaigns_of_a_refused_call_have_one_reference(server: verimor.VerimorServer) -> None:
    messages = batch(100)
    server.invalid = {calls.local_digits(messages[0].phone)}
    send(_gateway(server), *messages)
    references = [campaign["custom_id"] for campaign in server.campaigns]
    assert len(set(references)) == len(references) > 2


def test_a_text_that_everybody_gets_is_refused_for_everybody_at_once(server: verimor.VerimorServer) -> None:
    server.forbidden = {TEXT}
    outcomes = send(_gateway(server), *batch(100))
    assert {(outcome.code, outcome.retry) for outcome in outcomes} == {("FORBIDDEN_MESSAGE", Retry.NEVER)}
    assert server.posts == 1


def test_parts_for_which_there_was_no_time_count_as_not_tried(server: verimor.VerimorServer) -> None:
    messages = batch(50)
    server.invalid = {calls.local_digits(message.phone) for message in messages}
    server.next(loopback.Mood(delay=0.3))
    outcomes = _gateway(server).send_batch(messages, until=timezone.now() + timedelta(seconds=0.2))
    assert {outcome.code for outcome in outcomes} == {"not_tried"}
    assert not any(outcome.counts for outcome in outcomes)


def _handed_over_at_last(
    gateway: VerimorGateway, messages: list[OutboundMessage], *, seconds: float, rounds: int
) -> Counter[Kind]:
    """What became of ``messages`` where each claim is begun within ``seconds``, and the rest is claimed again."""
    kinds: Counter[Kind] = Counter()
    left = messages
    for _round in range(rounds):
        now = timezone.now()
        left = [replace(message, tried_at=now) for message in left]
        outcomes = gateway.send_batch(left, until=now + timedelta(seconds=seconds))
        pairs = list(zip(left, outcomes, strict=True))
        kinds.update(outcome.kind for _message, outcome in pairs if outcome is not NOT_TRIED)
        left = [message for message, outcome in pairs if outcome is NOT_TRIED]
    assert not left
    return kinds


@pytest.mark.parametrize("answers_after", [0.14, 0.22])
def test_a_refused_number_holds_nobody_up_where_a_claim_is_over_before_it_is_found(
    server: verimor.VerimorServer, answers_after: float
) -> None:
    messages = batch(1_000)
    server.invalid = {calls.local_digits(messages[300].phone)}
    server.next(*[loopback.Mood(delay=answers_after)] * 100)
    kinds = _handed_over_at_last(_gateway(server), messages, seconds=0.2, rounds=30)
    assert kinds == {Kind.ACCEPTED: 999, Kind.REJECTED: 1}
    assert len({taken.id for taken in server.taken}) == len(server.taken) == 999
    assert server.posts < 60


def test_what_is_new_goes_with_what_was_refused_before_and_is_found_again(server: verimor.VerimorServer) -> None:
    gateway, old, new = _gateway(server), batch(60), batch(60)
    server.invalid = {calls.local_digits(old[0].phone)}
    server.next(loopback.Mood(delay=0.3))
    gateway.send_batch(old, until=timezone.now() + timedelta(seconds=0.2))
    server.next(*[loopback.TAKE_THEN_FAIL] * 8)
    new = [replace(message, phone=phone(100 + number)) for number, message in enumerate(new)]
    both = [replace(message, tried_at=new[0].tried_at, expires_at=new[0].expires_at) for message in [*old, *new]]
    send(gateway, *both)
    taken = [message for message in both if server.taken_as(message.id.hex)]
    assert server.posts > 8
    assert {len(finding.candidates) for finding in _found_later(gateway, taken)} == {1}


def test_a_part_of_a_refused_call_is_found_again(server: verimor.VerimorServer) -> None:
    gateway, messages = _gateway(server), batch(100)
    server.invalid = {calls.local_digits(of_another_part(messages).phone)}
    server.next(loopback.Mood(), loopback.TAKE_THEN_FAIL, loopback.FAIL)
    outcomes = send(gateway, *messages)
    unknown = [message for message, outcome in zip(messages, outcomes, strict=True) if outcome.kind is Kind.UNKNOWN]
    found = {message.id: _found_later(gateway, [message])[0] for message in unknown}
    taken = {message.id for message in unknown if server.taken_as(message.id.hex)}
    assert taken
    assert taken != found.keys()
    assert {id_ for id_, finding in found.items() if finding.candidates} == taken
    assert all(finding.asked for finding in found.values())


@pytest.mark.parametrize(
    ("mood", "code"),
    [
        (loopback.TAKE_THEN_FAIL, "http_500"),
        (loopback.TAKE_THEN_HANG_UP, "no_answer"),
        (loopback.TAKE_THEN_HANG, "no_answer"),
        (loopback.TAKE_THEN_GARBLE, "answer_not_understood"),
    ],
)
def test_what_was_taken_without_an_answer_is_unknown_and_found_again(
    server: verimor.VerimorServer, mood: loopback.Mood, code: str
) -> None:
    gateway, messages = _gateway(server), batch(40)
    server.next(mood)
    outcomes = send(gateway, *messages)
    assert {(outcome.kind, outcome.code) for outcome in outcomes} == {(Kind.UNKNOWN, code)}
    findings = gateway.lookup_batch(messages[:32])
    assert {finding.candidates[0].kind for finding in findings} == {Kind.ACCEPTED}
    assert len({finding.candidates[0].provider_id for finding in findings}) == 32
    assert server.lookups == 1


def test_what_was_not_taken_is_absent_but_not_before_the_list_has_settled(server: verimor.VerimorServer) -> None:
    gateway, messages = _gateway(server), batch(3)
    server.next(loopback.FAIL)
    send(gateway, *messages)
    assert not gateway.lookup_batch(messages)[0].asked
    assert _found_later(gateway, messages) == [Finding(asked=True)] * 3


def test_of_two_messages_to_one_phone_each_is_found_or_missed_by_its_own_id(server: verimor.VerimorServer) -> None:
    gateway, messages = _gateway(server), batch(2)
    second, third = (replace(messages[0], id=UUID(int=messages[0].id.int + more)) for more in (1, 2))
    send(gateway, *messages, second)
    found = _found_later(gateway, [messages[0], second, third])
    assert [len(finding.candidates) for finding in found] == [1, 1, 0]
    assert found[2].asked


def test_a_campaign_of_another_worker_under_the_same_reference_proves_nothing(server: verimor.VerimorServer) -> None:
    gateway, ours, theirs = _gateway(server), batch(1)[0], batch(2)[1]
    send(gateway, replace(theirs, tried_at=ours.tried_at, expires_at=ours.expires_at))
    assert not _found_later(gateway, [ours])[0].asked


@pytest.mark.parametrize(
    ("status", "kind", "retry"),
    [
        ("DELIVERED", Kind.ACCEPTED, None),
        ("NOT_DELIVERED", Kind.REJECTED, Retry.ONCE),
        ("DOUBLE_SEND_ERROR", Kind.REJECTED, Retry.NEVER),
        ("BLACKLISTED_DESTINATION_ADDRESS", Kind.REJECTED, Retry.NEVER),
    ],
)
def test_what_became_of_it_is_read_from_its_status(
    server: verimor.VerimorServer, status: str, kind: Kind, retry: Retry | None
) -> None:
    gateway, messages = _gateway(server), batch(1)
    send(gateway, *messages)
    server.taken[0].status = status
    (found,) = gateway.lookup_batch(messages)[0].candidates
    assert found.kind is kind
    assert retry in (None, found.retry)


@pytest.mark.parametrize("status", [401, 429, 500])
def test_says_so_where_it_cannot_ask(server: verimor.VerimorServer, status: int) -> None:
    server.lookup_status = status
    assert not _gateway(server).lookup_batch(batch(1))[0].asked


def test_a_connection_that_was_never_made_sent_nothing(server: verimor.VerimorServer) -> None:
    (outcome,) = send(_gateway(server, address="http://127.0.0.1:1"))
    assert (outcome.kind, outcome.code, outcome.retry) == (Kind.REJECTED, "no_connection", Retry.LATER)


def test_starts_nothing_when_the_lease_is_about_to_end(server: verimor.VerimorServer) -> None:
    outcomes = _gateway(server).send_batch(batch(2), until=timezone.now())
    assert {outcome.code for outcome in outcomes} == {"not_tried"}
    assert server.posts == 0
