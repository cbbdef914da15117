"""The Twilio adapter against a loopback server that speaks Twilio's API."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from notifications.channels import Channel
from notifications.gateways.base import Finding, Kind, OutboundMessage, Outcome, Retry, Sending
from notifications.gateways.twilio import CONNECTIONS, TwilioGateway
from notifications.segments import plain
from tests.notifications.conftest import OTHER_PHONE, PHONE
from tests.providers import twilio

TEXT = "Başvurunuz alındı: 26-0000123-4."


def _gateway(server: twilio.TwilioServer, *, address: str = "", wait: float = 10, **changes: str) -> TwilioGateway:
    usual = {"sender": "ORNEKBLD", "channel": Channel.SMS.value}
    secrets = (twilio.ACCOUNT_SID, twilio.AUTH_TOKEN)
    return TwilioGateway(Sending(secrets, address or server.url, **(usual | changes)), answer_seconds=wait)


def _message(*, text: str = TEXT, phone: str = PHONE, minutes_left: float = 60) -> OutboundMessage:
    now = timezone.now()
    return OutboundMessage(uuid4(), phone, text, now, now + timedelta(minutes=minutes_left))


def _soon() -> datetime:
    return timezone.now() + timedelta(minutes=1)


def _send(gateway: TwilioGateway, *messages: OutboundMessage) -> list[Outcome]:
    return gateway.send_batch(messages or (_message(),), until=_soon())


def test_hands_over_receiver_text_sender_and_validity(twilio_server: twilio.TwilioServer) -> None:
    (outcome,) = _send(_gateway(twilio_server), _message(minutes_left=3))
    taken = twilio_server.taken[0]
    assert (outcome.kind, outcome.provider_id) == (Kind.ACCEPTED, taken.sid)
    assert (taken.to, taken.body, taken.form["From"]) == (PHONE, TEXT, "ORNEKBLD")
    assert 170 <= int(taken.form["ValidityPeriod"]) <= 180
    assert taken.form["SmartEncoded"] == "false"


def test_sends_through_the_messaging_service_where_there_is_one(twilio_server: twilio.TwilioServer) -> None:
    _send(_gateway(twilio_server, sender="MG1"))
    form = twilio_server.taken[0].form
    assert form["MessagingServiceSid"] == "MG1"
    assert "From" not in form


def test_a_batch_keeps_its_order_and_its_connections(twilio_server: twilio.TwilioServer) -> None:
    batch = [_message(text=f"Mesaj {number}") for number in range(300)]
    outcomes = _send(_gateway(twilio_server), *batch)
    by_text = {taken.body: taken.sid for taken in twilio_server.taken}
    assert [outcome.provider_id for outcome in outcomes] == [by_text[message.text] for message in batch]
    assert twilio_server.connections <= CONNECTIONS


@pytest.mark.parametrize(
    ("mood", "code", "retry"),
    [
        (twilio.BUSY, "20429", Retry.LATER),
        (twilio.refuse(429), "http_429", Retry.LATER),
        (twilio.refuse(400, 21610), "21610", Retry.NEVER),
        (twilio.refuse(400, 21211), "21211", Retry.NEVER),
        (twilio.refuse(400, 21611), "21611", Retry.LATER),
        (twilio.refuse(400, 30003), "30003", Retry.ONCE),
        (twilio.refuse(400, 99999), "99999", Retry.NEVER),
        (twilio.refuse(401, 20003), "20003", Retry.ROUTE),
        (twilio.refuse(403), "http_403", Retry.ROUTE),
        (twilio.refuse(404, 20404), "20404", Retry.ROUTE),
        (twilio.refuse(400, 21606), "21606", Retry.ROUTE),
    ],
)
def test_knows_what_to_do_about_an_error(
    twilio_server: twilio.TwilioServer, mood: twilio.Mood, code: str, retry: Retry
) -> None:
    twilio_server.next(mood)
    (outcome,) = _send(_gateway(twilio_server))
    assert (outcome.kind, outcome.code, outcome.retry) == (Kind.REJECTED, code, retry)


@pytest.mark.parametrize(
    ("mood", "code"),
    [
        (twilio.TAKE_THEN_FAIL, "http_500"),
        (twilio.refuse(503), "http_503"),
        (twilio.TAKE_THEN_HANG_UP, "no_answer"),
        (twilio.TAKE_THEN_GARBLE, "answer_not_understood"),
    ],
)
def test_does_not_know_what_became_of_it(twilio_server: twilio.TwilioServer, mood: twilio.Mood, code: str) -> None:
    twilio_server.next(mood)
    (outcome,) = _send(_gateway(twilio_server))
    assert (outcome.kind, outcome.code) == (Kind.UNKNOWN, code)


def test_a_busy_gateway_says_how_long_to_wait(twilio_server: twilio.TwilioServer) -> None:
    twilio_server.next(replace(twilio.BUSY, retry_after=30))
    (outcome,) = _send(_gateway(twilio_server))
    assert (outcome.retry, outcome.retry_after) == (Retry.LATER, timedelta(seconds=30))


def test_does_not_wait_for_ever(twilio_server: twilio.TwilioServer) -> None:
    twilio_server.next(twilio.TAKE_THEN_HANG)
    (outcome,) = _send(_gateway(twilio_server, wait=0.2))
    assert (outcome.kind, outcome.code) == (Kind.UNKNOWN, "no_answer")


def test_a_connection_that_was_never_made_sent_nothing(twilio_server: twilio.TwilioServer) -> None:
    (outcome,) = _send(_gateway(twilio_server, address="http://127.0.0.1:1"))
    assert (outcome.kind, outcome.code, outcome.retry) == (Kind.REJECTED, "no_connection", Retry.LATER)


def test_one_bad_message_does_not_spoil_the_batch(twilio_server: twilio.TwilioServer) -> None:
    twilio_server.next(twilio.refuse(400, 21211))
    outcomes = _send(_gateway(twilio_server), *[_message() for _ in range(3)])
    assert sorted(outcome.kind.value for outcome in outcomes) == ["accepted", "accepted", "rejected"]
    assert len(twilio_server.taken) == 2


def test_a_whatsapp_message_goes_to_and_from_whatsapp_addresses(twilio_server: twilio.TwilioServer) -> None:
    gateway = _gateway(twilio_server, channel=Channel.WHATSAPP, sender="+905000000009")
    message = _message()
    _send(gateway, message)
    taken = twilio_server.taken[0]
    assert (taken.to, taken.form["From"], taken.body) == (f"whatsapp:{PHONE}", "whatsapp:+905000000009", TEXT)
    assert len(gateway.lookup_batch([message])[0].candidates) == 1


@pytest.mark.parametrize(("sent", "looked_up"), [(TEXT, plain(TEXT)), (plain(TEXT), TEXT)])
def test_a_message_is_found_though_its_route_has_other_letters_by_now(
    twilio_server: twilio.TwilioServer, sent: str, looked_up: str
) -> None:
    gateway, message = _gateway(twilio_server), _message(text=sent)
    _send(gateway, message)
    assert len(gateway.lookup_batch([replace(message, text=looked_up)])[0].candidates) == 1


def test_an_approved_template_is_named_and_filled_in_place_of_a_text(twilio_server: twilio.TwilioServer) -> None:
    gateway = _gateway(twilio_server, channel=Channel.WHATSAPP, sender="+905000000009")
    _send(gateway, replace(_message(), template="HX1", variables=(("1", "26-0000123-4"),)))
    form = twilio_server.taken[0].form
    assert (form["ContentSid"], form["ContentVariables"]) == ("HX1", '{"1": "26-0000123-4"}')
    assert "Body" not in form


def test_stops_trying_when_the_route_itself_is_refused(twilio_server: twilio.TwilioServer) -> None:
    gateway = _gateway(twilio_server)
    twilio_server.next(*[twilio.refuse(401, 20003)] * 4 * CONNECTIONS)
    outcomes = _send(gateway, *[_message() for _ in range(4 * CONNECTIONS)])
    assert {outcome.retry for outcome in outcomes} == {Retry.ROUTE}
    assert twilio_server.posts <= 2 * CONNECTIONS


def test_starts_nothing_when_the_lease_is_about_to_end(twilio_server: twilio.TwilioServer) -> None:
    (outcome,) = _gateway(twilio_server).send_batch([_message()], until=timezone.now())
    assert (outcome.kind, outcome.code) == (Kind.REJECTED, "not_tried")
    assert twilio_server.posts == 0


def test_finds_a_message_by_receiver_text_and_time(twilio_server: twilio.TwilioServer) -> None:
    gateway = _gateway(twilio_server)
    message = _message()
    _send(gateway, message, _message(text="Başka"), _message(phone=OTHER_PHONE))
    (finding,) = gateway.lookup_batch([message])
    assert [found.provider_id for found in finding.candidates] == [
        taken.sid for taken in twilio_server.taken if (taken.to, taken.body) == (PHONE, TEXT)
    ]


def test_finds_a_message_that_a_trial_account_put_a_sentence_before(twilio_server: twilio.TwilioServer) -> None:
    message = _message()
    twilio_server.taken.append(twilio.Taken(to=PHONE, body=f"Sent from a trial account - {TEXT}", form={}))
    (finding,) = _gateway(twilio_server).lookup_batch([message])
    assert len(finding.candidates) == 1


def test_does_not_take_an_older_message_for_this_one(twilio_server: twilio.TwilioServer) -> None:
    gateway = _gateway(twilio_server)
    _send(gateway)
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        (finding,) = gateway.lookup_batch([_message()])
    assert finding == Finding(asked=True)


def test_says_so_where_it_cannot_ask(twilio_server: twilio.TwilioServer) -> None:
    twilio_server.lookup_status = 500
    (finding,) = _gateway(twilio_server).lookup_batch([_message()])
    assert not finding.asked


def test_the_secrets_are_not_shown_in_the_configurations_text() -> None:
    assert "very-secret" not in repr(Sending(("AC1", "very-secret"), "https://api.twilio.com", "X", "sms"))
