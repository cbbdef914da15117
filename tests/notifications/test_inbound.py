"""What people write to us: opting out, asking to come back, and everything else."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from common import events
from notifications.lanes import Lane
from notifications.models import (
    BulkMessage,
    Consent,
    InboundNotice,
    LocalDelivery,
    Message,
    MessageTemplate,
    OptOut,
    Route,
    State,
)
from notifications.services import consents, delivery, inbound
from tests.notifications.announcing import announce
from tests.notifications.conftest import OTHER_PHONE, PHONE, use_route
from tests.notifications.gateway_calls import push, write
from tests.providers import twilio

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("doors", "templates")]


@pytest.fixture
def heard() -> Iterator[list[Any]]:
    """What an upper floor is told."""
    told: list[Any] = []

    def listen(**facts: Any) -> None:
        told.append(facts["message"])

    events.message_received.subscribe(listen)
    yield told
    events.message_received._subscribers.remove(listen)


def _agreed(phone: str = PHONE, **changes: Any) -> Consent:
    return consents.give(**({"phone": phone, "text_version": "tr-1", "source": "portal", "language": "tr"} | changes))


def _said(text: str, **more: str) -> None:
    assert write(text, **more) == 204
    inbound.take_due()


def _answers(phone: str = PHONE) -> list[str]:
    return list(Message.objects.filter(phone=phone, lane=Lane.REPLY).values_list("event", flat=True))


@pytest.fixture
def by_whatsapp(over_twilio: twilio.TwilioServer) -> twilio.TwilioServer:
    """Beside the route for SMS one for WhatsApp is in use."""
    use_route("twilio", code="twilio-whatsapp", alone=False, channel="whatsapp", sender="+905000000099")
    return over_twilio


WORDS_OUT = [
    "RET", "ret", "Ret.", " iptal ", "İPTAL", "IPTAL", "İptal", "ıptal", "DUR", "STOP", "stop!", "ÇIK", "çık", "CIK",
    "RET B012", "iptal 4607", "UNSUBSCRIBE", "I\u0307PTAL", "STOP\n",
]  # fmt: skip
WORDS_STAY = [
    "", "?", "dur yolu kapalı", "ret cevabı aldım", "stop lambası yanmıyor", "durak", "İptal edilen seferler ne oldu",
    "RET B012 ve C013", "Merhaba RET", "retro",
]  # fmt: skip


@pytest.mark.parametrize("text", WORDS_OUT)
def test_an_opt_out_is_known_however_it_is_written(text: str) -> None:
    assert inbound.wants_out(text)


@pytest.mark.parametrize("text", WORDS_STAY)
def test_a_sentence_with_such_a_word_is_no_opt_out(text: str) -> None:
    assert not inbound.wants_out(text)


@pytest.mark.parametrize(("prefix", "channel"), [("", "sms"), ("whatsapp:", "whatsapp")])
def test_an_opt_out_ends_the_consent_at_once(prefix: str, channel: str) -> None:
    consent = _agreed()
    _said("RET", sender=f"{prefix}{PHONE}")
    consent.refresh_from_db()
    assert (consent.withdrawn_source, OptOut.objects.get().source) == (channel, channel)
    assert _answers() == ["opt_out_confirmed"]


def test_an_opt_out_holds_for_a_phone_that_never_agreed() -> None:
    _said("STOP")
    assert OptOut.objects.get().phone == PHONE


def test_an_opt_out_holds_in_the_middle_of_a_campaign() -> None:
    announce(PHONE, OTHER_PHONE)
    _said("RET")
    delivery.deliver(Lane.BULK)
    assert list(LocalDelivery.objects.values_list("to", flat=True)) == [OTHER_PHONE]
    assert BulkMessage.objects.get(phone=PHONE).error_code == "opted_out"


def test_messages_about_ones_own_applications_go_on(queue: Callable[..., Message]) -> None:
    _said("RET")
    message = queue()
    delivery.deliver(Lane.TRANSACTIONAL)
    message.refresh_from_db()
    assert message.state == State.ACCEPTED


def test_the_confirmation_says_how_to_come_back(settings: Any) -> None:
    settings.PUBLIC_BASE_URL = "https://basvuru.ornek.example"
    _said("RET")
    delivery.deliver(Lane.REPLY)
    assert LocalDelivery.objects.get().text.endswith("basvuru.ornek.example")


def test_the_confirmation_is_in_the_language_of_the_consent() -> None:
    _agreed(language="en")
    _said("RET")
    assert Message.objects.get(lane=Lane.REPLY).language == "en"


def test_it_is_confirmed_once_a_day() -> None:
    for _ in range(3):
        _said("RET")
    assert _answers() == ["opt_out_confirmed"]
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        _said("RET")
    assert len(_answers()) == 2


def test_the_same_message_told_twice_is_one_message() -> None:
    _said("RET", sid="SM1")
    _agreed()
    _said("RET", sid="SM1")
    assert not OptOut.objects.exists()


def test_a_later_consent_is_not_undone_by_an_earlier_opt_out_that_was_held_up() -> None:
    write("RET")
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        consent = _agreed()
        inbound.take_due()
    consent.refresh_from_db()
    assert consent.withdrawn_at is None


@pytest.mark.parametrize("word", ["EVET", "BAŞLA", "başla", "START", "Basla"])
def test_nobody_agrees_again_by_sms(word: str, heard: list[Any]) -> None:
    _said("RET")
    _said(word)
    assert OptOut.objects.exists()
    assert not Consent.objects.exists()
    assert sorted(_answers()) == ["opt_out_confirmed", "opt_out_how_to_return"]
    assert not heard


def test_a_yes_without_an_opt_out_is_a_message_like_any_other(heard: list[Any]) -> None:
    _said("EVET")
    assert [message.text for message in heard] == ["EVET"]


def test_anything_else_is_told_to_whoever_listens_and_answered_once_a_day(heard: list[Any]) -> None:
    _said("Sokağımız karanlık")
    _said("Cevap yok mu?")
    assert [(message.channel, message.phone, message.text) for message in heard] == [
        ("sms", PHONE, "Sokağımız karanlık"),
        ("sms", PHONE, "Cevap yok mu?"),
    ]
    assert _answers() == ["message_where_to_apply"]


def test_pictures_are_references_and_nothing_is_fetched(heard: list[Any]) -> None:
    _said("Çukur", NumMedia="1", MediaUrl0="https://api.twilio.com/x", MediaContentType0="image/jpeg")
    assert heard[0].media == (("https://api.twilio.com/x", "image/jpeg"),)


@pytest.mark.parametrize("count", ["999999999", "-1", "çok", ""])
def test_a_wrong_number_of_pictures_breaks_nothing(count: str, heard: list[Any]) -> None:
    _said("Çukur", NumMedia=count)
    assert len(heard) == 1


def test_a_whatsapp_sender_without_a_phone_is_heard_and_not_answered(heard: list[Any]) -> None:
    _said("Merhaba", sender="whatsapp:TR.13491208655302741918")
    assert [(message.phone, message.sender) for message in heard] == [("", "whatsapp:TR.13491208655302741918")]
    assert not Message.objects.exists()


def test_an_opt_out_without_a_phone_shows_to_the_operators() -> None:
    _said("RET", sender="whatsapp:TR.13491208655302741918")
    assert InboundNotice.objects.get().error == "no_phone"


@pytest.mark.parametrize("sender", ["+4915112345678", "4607", "+903120000000"])
def test_only_turkish_mobiles_are_answered(sender: str) -> None:
    _said("RET", sender=sender)
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("words", "event"),
    [
        (["RET"], "opt_out_confirmed"),
        (["RET", "BAŞLA"], "opt_out_how_to_return"),
        (["Sokağımız karanlık"], "message_where_to_apply"),
    ],
)
def test_who_writes_by_whatsapp_is_answered_by_whatsapp(
    by_whatsapp: twilio.TwilioServer, words: list[str], event: str
) -> None:
    for word in words:
        _said(word, sender=f"whatsapp:{PHONE}")
    delivery.deliver(Lane.REPLY)
    answer = Message.objects.get(event=event)
    assert (answer.channel, answer.state, answer.route) == ("whatsapp", State.ACCEPTED, "twilio-whatsapp")
    assert by_whatsapp.taken[-1].to == f"whatsapp:{PHONE}"
    assert by_whatsapp.taken[-1].form["From"] == "whatsapp:+905000000099"


def test_who_writes_by_sms_is_answered_by_sms_beside_a_route_for_whatsapp(by_whatsapp: twilio.TwilioServer) -> None:
    _said("RET")
    delivery.deliver(Lane.REPLY)
    assert by_whatsapp.taken[0].to == PHONE


def test_answers_over_both_channels_go_out_in_one_round(by_whatsapp: twilio.TwilioServer) -> None:
    _said("RET", sender=f"whatsapp:{PHONE}")
    _said("RET", sender=OTHER_PHONE)
    delivery.deliver(Lane.REPLY)
    assert sorted(taken.to for taken in by_whatsapp.taken) == [OTHER_PHONE, f"whatsapp:{PHONE}"]


@pytest.mark.usefixtures("over_twilio")
def test_without_a_route_for_whatsapp_the_answer_is_an_sms() -> None:
    _said("RET", sender=f"whatsapp:{PHONE}")
    assert Message.objects.get(lane=Lane.REPLY).channel == "sms"


@pytest.mark.usefixtures("by_whatsapp")
def test_an_answer_by_whatsapp_is_not_sent_after_a_day() -> None:
    _said("RET", sender=f"whatsapp:{PHONE}")
    answer, notice = Message.objects.get(lane=Lane.REPLY), InboundNotice.objects.get()
    assert abs(answer.expires_at - notice.received_at - timedelta(hours=24)) < timedelta(seconds=5)


@pytest.mark.usefixtures("by_whatsapp")
def test_what_was_dealt_with_a_day_late_is_answered_by_sms() -> None:
    write("RET", sender=f"whatsapp:{PHONE}")
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        inbound.take_due()
    assert Message.objects.get(lane=Lane.REPLY).channel == "sms"


@pytest.mark.usefixtures("templates")
@pytest.mark.parametrize("lane", [Lane.OTP, Lane.TRANSACTIONAL])
def test_nothing_but_replies_goes_by_whatsapp(queue: Callable[..., Message], lane: Lane) -> None:
    with pytest.raises(IntegrityError, match="message_channel_known"), transaction.atomic():
        queue(lane=lane, channel="whatsapp")


@pytest.mark.usefixtures("by_whatsapp")
def test_a_message_by_whatsapp_has_no_parts_and_all_letters(queue: Callable[..., Message]) -> None:
    Route.objects.filter(channel="whatsapp").update(letters="plain")
    MessageTemplate.objects.create(event="long", language="tr", version=1, body="ğ" * 200, fields=[], is_active=True)
    message = queue(event="long", lane=Lane.REPLY, channel="whatsapp")
    delivery.deliver(Lane.REPLY)
    message.refresh_from_db()
    assert (message.state, message.segments, message.text) == (State.ACCEPTED, 1, "ğ" * 200)


def test_verimor_keyword_is_not_the_citizens_word() -> None:
    push(
        "verimor",
        [{"type": "inbound", "message_id": 1, "source_addr": PHONE[1:], "keyword": "ornek", "content": "ORNEK ret"}],
    )
    inbound.take_due()
    assert OptOut.objects.get().phone == PHONE


@pytest.mark.parametrize("content", ["IPTAL", "iptal", "İptal", "IPTAL 4607", "iptal b012"])
def test_the_word_for_opting_out_may_be_verimors_keyword(content: str) -> None:
    push(
        "verimor",
        [{"type": "inbound", "message_id": 1, "source_addr": PHONE[1:], "keyword": "IPTAL", "content": content}],
    )
    inbound.take_due()
    assert OptOut.objects.get().phone == PHONE
    assert _answers() == ["opt_out_confirmed"]


def test_a_sentence_after_such_a_keyword_is_a_message_like_any_other(heard: list[Any]) -> None:
    body = {"type": "inbound", "message_id": 1, "source_addr": PHONE[1:], "keyword": "DUR"}
    push("verimor", [body | {"content": "DUR yolu kapalı kaldı"}])
    inbound.take_due()
    assert [message.text for message in heard] == ["yolu kapalı kaldı"]
    assert not OptOut.objects.exists()


def test_netgsm_opt_out_is_told_apart_by_its_content() -> None:
    body = {"sender": "5000000001", "message": "IPTAL", "datetime": "24.11.2026 10:00:00"}
    for _ in range(2):
        push("netgsm_messages", body)
    inbound.take_due()
    assert (OptOut.objects.get().phone, InboundNotice.objects.count()) == (PHONE, 1)


def test_one_that_breaks_us_is_tried_again_and_holds_up_no_other(heard: list[Any]) -> None:
    def breaks(**facts: Any) -> None:
        if facts["message"].text == "bozuk":
            raise RuntimeError

    events.message_received.subscribe(breaks)
    write("bozuk")
    write("sağlam")
    inbound.take_due()
    events.message_received._subscribers.remove(breaks)
    assert [message.text for message in heard][-1] == "sağlam"
    assert InboundNotice.objects.get(processed_at=None).attempts == 1
    with time_machine.travel(timezone.now() + timedelta(seconds=10)):
        inbound.take_due()
    assert not InboundNotice.objects.filter(processed_at=None).exists()


def test_what_cannot_be_read_is_set_aside() -> None:
    push("netgsm_messages", {"neu": 1})
    inbound.take_due()
    assert InboundNotice.objects.get().error == "not_understood:sender"
