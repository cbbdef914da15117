"""The outbox in the administration."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import User
from common.errors import InvalidInput, NotPermitted
from common.numbers import make_number
from notifications.gateways.base import Outcome, Retry
from notifications.lanes import Lane
from notifications.models import Message, State
from notifications.services import delivery, outbox, routes
from tests.notifications.conftest import OTHER_PHONE, use_route

pytestmark = pytest.mark.django_db

NUMBER = make_number(2026, 123)


@pytest.fixture(autouse=True)
def password_is_enough(settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = False


@pytest.fixture
def page(client: Client, operator: User) -> Client:
    client.force_login(operator)
    return client


@pytest.fixture
def failed(queue: Callable[..., Message]) -> Message:
    """A message that failed because its fields were missing."""
    message = queue(context={"number": NUMBER}, reference=f"request:{NUMBER}")
    delivery.deliver(Lane.TRANSACTIONAL)
    message.refresh_from_db()
    return message


def _list(page: Client, query: str = "") -> str:
    with translation.override("en"):
        address = reverse("admin:notifications_message_changelist")
    response = page.get(f"{address}?{query}")
    assert response.status_code == 200
    return response.content.decode()


def _act(page: Client, *messages: Message, **data: str) -> Any:
    with translation.override("en"):
        address = reverse("admin:notifications_message_changelist")
    chosen = [str(message.pk) for message in messages]
    return page.post(address, {"action": "send_again", "_selected_action": chosen, **data})


def test_shows_and_filters_by_channel(page: Client, queue: Callable[..., Message]) -> None:
    by_sms = queue(lane=Lane.REPLY)
    by_whatsapp = queue(lane=Lane.REPLY, channel="whatsapp")
    shown = page.get(reverse("admin:notifications_message_change", args=[by_whatsapp.pk])).content.decode()
    assert "WhatsApp" in shown
    listed = _list(page, "channel__exact=whatsapp")
    assert str(by_whatsapp.pk) in listed
    assert str(by_sms.pk) not in listed


def test_the_list_masks_phones_and_says_what_each_message_is(page: Client, queue: Callable[..., Message]) -> None:
    queue()
    shown = _list(page)
    assert "0500 *** ** 01" in shown
    assert "Başvuru alındı" in shown
    assert "0500 000 00 01" not in shown
    assert "+905000000001" not in shown


def test_the_list_costs_the_same_however_long_it_is(
    page: Client, queue: Callable[..., Message], django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for _ in range(30):
        queue()
    with django_assert_max_num_queries(14):
        _list(page)


@pytest.mark.parametrize("typed", [NUMBER, NUMBER.replace("-", ""), f" {NUMBER.replace('-', ' ')} "])
def test_finds_the_messages_of_an_application_by_its_number(
    page: Client, queue: Callable[..., Message], typed: str
) -> None:
    queue(reference=f"request:{NUMBER}")
    queue(phone="+905000000099", reference="request:26-0000999-1")
    shown = _list(page, f"q={typed}")
    assert "0500 *** ** 01" in shown
    assert "0500 *** ** 99" not in shown


def test_finds_messages_by_a_whole_phone_number_only(page: Client, queue: Callable[..., Message]) -> None:
    queue()
    queue(phone=OTHER_PHONE)
    assert "0500 *** ** 02" in _list(page, "q=0500 000 00 02")
    assert "0500 *** ** 01" not in _list(page, "q=0500 000 00 02")
    assert "0500 *** **" not in _list(page, "q=0500")


def test_filters_by_state_lane_and_event(page: Client, queue: Callable[..., Message], failed: Message) -> None:
    queue(phone=OTHER_PHONE, lane=Lane.REPLY, event="request_answered")
    for query in ("state__exact=queued", "lane__exact=reply", "event=request_answered"):
        shown = _list(page, query)
        assert "0500 *** ** 02" in shown
        assert "0500 *** ** 01" not in shown


def test_the_page_of_a_message_shows_its_text_and_no_phone(page: Client, queue: Callable[..., Message]) -> None:
    message = queue()
    delivery.deliver(Lane.TRANSACTIONAL)
    shown = page.get(reverse("admin:notifications_message_change", args=[message.pk])).content.decode()
    assert "Başvurunuz alındı: 26-0000123-4" in shown
    assert "5000000001" not in shown
    assert 'name="_save"' not in shown


def test_the_page_of_a_code_never_shows_it(page: Client, queue: Callable[..., Message]) -> None:
    message = queue(event="code_track", lane=Lane.OTP, context={"code": "482913", "minutes": "3"})
    Message.objects.filter(pk=message.pk).update(state=State.SENDING, claimed_at=timezone.now(), text="Kod: 482913")
    shown = page.get(reverse("admin:notifications_message_change", args=[message.pk])).content.decode()
    assert "482913" not in shown


def test_says_when_a_route_is_paused(page: Client) -> None:
    routes.pause(
        use_route("twilio", alone=False, is_active=False, links_allowed=False),
        Outcome.rejected("20003", Retry.ROUTE, detail="Authenticate"),
        now=timezone.now(),
    )
    assert "20003 Authenticate" in _list(page)


def test_asks_before_sending_again(page: Client, failed: Message) -> None:
    response = _act(page, failed)
    assert response.status_code == 200
    assert "Send these messages again?" in response.content.decode()
    assert Message.objects.count() == 1


def test_sends_a_copy_and_keeps_the_failed_message(page: Client, failed: Message) -> None:
    _act(page, failed, confirmed="yes")
    failed.refresh_from_db()
    copy = Message.objects.get(retry_of=failed)
    assert failed.state == State.FAILED
    assert failed.retried_at is not None
    assert (copy.state, copy.phone, copy.reference) == (State.QUEUED, failed.phone, failed.reference)


def test_leaves_out_what_did_not_fail(page: Client, failed: Message, queue: Callable[..., Message]) -> None:
    waiting = queue()
    shown = _act(page, failed, waiting).content.decode()
    assert "1 chosen message is left out" in shown


def test_a_failed_message_is_sent_again_only_once(operator: User, failed: Message) -> None:
    outbox.send_again(actor=operator, message_id=failed.pk)
    with pytest.raises(InvalidInput):
        outbox.send_again(actor=operator, message_id=failed.pk)
    assert Message.objects.count() == 2


def test_a_code_is_never_sent_again(operator: User, queue: Callable[..., Message]) -> None:
    code = queue(event="unheard_of", lane=Lane.OTP)
    delivery.deliver(Lane.OTP)
    with pytest.raises(InvalidInput):
        outbox.send_again(actor=operator, message_id=code.pk)


def test_a_message_on_its_way_is_not_sent_again(operator: User, queue: Callable[..., Message]) -> None:
    with pytest.raises(InvalidInput):
        outbox.send_again(actor=operator, message_id=queue().pk)


def test_who_may_not_see_messages_sends_none_again(clerk: User, failed: Message) -> None:
    with pytest.raises(Message.DoesNotExist):
        outbox.send_again(actor=clerk, message_id=failed.pk)


def test_who_may_only_look_sends_none_again(clerk: User, failed: Message, page: Client) -> None:
    clerk.user_permissions.add(_permission("view_message"))
    reader = User.objects.get(pk=clerk.pk)
    with pytest.raises(NotPermitted):
        outbox.send_again(actor=reader, message_id=failed.pk)
    page.force_login(reader)
    assert "send_again" not in _list(page)
    _act(page, failed, confirmed="yes")
    assert Message.objects.count() == 1


@pytest.mark.parametrize("name", ["message", "messagetemplate", "localdelivery", "consent"])
def test_staff_without_permission_see_none_of_it(client: Client, clerk: User, name: str) -> None:
    client.force_login(clerk)
    assert client.get(reverse(f"admin:notifications_{name}_changelist")).status_code == 403


@pytest.mark.parametrize("name", ["message", "messagetemplate", "localdelivery", "consent"])
def test_nobody_adds_rows_by_hand(page: Client, name: str) -> None:
    assert page.get(reverse(f"admin:notifications_{name}_add")).status_code == 403


@pytest.mark.parametrize("name", ["message", "messagetemplate", "localdelivery", "consent"])
def test_there_is_no_deleting(page: Client, name: str) -> None:
    response = page.post(
        reverse(f"admin:notifications_{name}_changelist"), {"action": "delete_selected", "_selected_action": ["1"]}
    )
    assert response.status_code in (200, 302)
    assert "delete_selected" not in page.get(reverse(f"admin:notifications_{name}_changelist")).content.decode()


def _permission(codename: str) -> Permission:
    return Permission.objects.get(content_type__app_label="notifications", codename=codename)
