"""How soon a stop holds while a slow gateway is being sent to."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from accounts.models import User
from notifications.gateways import twilio as adapter
from notifications.gateways.http import ANSWER_SECONDS, CONNECT_SECONDS
from notifications.lanes import POLICIES, Lane
from notifications.models import BulkMessage, Campaign, State
from notifications.services import consents, delivery
from notifications.services.campaigns import running
from notifications.services.campaigns.advance import advance
from tests.notifications.conftest import PHONE, use_route
from tests.providers import twilio

pytestmark = pytest.mark.django_db(transaction=True)

EVENING = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)  # 21:00 in Istanbul, when the quiet hours begin
SLOW = twilio.Mood(status=201, delay=0.4)
MESSAGES = 24  # two at a time: five seconds if nobody stopped it


@pytest.fixture
def slow(over_twilio: twilio.TwilioServer, monkeypatch: pytest.MonkeyPatch) -> twilio.TwilioServer:
    """A gateway that takes two messages at a time and long for each."""
    monkeypatch.setattr(adapter, "CONNECTIONS", 2)
    over_twilio.next(*[SLOW] * MESSAGES)
    return over_twilio


def _agree() -> None:
    for number in range(MESSAGES):
        consents.give(phone=f"+9050000001{number:02}", text_version="tr-1", source="portal", language="tr")


@contextmanager
def _being_sent() -> Iterator[Future[int]]:
    def deliver() -> int:
        try:
            return delivery.deliver(Lane.BULK)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as worker:
        yield worker.submit(deliver)


@pytest.mark.parametrize("stop", [running.pause, running.cancel])
def test_a_stop_holds_within_two_seconds_in_the_middle_of_a_chunk(
    approved: Callable[..., Campaign], author: User, slow: twilio.TwilioServer, stop: Callable[..., Campaign]
) -> None:
    _agree()
    campaign = approved(is_urgent=True)
    advance()
    with _being_sent() as sending:
        assert slow.arrived.wait(timeout=20)
        stop(actor=author, campaign_id=campaign.pk)
        stopped = timezone.now()
        sending.result(timeout=30)
    assert max(taken.created for taken in slow.taken) < stopped + timedelta(seconds=2.5)
    assert len(slow.taken) < MESSAGES
    untouched = BulkMessage.objects.filter(state=State.QUEUED, attempts=0)
    assert untouched.count() == MESSAGES - len(slow.taken)


def test_no_phone_rings_after_the_quiet_hours_have_begun(
    approved: Callable[..., Campaign], slow: twilio.TwilioServer
) -> None:
    _agree()
    with time_machine.travel(EVENING - timedelta(seconds=61)):
        approved()
        advance()
        with _being_sent() as sending:
            sending.result(timeout=30)
    assert 0 < len(slow.taken) < MESSAGES
    for taken in slow.taken:
        assert taken.created + timedelta(seconds=int(taken.form["ValidityPeriod"])) <= EVENING


@pytest.mark.parametrize(("changes", "valid_for"), [({}, timedelta(hours=9)), ({"is_urgent": True}, timedelta(days=3))])
def test_gateways_keep_an_announcement_until_the_quiet_hours(
    approved: Callable[..., Campaign], changes: dict[str, Any], valid_for: timedelta
) -> None:
    use_route("local")
    noon = EVENING - timedelta(hours=9)
    with time_machine.travel(noon, tick=False):
        consents.give(phone=PHONE, text_version="tr-1", source="portal", language="tr")
        approved(**changes)
        advance()
        (attempt,) = delivery.claim(Lane.BULK).attempts
    assert attempt.outbound().valid_until == noon + valid_for


@pytest.mark.parametrize("lane", Lane)
def test_a_call_that_is_begun_in_time_ends_before_the_lease(lane: Lane) -> None:
    policy = POLICIES[lane]
    assert policy.lease - policy.begun_within > timedelta(seconds=CONNECT_SECONDS + ANSWER_SECONDS)
