"""A message of unknown outcome is asked for at the gateway before it may be sent again."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.conf import settings as project_settings
from django.db import connection
from django.utils import timezone

from notifications.lanes import POLICIES, Lane
from notifications.models import Message, State
from notifications.services import delivery, retries
from tests.notifications.conftest import PHONE
from tests.providers import twilio

pytestmark = pytest.mark.django_db

SETTLED = retries.SETTLING + timedelta(seconds=1)
LEASE = POLICIES[Lane.TRANSACTIONAL].lease + timedelta(seconds=1)


def _reconcile_later(after: timedelta = SETTLED) -> None:
    with time_machine.travel(timezone.now() + after):
        delivery.reconcile()


@pytest.mark.parametrize(
    "mood",
    [twilio.TAKE_THEN_FAIL, twilio.TAKE_THEN_HANG_UP, twilio.TAKE_THEN_GARBLE],
    ids=["500", "hang-up", "garbled"],
)
def test_what_the_gateway_did_take_is_found_there_and_not_sent_twice(
    queue: Callable[..., Message], over_twilio: twilio.TwilioServer, mood: twilio.Mood
) -> None:
    over_twilio.next(mood)
    message = queue()
    delivery.deliver(Lane.TRANSACTIONAL)
    message.refresh_from_db()
    assert message.state == State.UNKNOWN
    _reconcile_later()
    delivery.deliver(Lane.TRANSACTIONAL)
    message.refresh_from_db()
    assert (message.state, message.provider_id) == (State.ACCEPTED, over_twilio.taken[0].sid)
    assert len(over_twilio.taken) == 1


@pytest.mark.parametrize("mood", [twilio.FAIL, twilio.HANG_UP], ids=["500", "hang-up"])
def test_what_the_gateway_did_not_take_is_sent_again_once(
    queue: Callable[..., Message], over_twilio: twilio.TwilioServer, mood: twilio.Mood
) -> None:
    over_twilio.next(mood)
    message = queue()
    delivery.deliver(Lane.TRANSACTIONAL)
    _reconcile_later()
    message.refresh_from_db()
    assert (message.state, message.error_code) == (State.QUEUED, "not_at_gateway")
    with time_machine.travel(timezone.now() + SETTLED):
        delivery.deliver(Lane.TRANSACTIONAL)
    message.refresh_from_db()
    assert (message.state, message.attempts) == (State.ACCEPTED, 2)
    assert over_twilio.texts_to(PHONE) == [message.text]


def test_is_never_sent_again_while_the_gateway_cannot_be_asked(
    queue: Callable[..., Message], over_twilio: twilio.TwilioServer
) -> None:
    over_twilio.next(twilio.TAKE_THEN_FAIL)
    over_twilio.lookup_status = 503
    message = queue()
    delivery.deliver(Lane.TRANSACTIONAL)
    _reconcile_later()
    delivery.deliver(Lane.TRANSACTIONAL)
    message.refresh_from_db()
    assert (message.state, message.lookups) == (State.UNKNOWN, 1)
    assert over_twilio.posts == 1


def test_two_equal_texts_to_one_phone_are_not_taken_for_each_other(
    queue: Callable[..., Message], over_twilio: twilio.TwilioServer
) -> None:
    over_twilio.next(twilio.Mood(), twilio.FAIL)
    first = queue()
    delivery.deliver(Lane.TRANSACTIONAL)
    second = queue()
    delivery.deliver(Lane.TRANSACTIONAL)
    _reconcile_later()
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.state == State.ACCEPTED
    assert (second.state, second.error_code) == (State.QUEUED, "not_at_gateway")


def test_of_two_unknown_equal_texts_each_gets_its_own_find(
    queue: Callable[..., Message], over_twilio: twilio.TwilioServer
) -> None:
    over_twilio.next(twilio.TAKE_THEN_FAIL, twilio.TAKE_THEN_FAIL)
    queue()
    queue()
    delivery.deliver(Lane.TRANSACTIONAL)
    _reconcile_later()
    assert set(Message.objects.values_list("state", flat=True)) == {State.ACCEPTED}
    assert set(Message.objects.values_list("provider_id", flat=True)) == {taken.sid for taken in over_twilio.taken}


def test_an_unknown_code_keeps_its_text_until_it_is_found_and_then_loses_it(
    queue: Callable[..., Message], over_twilio: twilio.TwilioServer
) -> None:
    over_twilio.next(twilio.TAKE_THEN_FAIL)
    message = queue(event="code_track", lane=Lane.OTP, context={"code": "482913", "minutes": "3"})
    delivery.deliver(Lane.OTP)
    message.refresh_from_db()
    assert "482913" in message.text
    _reconcile_later()
    message.refresh_from_db()
    assert (message.state, message.text, message.context) == (State.ACCEPTED, "", {})


def test_a_code_found_absent_after_its_time_is_not_sent_any_more(
    queue: Callable[..., Message], over_twilio: twilio.TwilioServer
) -> None:
    over_twilio.next(twilio.FAIL)
    message = queue(event="code_track", lane=Lane.OTP, context={"code": "482913", "minutes": "3"})
    delivery.deliver(Lane.OTP)
    _reconcile_later(timedelta(minutes=4))
    message.refresh_from_db()
    assert (message.state, message.context) == (State.EXPIRED, {})


def test_a_route_that_is_no_longer_set_up_cannot_be_asked(
    queue: Callable[..., Message], over_twilio: twilio.TwilioServer, settings: object
) -> None:
    over_twilio.next(twilio.FAIL)
    message = queue()
    delivery.deliver(Lane.TRANSACTIONAL)
    settings.TWILIO_AUTH_TOKEN = ""  # type: ignore[attr-defined]
    _reconcile_later()
    message.refresh_from_db()
    assert message.state == State.UNKNOWN


def test_a_failed_delivery_found_at_the_gateway_is_a_failure(
    queue: Callable[..., Message], over_twilio: twilio.TwilioServer
) -> None:
    over_twilio.next(twilio.TAKE_THEN_FAIL)
    message = queue()
    delivery.deliver(Lane.TRANSACTIONAL)
    over_twilio.taken[0].status, over_twilio.taken[0].error_code = "undelivered", 30006
    _reconcile_later()
    message.refresh_from_db()
    assert (message.state, message.error_code) == (State.FAILED, "30006")


def test_a_worker_that_died_before_sending_costs_only_time(queue: Callable[..., Message]) -> None:
    message = queue()
    delivery.claim(Lane.TRANSACTIONAL)
    with time_machine.travel(timezone.now() + LEASE) as clock:
        delivery.sweep()
        message.refresh_from_db()
        assert (message.state, message.error_code) == (State.UNKNOWN, "worker_lost")
        clock.shift(SETTLED)
        delivery.reconcile()
        delivery.deliver(Lane.TRANSACTIONAL)
    message.refresh_from_db()
    assert (message.state, message.attempts) == (State.ACCEPTED, 2)


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_after_the_gateway_took_the_message_does_not_send_it_twice(
    queue: Callable[..., Message], over_twilio: twilio.TwilioServer
) -> None:
    over_twilio.next(twilio.TAKE_THEN_HANG)
    message = queue()
    with _worker(over_twilio) as worker:
        assert over_twilio.arrived.wait(timeout=30)
        worker.kill()
    message.refresh_from_db()
    assert message.state == State.SENDING
    with time_machine.travel(timezone.now() + LEASE) as clock:
        delivery.sweep()
        clock.shift(SETTLED)
        delivery.reconcile()
        delivery.deliver(Lane.TRANSACTIONAL)
    message.refresh_from_db()
    assert (message.state, message.attempts) == (State.ACCEPTED, 1)
    assert over_twilio.texts_to(PHONE) == [message.text]


def _worker(server: twilio.TwilioServer) -> subprocess.Popen[bytes]:
    """A process of its own that empties the lane against the test database."""
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    environment = os.environ | {
        "DATABASE_URL": url.geturl(),
        "REDIS_URL": project_settings.REDIS_URL,
        "TWILIO_ACCOUNT_SID": twilio.ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": twilio.AUTH_TOKEN,
        "TWILIO_API_BASE": server.url,
    }
    code = (
        "import django; django.setup()\n"
        "from notifications.services import delivery; from notifications.lanes import Lane\n"
        "delivery.deliver(Lane.TRANSACTIONAL)"
    )
    return subprocess.Popen([sys.executable, "-c", code], env=environment, cwd=project_settings.BASE_DIR)
