"""What does not have to be kept is not kept."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from notifications.gateways.notices import Arrived
from notifications.lanes import Lane
from notifications.models import (
    BulkMessage,
    Campaign,
    Consent,
    InboundNotice,
    LocalDelivery,
    Message,
    OneTimeCode,
    State,
)
from notifications.services import codes, delivery, housekeeping, notices
from notifications.services.campaigns import running
from notifications.services.campaigns.advance import advance
from tests.notifications.announcing import announce
from tests.notifications.conftest import PHONE

pytestmark = pytest.mark.django_db


def test_codes_are_removed_after_a_day(templates: None) -> None:
    codes.issue(codes.Proof(PHONE, "track", "26-0000123-4", "browser"), language="tr", remote_address="192.0.2.1")
    assert housekeeping.run()["codes"] == 0
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        assert housekeeping.run()["codes"] == 1
    assert not OneTimeCode.objects.exists()


def test_simulated_messages_are_removed_after_thirty_days(queue: Callable[..., Message]) -> None:
    queue()
    delivery.deliver(Lane.TRANSACTIONAL)
    with time_machine.travel(timezone.now() + timedelta(days=29)):
        assert housekeeping.run()["simulated"] == 0
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert housekeeping.run()["simulated"] == 1
    assert not LocalDelivery.objects.exists()
    assert Message.objects.count() == 1


def test_what_is_left_of_a_sent_code_is_wiped(queue: Callable[..., Message]) -> None:
    sent = queue(event="code_track", lane=Lane.OTP, context={"code": "482913", "minutes": "3"})
    waiting = queue(event="code_track", lane=Lane.OTP, context={"code": "111222", "minutes": "3"})
    now = timezone.now()
    Message.objects.filter(pk=sent.pk).update(state=State.SENDING, claimed_at=now)
    Message.objects.filter(pk=sent.pk).update(state=State.ACCEPTED, sent_at=now, text="Kod: 482913")
    assert housekeeping.run()["wiped"] == 1
    sent.refresh_from_db()
    waiting.refresh_from_db()
    assert (sent.text, sent.context) == ("", {})
    assert waiting.context["code"] == "111222"


def test_other_texts_stay_as_evidence(queue: Callable[..., Message]) -> None:
    message = queue()
    delivery.deliver(Lane.TRANSACTIONAL)
    housekeeping.run()
    message.refresh_from_db()
    assert message.text


def test_that_a_code_was_sent_is_forgotten_after_thirty_days(queue: Callable[..., Message]) -> None:
    queue(event="code_track", lane=Lane.OTP, context={"code": "482913", "minutes": "3"})
    other = queue()
    for lane in (Lane.OTP, Lane.TRANSACTIONAL):
        delivery.deliver(lane)
    with time_machine.travel(timezone.now() + timedelta(days=29)):
        assert housekeeping.run()["code_messages"] == 0
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert housekeeping.run()["code_messages"] == 1
    assert Message.objects.get() == other


def test_messages_are_removed_after_the_days_of_the_setting(queue: Callable[..., Message], settings: Any) -> None:
    settings.MESSAGE_RETENTION_DAYS = 10
    queue()
    delivery.deliver(Lane.TRANSACTIONAL)
    with time_machine.travel(timezone.now() + timedelta(days=9)):
        assert housekeeping.run()["messages"] == 0
    with time_machine.travel(timezone.now() + timedelta(days=11)):
        assert housekeeping.run()["messages"] == 1
    assert not Message.objects.exists()
    assert not LocalDelivery.objects.exists()


def test_a_message_that_somebody_still_has_to_do_something_for_stays(queue: Callable[..., Message]) -> None:
    queue()
    with time_machine.travel(timezone.now() + timedelta(days=500)):
        assert housekeeping.run()["messages"] == 0


def test_a_copy_outlives_the_failed_message_it_was_made_for(queue: Callable[..., Message], settings: Any) -> None:
    settings.MESSAGE_RETENTION_DAYS = 10
    failed = queue()
    Message.objects.filter(pk=failed.pk).update(state=State.FAILED, finished_at=timezone.now())
    with time_machine.travel(timezone.now() + timedelta(days=11)):
        copy = queue()
        Message.objects.filter(pk=copy.pk).update(retry_of=failed)
        assert housekeeping.run()["messages"] == 1
    assert Message.objects.get().retry_of is None


def test_a_withdrawn_consent_is_evidence_for_three_years(db: None) -> None:
    for purpose in ("announcements", "surveys"):
        given = {"phone": PHONE, "purpose": purpose, "text_version": "1", "language": "tr", "source": "portal"}
        Consent.objects.create(**given)
    Consent.objects.filter(purpose="surveys").update(withdrawn_at=timezone.now())
    with time_machine.travel(timezone.now() + timedelta(days=3 * 365 - 1)):
        assert housekeeping.run()["consents"] == 0
    with time_machine.travel(timezone.now() + timedelta(days=3 * 365 + 2)):
        assert housekeeping.run()["consents"] == 1
    assert Consent.objects.get().purpose == "announcements"


def test_what_gateways_told_us_is_erased_after_thirty_days(db: None) -> None:
    notices.keep("verimor", [Arrived(InboundNotice.Kind.INBOUND, '{"source_addr":"905001239876"}')] * 3)
    with time_machine.travel(timezone.now() + timedelta(days=29)):
        assert housekeeping.run()["notices"] == 0
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert housekeeping.run()["notices"] == 3
    assert not InboundNotice.objects.exists()


def test_as_much_of_it_is_erased_in_a_run_as_a_campaign_brings(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "ERASED_AT_ONCE", 2)
    notices.keep("verimor", [Arrived(InboundNotice.Kind.RECEIPT, "{}")] * 5)
    assert notices.erase(before=timezone.now() + timedelta(minutes=1)) == 5


@pytest.mark.django_db(transaction=True)
def test_a_month_of_announcements_is_dropped_when_its_time_is_over(templates: None) -> None:
    announce(PHONE)
    delivery.deliver(Lane.BULK)
    _advance_after(timedelta(), timedelta(hours=73))
    assert _months_dropped_after(timedelta(days=13 * 28)) == 0
    assert _months_dropped_after(timedelta(days=15 * 31)) >= 1
    assert not BulkMessage.objects.exists()
    assert Campaign.objects.get().totals["by_state"] == {"accepted": 1}


@pytest.mark.django_db(transaction=True)
def test_a_forgotten_pause_keeps_no_phone_for_ever(templates: None, operator: User) -> None:
    announce(PHONE)
    running.pause(actor=operator, campaign_id=Campaign.objects.get().pk)
    assert _months_dropped_after(timedelta(days=15 * 31)) == 0
    _advance_after(timedelta(days=15 * 31))
    assert _months_dropped_after(timedelta(days=15 * 31)) >= 1
    assert not BulkMessage.objects.exists()


def _advance_after(*spans: timedelta) -> None:
    for span in spans:
        with time_machine.travel(timezone.now() + span):
            advance()


def _months_dropped_after(span: timedelta) -> int:
    with time_machine.travel(timezone.now() + span):
        return housekeeping.run()["months"]
