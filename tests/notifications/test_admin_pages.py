"""Wordings, the simulated phone and consents in the administration."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from notifications.gateways.notices import Arrived
from notifications.lanes import Lane
from notifications.models import Consent, InboundNotice, LocalDelivery, Message, MessageTemplate, Topic
from notifications.services import consents, delivery, inbound, notices
from tests.notifications.conftest import OTHER_PHONE, PHONE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("templates")]


@pytest.fixture(autouse=True)
def password_is_enough(settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = False


@pytest.fixture
def page(client: Client, operator: User) -> Client:
    client.force_login(operator)
    return client


@pytest.fixture
def wording() -> MessageTemplate:
    return MessageTemplate.objects.get(event="request_received", language="tr")


def _address(name: str, *args: object) -> str:
    with translation.override("en"):
        return reverse(f"admin:{name}", args=args)


def test_a_new_wording_becomes_a_new_version(page: Client, wording: MessageTemplate, operator: User) -> None:
    response = page.post(_address("notifications_revise", wording.pk), {"body": "Aldık: {number}"})
    added = MessageTemplate.objects.active().get(event="request_received", language="tr")
    assert response.status_code == 302
    assert (added.version, added.body, added.created_by) == (2, "Aldık: {number}", operator)


@pytest.mark.parametrize(
    ("body", "message"),
    [("", "Write the text"), ("Sayı {nummer}", "has no field {nummer}"), ("Sayı {number", "no partner")],
)
def test_a_wrong_wording_is_refused_beside_the_field_and_kept(
    page: Client, wording: MessageTemplate, body: str, message: str
) -> None:
    shown = page.post(_address("notifications_revise", wording.pk), {"body": body}).content.decode()
    assert message in shown
    assert f"{body}</textarea>" in shown
    assert MessageTemplate.objects.filter(event="request_received", language="tr").count() == 1


def test_the_page_shows_fields_with_examples_and_a_preview(page: Client, wording: MessageTemplate) -> None:
    shown = page.get(_address("notifications_revise", wording.pk)).content.decode()
    assert "{number}" in shown
    assert "Başvurunuz alındı: 26-0000123-4." in shown


def test_the_preview_follows_the_typing(page: Client, wording: MessageTemplate) -> None:
    answer = page.post(_address("notifications_preview", wording.pk), {"body": "ş" * 140 + " {number}"})
    assert answer.json() == {"text": "ş" * 140 + " 26-0000123-4", "segments": 2, "characters": 153}


def test_the_preview_says_what_is_wrong(page: Client, wording: MessageTemplate) -> None:
    answer = page.post(_address("notifications_preview", wording.pk), {"body": "{nummer}"})
    assert "has no field {nummer}" in answer.json()["text"]


def test_a_template_itself_is_read_only(page: Client, wording: MessageTemplate) -> None:
    shown = page.get(_address("notifications_messagetemplate_change", wording.pk)).content.decode()
    assert "Write a new version" in shown
    assert 'name="body"' not in shown


def test_an_earlier_version_is_taken_into_use_from_the_list(page: Client, wording: MessageTemplate) -> None:
    page.post(_address("notifications_revise", wording.pk), {"body": "Aldık: {number}"})
    page.post(
        _address("notifications_messagetemplate_changelist"),
        {"action": "take_into_use", "_selected_action": [wording.pk]},
    )
    wording.refresh_from_db()
    assert wording.is_active


@pytest.mark.parametrize("name", ["notifications_revise", "notifications_preview"])
def test_who_may_only_look_changes_no_wording(client: Client, clerk: User, wording: MessageTemplate, name: str) -> None:
    clerk.user_permissions.add(Permission.objects.get(codename="view_messagetemplate"))
    client.force_login(clerk)
    assert client.post(_address(name, wording.pk), {"body": "Aldık"}).status_code == 403
    assert "Write a new version" not in _read(client, "notifications_messagetemplate_change", wording.pk)


def test_an_unknown_template_is_not_found(page: Client) -> None:
    assert page.get(_address("notifications_revise", 999_999)).status_code == 404


def test_the_simulated_phone_shows_the_newest_message_first(page: Client, queue: Callable[..., Message]) -> None:
    queue()
    queue(event="request_answered")
    delivery.deliver(Lane.TRANSACTIONAL)
    shown = _read(page, "notifications_localdelivery_changelist")
    assert shown.index("cevaplandı") < shown.index("Başvurunuz alındı")
    assert "0500 000 00 01" in shown


@pytest.mark.parametrize("typed", ["0500 000 00 02", "+905000000002", "00 00 02"])
def test_the_simulated_phone_is_found_by_its_number(page: Client, queue: Callable[..., Message], typed: str) -> None:
    queue()
    queue(phone=OTHER_PHONE)
    delivery.deliver(Lane.TRANSACTIONAL)
    shown = page.get(_address("notifications_localdelivery_changelist"), {"q": typed}).content.decode()
    assert "<strong>0500 000 00 02</strong>" in shown
    assert "<strong>0500 000 00 01</strong>" not in shown


@pytest.mark.parametrize("name", ["changelist", "change"])
def test_where_citizens_are_real_the_simulated_phone_is_closed(
    page: Client, queue: Callable[..., Message], settings: Any, name: str
) -> None:
    queue()
    delivery.deliver(Lane.TRANSACTIONAL)
    settings.DEMO = False
    row = [LocalDelivery.objects.get().pk] if name == "change" else []
    assert page.get(_address(f"notifications_localdelivery_{name}", *row)).status_code == 403
    assert "localdelivery" not in page.get(reverse("admin:index")).content.decode()


def test_an_empty_simulated_phone_says_what_will_appear(page: Client) -> None:
    assert "appear here a moment after" in _read(page, "notifications_localdelivery_changelist")


def test_consents_are_shown_with_masked_phones(page: Client) -> None:
    given = consents.give(phone=PHONE, text_version="1", source="portal", language="tr")
    for shown in (
        _read(page, "notifications_consent_changelist"),
        _read(page, "notifications_consent_change", given.pk),
    ):
        assert "0500 *** ** 01" in shown
        assert "5000000001" not in shown


def test_a_consent_is_found_by_the_whole_number(page: Client) -> None:
    consents.give(phone=PHONE, text_version="1", source="portal", language="tr")
    address = _address("notifications_consent_changelist")
    assert "0500 *** ** 01" in page.get(address, {"q": "0500 000 00 01"}).content.decode()
    assert "0500 *** ** 01" not in page.get(address, {"q": "0500"}).content.decode()


def test_consents_speak_the_readers_language(page: Client) -> None:
    consents.give(phone=PHONE, text_version="1", source="portal", language="tr")
    with translation.override("tr"):
        address = reverse("admin:notifications_consent_changelist")
    shown = page.get(address).content.decode()
    assert '<td class="field-purpose_name">Duyurular</td>' in shown
    assert '<td class="field-source_name">Portal</td>' in shown


def test_consents_in_force_are_told_from_those_that_ended(page: Client) -> None:
    consents.give(phone=PHONE, text_version="1", source="portal", language="tr")
    consents.withdraw(phone=PHONE, source="portal")
    address = _address("notifications_consent_changelist")
    assert "0500 *** ** 01" in page.get(address, {"in_force": "no"}).content.decode()
    assert "0500 *** ** 01" not in page.get(address, {"in_force": "yes"}).content.decode()


def _withdraw(page: Client, *chosen: Consent, **more: str) -> str:
    sent = {"action": "withdraw", "_selected_action": [each.pk for each in chosen], **more}
    return page.post(_address("notifications_consent_changelist"), sent, follow=True).content.decode()


def test_a_consent_is_withdrawn_after_a_second_look(page: Client, operator: User) -> None:
    given = consents.give(phone=PHONE, text_version="1", source="portal", language="tr")
    asked = _withdraw(page, given)
    given.refresh_from_db()
    assert "Withdraw these consents?" in asked
    assert "0500 *** ** 01" in asked
    assert given.withdrawn_at is None

    assert "1 consent was withdrawn." in _withdraw(page, given, confirmed="yes")
    given.refresh_from_db()
    assert (given.withdrawn_source, given.withdrawn_by) == ("staff", operator)


def test_who_may_only_look_withdraws_no_consent(client: Client, clerk: User) -> None:
    given = consents.give(phone=PHONE, text_version="1", source="portal", language="tr")
    clerk.user_permissions.add(Permission.objects.get(codename="view_consent"))
    client.force_login(clerk)
    assert "Withdraw for their owners" not in _read(client, "notifications_consent_changelist")
    _withdraw(client, given, confirmed="yes")
    given.refresh_from_db()
    assert given.withdrawn_at is None


def _read(page: Client, name: str, *args: object) -> str:
    response = page.get(_address(name, *args))
    assert response.status_code == 200
    return response.content.decode()


def test_operators_see_what_came_in_without_numbers_and_words(page: Client) -> None:
    payload = '{"source_addr":"905001239876","content":"Mor salyangoz","message_id":7}'
    notices.keep("verimor", [Arrived(InboundNotice.Kind.INBOUND, payload)])
    inbound.take_due()
    shown = page.get(_address("notifications_inboundnotice_changelist")).content.decode()
    one = page.get(_address("notifications_inboundnotice_change", InboundNotice.objects.get().pk)).content.decode()
    for text in (shown, one):
        assert "0500 *** ** 76" in text
        assert "9876" not in text
        assert "salyangoz" not in text


def test_a_clerk_does_not_see_what_came_in(client: Client, clerk: User) -> None:
    client.force_login(clerk)
    assert client.get(_address("notifications_inboundnotice_changelist")).status_code == 403


def _in_turkish(page: Client, name: str, *args: object) -> str:
    with translation.override("tr"):
        address = reverse(f"admin:{name}", args=args)
    return page.get(address).content.decode()


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("portal", "Portal"),
        ("link", "Mesajdaki bağlantı"),
        ("sms", "SMS"),
        ("whatsapp", "WhatsApp"),
        ("staff", "Personel"),
    ],
)
def test_through_what_somebody_left_is_said_in_words(page: Client, source: str, said: str) -> None:
    consents.give(phone=PHONE, text_version="1", source="portal", language="tr")
    consents.withdraw(phone=PHONE, source=source)
    assert f'<td class="field-source_name">{said}</td>' in _in_turkish(page, "notifications_optout_changelist")
    assert said in _in_turkish(page, "notifications_consent_change", Consent.objects.get().pk)


def test_a_consent_shows_what_it_is_about(page: Client) -> None:
    Topic.objects.create(code="spor", name="Spor haberleri")
    given = consents.give(phone=PHONE, text_version="1", source="portal", language="tr")
    assert "bütün konular" in _in_turkish(page, "notifications_consent_change", given.pk)
    consents.prefer(phone=PHONE, topics=["spor"], neighbourhood_id=None)
    assert "Spor haberleri" in _in_turkish(page, "notifications_consent_change", given.pk)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("not_understood:status", "Anlaşılamadı (status)"),
        ("no_such_message", "Sözünü ettiği mesaj bizde yok"),
        ("no_phone", "Telefon numarası yok"),
        ("failed", "Programda hata oluştu"),
    ],
)
def test_what_is_wrong_with_a_notice_is_said_in_words(page: Client, error: str, said: str) -> None:
    notices.keep("verimor", [Arrived(InboundNotice.Kind.RECEIPT, "{}")])
    InboundNotice.objects.update(error=error)
    shown = _in_turkish(page, "notifications_inboundnotice_changelist")
    assert said in shown
    assert error not in shown


@pytest.mark.parametrize(
    ("reference", "said"), [("answer:0a1b2c", "bize gelen bir mesaj"), ("campaign:5", "duyuru 5"), ("", "–")]
)
def test_what_a_message_is_about_is_said_in_words(
    page: Client, queue: Callable[..., Message], reference: str, said: str
) -> None:
    queue(reference=reference)
    shown = _in_turkish(page, "notifications_message_changelist")
    assert f'<td class="field-about">{said}</td>' in shown
