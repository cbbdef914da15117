"""Two people on one request, on two real connections."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from common.errors import DomainError, StaleVersion, TransitionRefused
from requests_app.actors import Actor
from requests_app.models import ServiceRequest
from requests_app.services import department, routing, triage
from requests_app.workflow import Status
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town() -> factories.Town:
    return factories.make_town()


@pytest.fixture
def people(town: factories.Town) -> factories.People:
    return factories.make_people(town)


def in_thread(work: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    """Run ``work`` on another connection; the list gets its result or its refusal."""
    results: list[Any] = []

    def run() -> None:
        try:
            results.append(work())
        except DomainError as error:
            results.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, results


def test_of_two_clerks_at_once_one_wins_and_the_other_is_told(town: factories.Town, people: factories.People) -> None:
    request = factories.submit(town)
    seen = request.version
    barrier = threading.Barrier(2)

    def route_to(where: Any, clerk: Any) -> Any:
        barrier.wait()
        return triage.route(request_id=request.pk, department=where, actor=Actor.staff(clerk), expected_version=seen)

    first, one = in_thread(lambda: route_to(town.roads, people.clerk))
    second, two = in_thread(lambda: route_to(town.parks, people.specialist))
    first.join()
    second.join()
    outcomes = one + two
    assert sum(isinstance(outcome, ServiceRequest) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, StaleVersion) for outcome in outcomes) == 1
    assert ServiceRequest.objects.get().events.count() == 2


def test_the_second_is_told_who_changed_what(town: factories.Town, people: factories.People) -> None:
    request = factories.submit(town)
    seen = request.version
    triage.route(request_id=request.pk, department=town.roads, actor=Actor.staff(people.clerk))
    with pytest.raises(StaleVersion, match=people.clerk.full_name):
        triage.reject(request_id=request.pk, reason="Boş", actor=Actor.staff(people.specialist), expected_version=seen)
    assert ServiceRequest.objects.get().status == Status.ROUTED


def test_who_waits_for_a_lock_too_long_gets_a_message_and_no_error(
    town: factories.Town, people: factories.People
) -> None:
    request = factories.routed(town, people)
    locked, release = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            ServiceRequest.objects.select_for_update().get(pk=request.pk)
            locked.set()
            release.wait(timeout=30)

    def accept() -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        return department.accept(request_id=request.pk, actor=Actor.staff(people.head_a))

    holder, _ = in_thread(hold)
    locked.wait(timeout=30)
    waiter, results = in_thread(accept)
    waiter.join()
    release.set()
    holder.join()
    assert isinstance(results[0], StaleVersion)


def test_a_double_click_without_a_version_does_it_once(town: factories.Town, people: factories.People) -> None:
    request = factories.routed(town, people)
    actor = Actor.staff(people.head_a)
    threads = [in_thread(lambda: department.accept(request_id=request.pk, actor=actor)) for _ in range(2)]
    for thread, _ in threads:
        thread.join()
    outcomes = [result for _, results in threads for result in results]
    assert sum(isinstance(outcome, TransitionRefused) for outcome in outcomes) == 1
    assert request.events.filter(verb="accept").count() == 1


def test_two_routers_never_take_the_same_request(town: factories.Town) -> None:
    for _ in range(20):
        factories.submit(town, category=town.rubbish)
    threads = [in_thread(routing.route_waiting) for _ in range(3)]
    for thread, _ in threads:
        thread.join()
    assert ServiceRequest.objects.filter(status=Status.ROUTED).count() == 20
    assert all(request.events.count() == 2 for request in ServiceRequest.objects.all())
