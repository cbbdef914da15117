"""What does not have to be kept is not kept."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from notifications.lanes import Lane
from notifications.models import LocalDelivery, Message, OneTimeCode, State
from notifications.services import codes, delivery, housekeeping
from tests.notifications.conftest import PHONE

pytestmark = pytest.mark.django_db


def test_codes_are_removed_after_a_day(templates: None) -> None:
    codes.issue(phone=PHONE, purpose="track", language="tr", remote_address="192.0.2.1")
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
