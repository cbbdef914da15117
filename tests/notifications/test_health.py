"""How the routes are doing, on a page and for Prometheus."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from config.metrics import exposition
from notifications.gateways.base import Outcome, Retry
from notifications.lanes import Lane
from notifications.models import Message, Route, RouteTally
from notifications.services import delivery, health, housekeeping, routes, tallies
from tests.notifications.conftest import use_route

pytestmark = pytest.mark.django_db

REFUSAL = Outcome.rejected("INSUFFICIENT_CREDITS", Retry.ROUTE)
BAD_NUMBER = Outcome.rejected("452", Retry.NEVER)


@pytest.fixture
def page(client: Client, operator: User) -> Client:
    client.force_login(operator)
    return client


def _shown(page: Client) -> str:
    return page.get(reverse("admin:notifications_route_health")).content.decode()


def _had(route: Route, *outcomes: Outcome, segments: int = 1) -> None:
    tallies.add(route, [(outcome, segments) for outcome in outcomes], now=timezone.now())


def test_what_was_sent_and_what_it_cost(queue: Callable[..., Message]) -> None:
    use_route("local", price_kurus=Decimal("12.5"))
    for _ in range(10):
        queue(context={"number": "26-0000123-4", "municipality": "Ö" * 200})
    delivery.deliver(Lane.TRANSACTIONAL)
    (route,) = health.report().routes
    assert (route.accepted, route.segments, route.per_minute, route.spent) == (10, 20, 2.0, Decimal("2.5"))


def test_yesterday_is_not_today() -> None:
    route = use_route("local")
    with time_machine.travel(timezone.localtime().replace(hour=0, minute=0, second=0) - timedelta(hours=1)):
        _had(route, Outcome.accepted("x"))
    assert health.report().routes[0].accepted == 0


def test_how_long_the_oldest_of_each_lane_waits(queue: Callable[..., Message]) -> None:
    queue(lane=Lane.REPLY)
    with time_machine.travel(timezone.now() + timedelta(minutes=7)):
        queue(lane=Lane.REPLY)
        waiting = {each.lane: each for each in health.report().queues}
    assert waiting[Lane.REPLY].messages == 2
    assert waiting[Lane.REPLY].age >= timedelta(minutes=7)
    assert (waiting[Lane.OTP].messages, waiting[Lane.OTP].age) == (0, timedelta())


def test_the_share_that_arrived_counts_only_what_is_known() -> None:
    route = use_route("local")
    assert health.report().routes[0].delivered_percent is None
    slot = timezone.now()
    for kind, messages in (("delivered", 3), ("undelivered", 1)):
        RouteTally.objects.create(route=route, slot=slot, kind=kind, code="", messages=messages, segments=messages)
    assert health.report().routes[0].delivered_percent == 75


def test_the_page_names_problems_the_most_frequent_first(page: Client) -> None:
    route = use_route("local")
    _had(route, BAD_NUMBER, *[Outcome.unknown("no_answer")] * 3)
    shown = _shown(page)
    assert shown.index("SMS hizmeti cevap vermedi") < shown.index("452")


def test_the_page_says_since_when_and_why_a_route_is_paused(page: Client) -> None:
    routes.pause(use_route("local"), REFUSAL, now=timezone.now())
    assert "INSUFFICIENT_CREDITS" in _shown(page)


def test_the_page_says_that_no_route_is_in_use(page: Client) -> None:
    assert "Hiçbir gönderim yolu kullanımda değil" in _shown(page)


def test_the_page_is_for_those_who_may_see_routes(client: Client, clerk: User) -> None:
    client.force_login(clerk)
    assert client.get(reverse("admin:notifications_route_health")).status_code == 403


def test_more_routes_take_no_more_queries(page: Client, django_assert_num_queries: Any) -> None:
    use_route("local")
    for code in ("a", "b", "c"):
        other = use_route("local", alone=False)
        Route.objects.filter(pk=other.pk).update(code=code)
        _had(use_route("local", alone=False), BAD_NUMBER)
    _shown(page)
    # the session's person with its permissions (3), routes with pauses, tallies, the queues of both tables
    with django_assert_num_queries(7):
        _shown(page)


def test_prometheus_reads_the_same(queue: Callable[..., Message]) -> None:
    route = use_route("local", price_kurus=50)
    queue()
    delivery.deliver(Lane.TRANSACTIONAL)
    routes.pause(route, REFUSAL, now=timezone.now())
    text = exposition().decode()
    assert 'acik_masa_route_spent_lira{route="local"} 0.5' in text
    assert 'acik_masa_route_paused{route="local"} 1.0' in text
    assert 'acik_masa_queue_age_seconds{lane="otp"} 0.0' in text


def test_tallies_are_kept_for_two_days() -> None:
    route = use_route("local")
    _had(route, BAD_NUMBER)
    with time_machine.travel(timezone.now() + tallies.KEEP + timedelta(minutes=1)):
        assert housekeeping.run()["tallies"] == 1
