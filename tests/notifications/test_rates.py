"""The rate of a route: exact over time, shared by all workers, and no burden for what is urgent."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications.lanes import POLICIES, Lane
from notifications.models import BulkMessage, Campaign, Message, Route, RouteAllowance, State
from notifications.services import consents, delivery, rates
from notifications.services.campaigns.advance import advance
from tests.notifications.conftest import PHONE, use_route
from tests.notifications.connections import in_another_connection
from tests.providers import twilio
from tests.requests_app.waiting import until_somebody_waits

pytestmark = pytest.mark.django_db


@pytest.fixture
def route(db: None) -> Route:
    return use_route("local", segments_per_second=100)


def _later(seconds: float) -> None:
    """As if the last claim had been this long ago."""
    RouteAllowance.objects.update(at=F("at") - timedelta(seconds=seconds))


def _announce(approved: Callable[..., Campaign]) -> None:
    """One announcement on its way to one phone."""
    consents.give(phone=PHONE, text_version="tr-1", source="portal", language="tr")
    approved(is_urgent=True)
    advance()


def _saved() -> float:
    return RouteAllowance.objects.get().segments


def test_a_route_without_a_rate_asks_nobody(route: Route, django_assert_num_queries: Any) -> None:
    route.segments_per_second = None
    with django_assert_num_queries(0):
        assert rates.allowance(route, Lane.BULK, wanted=200).messages == 200
        rates.charge(route, 200)


def test_announcements_get_a_seconds_worth_and_then_wait(route: Route) -> None:
    assert rates.allowance(route, Lane.BULK, wanted=200).messages == 100
    rates.charge(route, 100)
    waiting = rates.allowance(route, Lane.BULK, wanted=200)
    assert waiting.messages == 0
    assert 0.4 < waiting.wait <= 0.5


def test_what_is_urgent_goes_into_debt_and_announcements_pay_it_back(route: Route) -> None:
    rates.charge(route, 250)
    assert rates.allowance(route, Lane.OTP, wanted=10).messages == 10
    assert 1.9 < rates.allowance(route, Lane.BULK, wanted=200).wait <= 2.0
    _later(2.0)
    assert rates.allowance(route, Lane.BULK, wanted=200).messages >= 50


def test_idle_time_is_not_saved_up(route: Route) -> None:
    rates.charge(route, 100)
    _later(3_600)
    assert rates.allowance(route, Lane.BULK, wanted=10_000).messages == 100


def test_the_average_is_the_rate_exactly(route: Route) -> None:
    rates.charge(route, 100)
    sent = 0
    for _ in range(200):
        _later(0.25)
        allowed = rates.allowance(route, Lane.BULK, wanted=200).messages
        rates.charge(route, allowed * 3)
        sent += allowed * 3
    assert sent + _saved() == pytest.approx(200 * 0.25 * 100, rel=0.02)


def test_a_claim_that_is_rolled_back_costs_nothing(route: Route) -> None:
    rates.charge(route, 1)
    with pytest.raises(RuntimeError), transaction.atomic():
        rates.charge(route, 99)
        raise RuntimeError
    assert _saved() == 99


def test_segments_are_charged_not_messages(queue: Callable[..., Message]) -> None:
    use_route("local", segments_per_second=100)
    queue(context={"number": "26-0000123-4", "municipality": "Ö" * 400})
    delivery.deliver(Lane.TRANSACTIONAL)
    assert _saved() == 100 - Message.objects.get().segments == 97


@pytest.mark.django_db(transaction=True)
def test_long_announcements_do_not_pass_the_rate_of_a_second(approved: Callable[..., Campaign]) -> None:
    use_route("local", segments_per_second=20, reserved_units=500)
    for number in range(9):
        consents.give(phone=f"+9050000001{number:02}", text_version="tr-1", source="portal", language="tr")
    approved(is_urgent=True)
    advance()
    attempts = delivery.claim(Lane.BULK).attempts
    assert [attempt.segments for attempt in attempts] == [4] * 5
    assert _saved() == pytest.approx(0, abs=1)


@pytest.mark.django_db(transaction=True)
def test_what_was_claimed_and_not_sent_is_not_spent(
    approved: Callable[..., Campaign], over_twilio: twilio.TwilioServer
) -> None:
    Route.objects.update(segments_per_second=100)
    _announce(approved)
    claimed = delivery.claim(Lane.BULK)
    assert len(claimed.attempts) == 1
    delivery.send(Lane.BULK, replace(claimed, until=timezone.now()))
    assert over_twilio.posts == 0
    assert _saved() >= 100


@pytest.mark.django_db(transaction=True)
def test_who_waited_for_the_claims_of_others_has_the_whole_time_to_begin(
    approved: Callable[..., Campaign], over_twilio: twilio.TwilioServer
) -> None:
    route = use_route("twilio", sender="ORNEKBLD", segments_per_second=100)
    _announce(approved)
    claims: list[delivery.Claimed] = []
    worker = Thread(target=in_another_connection, args=[lambda: claims.append(delivery.claim(Lane.BULK))])
    with time_machine.travel(timezone.now()) as clock:
        with transaction.atomic():
            rates.charge(route, 1)  # the row is ours until the end
            worker.start()
            in_another_connection(lambda: until_somebody_waits(worker))  # this one sees the world as it was
            clock.shift(timedelta(seconds=5))
        worker.join(timeout=20)
        delivery.send(Lane.BULK, claims[0])
    assert over_twilio.posts == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_can_begin_nothing_in_time_does_not_claim_on_and_on(
    approved: Callable[..., Campaign],
    over_twilio: twilio.TwilioServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(POLICIES, Lane.BULK, replace(POLICIES[Lane.BULK], begun_within=timedelta(0)))
    monkeypatch.setattr(delivery, "ROUND_SECONDS", 1.5)
    _announce(approved)
    with CaptureQueriesContext(connection) as queries:
        assert delivery.deliver(Lane.BULK) == 0
    claims = [query for query in queries if "WITH picked" in query["sql"]]
    assert len(claims) == 2
    assert over_twilio.posts == 0


@pytest.mark.django_db(transaction=True)
def test_an_announcement_waits_where_a_code_does_not(
    queue: Callable[..., Message], approved: Callable[..., Campaign]
) -> None:
    route = use_route("local", segments_per_second=1)
    rates.charge(route, 1_000)
    _announce(approved)
    queue(event="code_track", lane=Lane.OTP, context={"code": "482913", "minutes": "3"})
    assert delivery.claim(Lane.BULK).wait > 900
    assert delivery.deliver(Lane.OTP) == 1
    assert (BulkMessage.objects.get().state, Message.objects.get().state) == (State.QUEUED, State.ACCEPTED)


@pytest.mark.django_db(transaction=True)
def test_another_route_is_taken_while_one_waits(approved: Callable[..., Campaign]) -> None:
    rates.charge(use_route("local", segments_per_second=1), 1_000)
    other = use_route("local", alone=False)
    Route.objects.filter(pk=other.pk).update(code="second", segments_per_second=None)
    rates.charge(use_route("local", alone=False, segments_per_second=1), 1_000)
    _announce(approved)
    claimed = delivery.claim(Lane.BULK)
    assert claimed.way is not None
    assert claimed.way.route.code == "second"


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_spend_the_same_segments() -> None:
    route = use_route("local", segments_per_second=100)
    together = Barrier(2)

    def spend() -> int:
        try:
            together.wait(timeout=10)
            with transaction.atomic():
                allowed = rates.allowance(route, Lane.BULK, wanted=100).messages
                rates.charge(route, allowed)
            return allowed
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as workers:
        spent = [worker.result(timeout=20) for worker in [workers.submit(spend) for _ in range(2)]]
    assert sorted(spent) == [0, 100]
