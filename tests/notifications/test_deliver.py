"""Workers taking messages from the outbox to the gateway."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from notifications.lanes import Lane
from notifications.models import BulkMessage, LocalDelivery, Message, MessageTemplate, RouteTally, State
from notifications.services import delivery, tallies
from tests.notifications.announcing import announce
from tests.notifications.conftest import OTHER_PHONE, PHONE
from tests.providers import twilio, verimor

pytestmark = pytest.mark.django_db


def test_sends_the_rendered_text_and_keeps_it_as_evidence(queue: Callable[..., Message]) -> None:
    message = queue()
    assert delivery.deliver(Lane.TRANSACTIONAL) == 1
    message.refresh_from_db()
    assert message.text == "Başvurunuz alındı: 26-0000123-4. Örnek Belediyesi"
    assert (message.state, message.route, message.segments, message.attempts) == (State.ACCEPTED, "local", 1, 1)
    assert message.sent_at is not None
    assert message.template is not None
    assert message.template.event == "request_received"


def test_the_simulated_phone_gets_it_once(queue: Callable[..., Message]) -> None:
    message = queue()
    delivery.deliver(Lane.TRANSACTIONAL)
    delivery.deliver(Lane.TRANSACTIONAL)
    received = LocalDelivery.objects.get()
    assert (received.to, received.message_id) == (PHONE, message.pk)


def test_writes_in_the_citizens_language(queue: Callable[..., Message]) -> None:
    queue(language="en")
    delivery.deliver(Lane.TRANSACTIONAL)
    assert LocalDelivery.objects.get().text.startswith("We received your application")


def test_writes_in_the_municipalitys_language_where_there_is_no_translation(queue: Callable[..., Message]) -> None:
    queue(event="request_answered", language="en")
    delivery.deliver(Lane.TRANSACTIONAL)
    assert LocalDelivery.objects.get().text.startswith("26-0000123-4 numaralı")


def test_a_missing_field_fails_the_message_and_sends_nothing(queue: Callable[..., Message]) -> None:
    message = queue(context={"number": "26-0000123-4"})
    delivery.deliver(Lane.TRANSACTIONAL)
    message.refresh_from_db()
    assert (message.state, message.error_code, message.error_detail) == (State.FAILED, "missing_field", "municipality")
    assert message.finished_at is not None
    assert not LocalDelivery.objects.exists()


def test_a_message_without_a_template_fails(queue: Callable[..., Message]) -> None:
    message = queue(event="unheard_of")
    delivery.deliver(Lane.TRANSACTIONAL)
    message.refresh_from_db()
    assert (message.state, message.error_code) == (State.FAILED, "no_template")


def test_one_bad_message_does_not_hold_up_the_others(queue: Callable[..., Message]) -> None:
    queue(context={})
    queue(phone=OTHER_PHONE)
    delivery.deliver(Lane.TRANSACTIONAL)
    assert LocalDelivery.objects.get().to == OTHER_PHONE


def test_empties_the_lane_however_many_there_are(queue: Callable[..., Message]) -> None:
    for _ in range(121):
        queue()
    assert delivery.deliver(Lane.TRANSACTIONAL) == 121
    assert not Message.objects.all().unfinished().exists()


def test_leaves_other_lanes_alone(queue: Callable[..., Message]) -> None:
    queue(lane=Lane.REPLY)
    assert delivery.deliver(Lane.TRANSACTIONAL) == 0
    assert Message.objects.get().state == State.QUEUED


def test_does_not_send_before_its_time(queue: Callable[..., Message]) -> None:
    Message.objects.filter(pk=queue().pk).update(due_at=timezone.now() + timedelta(minutes=1))
    assert delivery.deliver(Lane.TRANSACTIONAL) == 0


def test_does_not_send_after_its_deadline(queue: Callable[..., Message]) -> None:
    queue(expires_in=timedelta(minutes=3))
    with time_machine.travel(timezone.now() + timedelta(minutes=4)):
        assert delivery.deliver(Lane.TRANSACTIONAL) == 0
    assert not LocalDelivery.objects.exists()


def test_uses_the_wording_in_use_when_it_is_sent(queue: Callable[..., Message]) -> None:
    queue(event="request_answered")
    MessageTemplate.objects.filter(event="request_answered").update(is_active=False)
    MessageTemplate.objects.create(
        event="request_answered", language="tr", version=2, body="Yeni: {number}", is_active=True, source="staff"
    )
    delivery.deliver(Lane.TRANSACTIONAL)
    assert LocalDelivery.objects.get().text == "Yeni: 26-0000123-4"


def test_a_code_does_not_stay_in_the_message_once_it_was_sent(queue: Callable[..., Message]) -> None:
    message = queue(event="code_track", lane=Lane.OTP, context={"code": "482913", "minutes": "3"})
    delivery.deliver(Lane.OTP)
    message.refresh_from_db()
    assert "482913" in LocalDelivery.objects.get().text
    assert (message.state, message.text, message.context) == (State.ACCEPTED, "", {})


def test_a_code_that_cannot_be_written_does_not_stay_either(queue: Callable[..., Message]) -> None:
    message = queue(event="unheard_of", lane=Lane.OTP, context={"code": "482913"})
    delivery.deliver(Lane.OTP)
    message.refresh_from_db()
    assert (message.state, message.text, message.context) == (State.FAILED, "", {})


def test_a_busy_gateway_is_tried_again_later_with_the_same_words(
    queue: Callable[..., Message], over_twilio: twilio.TwilioServer
) -> None:
    over_twilio.next(twilio.BUSY)
    message = queue()
    delivery.deliver(Lane.TRANSACTIONAL)
    message.refresh_from_db()
    assert (message.state, message.error_code, message.attempts) == (State.QUEUED, "20429", 1)
    assert message.due_at > timezone.now()
    MessageTemplate.objects.filter(event="request_received", language="tr").update(is_active=False)
    with time_machine.travel(message.due_at + timedelta(seconds=1)):
        delivery.deliver(Lane.TRANSACTIONAL)
    message.refresh_from_db()
    assert (message.state, message.attempts, message.error_code) == (State.ACCEPTED, 2, "")
    assert over_twilio.texts_to(PHONE) == [message.text]


def _run_out_of_time() -> None:
    """A worker that claims and finds its lease about to end."""
    claimed = delivery.claim(Lane.TRANSACTIONAL)
    delivery.send(Lane.TRANSACTIONAL, replace(claimed, until=timezone.now()))


def test_what_a_worker_did_not_get_to_try_uses_up_no_try(
    queue: Callable[..., Message], over_twilio: twilio.TwilioServer
) -> None:
    message = queue()
    for _ in range(3):
        _run_out_of_time()
    message.refresh_from_db()
    assert (message.state, message.error_code, message.attempts) == (State.QUEUED, "not_tried", 0)
    over_twilio.next(twilio.refuse(400, 30003, "Unreachable destination handset"))
    delivery.deliver(Lane.TRANSACTIONAL)
    message.refresh_from_db()
    assert (message.state, message.attempts) == (State.QUEUED, 1)  # "once more" is still to come
    with time_machine.travel(message.due_at + timedelta(seconds=1)):
        delivery.deliver(Lane.TRANSACTIONAL)
    message.refresh_from_db()
    assert (message.state, message.attempts) == (State.ACCEPTED, 2)


def test_what_nobody_got_to_try_before_its_deadline_expires(
    queue: Callable[..., Message], over_twilio: twilio.TwilioServer
) -> None:
    message = queue(expires_in=timedelta(minutes=3))
    _run_out_of_time()
    with time_machine.travel(timezone.now() + timedelta(minutes=4)):
        delivery.sweep()
    message.refresh_from_db()
    assert (message.state, message.attempts, over_twilio.posts) == (State.EXPIRED, 0, 0)


def test_a_route_that_refuses_us_uses_up_no_try(
    queue: Callable[..., Message], over_twilio: twilio.TwilioServer
) -> None:
    over_twilio.next(twilio.refuse(401, 20003))
    message = queue()
    delivery.deliver(Lane.TRANSACTIONAL)
    message.refresh_from_db()
    assert (message.state, message.error_code, message.attempts) == (State.QUEUED, "20003", 0)


def test_a_refused_number_fails_for_good(queue: Callable[..., Message], over_twilio: twilio.TwilioServer) -> None:
    over_twilio.next(twilio.refuse(400, 21614, "The 'To' number +905000000001 is not a mobile number"))
    message = queue()
    delivery.deliver(Lane.TRANSACTIONAL)
    message.refresh_from_db()
    assert (message.state, message.error_code) == (State.FAILED, "21614")
    assert PHONE not in message.error_detail


def test_a_refused_number_costs_the_others_of_its_call_no_try_and_the_route_nothing(
    over_verimor: verimor.VerimorServer,
) -> None:
    phones = [f"+9050000{number:05}" for number in range(120)]
    announce(*phones)
    over_verimor.invalid = {phones[60][1:]}
    delivery.deliver(Lane.BULK)
    refused = BulkMessage.objects.get(phone=phones[60])
    assert (refused.state, refused.error_code) == (State.FAILED, "INVALID_DESTINATION_ADDRESS")
    others = BulkMessage.objects.exclude(pk=refused.pk).values_list("state", "attempts")
    assert set(others) == {(State.ACCEPTED, 1)}
    assert not RouteTally.objects.filter(kind__in=tallies.ERRORS).exists()


def test_a_link_is_never_sent_over_a_foreign_route(
    queue: Callable[..., Message], over_twilio: twilio.TwilioServer
) -> None:
    message = queue(context={"number": "26-0000123-4", "municipality": "ornek.bel.tr"})
    delivery.deliver(Lane.TRANSACTIONAL)
    message.refresh_from_db()
    assert (message.state, message.error_code) == (State.FAILED, "link_on_foreign_route")
    assert over_twilio.posts == 0


def test_the_log_names_no_phone(queue: Callable[..., Message], caplog: Any, settings: Any) -> None:
    settings.DEBUG = settings.DEMO = False
    queue()
    with caplog.at_level("DEBUG"):
        delivery.deliver(Lane.TRANSACTIONAL)
    logged = " ".join(str(vars(record)) for record in caplog.records if record.name.startswith("notifications"))
    assert "sms.simulated" in logged
    assert PHONE not in logged
    assert "26-0000123-4" not in logged


@pytest.mark.parametrize(("language", "words"), [("tr", "web sitemizdeki takip sayfası"), ("en", "on our website")])
def test_the_address_of_the_portal_is_said_in_words_over_a_foreign_route(
    queue: Callable[..., Message], over_twilio: twilio.TwilioServer, language: str, words: str
) -> None:
    MessageTemplate.objects.filter(event="request_received", language=language).update(is_active=False)
    MessageTemplate.objects.create(
        event="request_received", language=language, version=2, body="{number}: {page}", source="pack", is_active=True
    )
    queue(language=language, context={"number": "26-0000123-4", "page": "basvuru.ornek.bel.tr/takip"})
    delivery.deliver(Lane.TRANSACTIONAL)
    (text,) = over_twilio.texts_to(PHONE)
    assert text.endswith(words)
    assert "ornek.bel.tr" not in text
