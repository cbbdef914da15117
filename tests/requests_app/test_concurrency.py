"""Two people on one request, on two real connections."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from common.errors import Busy, DomainError, InvalidInput, StaleVersion, TransitionRefused
from notifications.models import Message
from requests_app.actors import Actor
from requests_app.models import Answer, Feedback, LegalPeriod, ServiceRequest
from requests_app.services import answers, applicant, clock, department, routing, triage
from requests_app.workflow import Status
from tests import factories
from tests.requests_app.waiting import until_somebody_waits

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


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """What each work, begun at the same moment as the others, came to."""
    barrier = threading.Barrier(len(works))

    def begin(work: Callable[[], Any]) -> Any:
        barrier.wait()
        return work()

    threads = [in_thread(lambda work=work: begin(work)) for work in works]  # type: ignore[misc]
    for thread, _ in threads:
        thread.join()
    return [result for _, results in threads for result in results]


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
    assert isinstance(results[0], Busy)


def test_a_double_click_without_a_version_does_it_once(town: factories.Town, people: factories.People) -> None:
    request = factories.routed(town, people)
    actor = Actor.staff(people.head_a)
    threads = [in_thread(lambda: department.accept(request_id=request.pk, actor=actor)) for _ in range(2)]
    for thread, _ in threads:
        thread.join()
    outcomes = [result for _, results in threads for result in results]
    assert sum(isinstance(outcome, TransitionRefused) for outcome in outcomes) == 1
    assert request.events.filter(verb="accept").count() == 1


def test_two_routers_never_take_the_same_request(town: factories.Town, people: factories.People) -> None:
    for _ in range(20):
        factories.submit(town, category=town.rubbish)
    threads = [in_thread(routing.route_waiting) for _ in range(3)]
    for thread, _ in threads:
        thread.join()
    assert ServiceRequest.objects.filter(status=Status.ROUTED).count() == 20
    assert all(request.events.count() == 2 for request in ServiceRequest.objects.all())


# --- Merges ------------------------------------------------------------------------------------------


def test_of_two_merges_into_each_other_one_is_refused(town: factories.Town, people: factories.People) -> None:
    one, two = factories.submit(town), factories.submit(town)
    clerk, specialist = Actor.staff(people.clerk), Actor.staff(people.specialist)
    outcomes = at_once(
        lambda: triage.merge(request_id=one.pk, into_number=two.number, actor=clerk),
        lambda: triage.merge(request_id=two.pk, into_number=one.number, actor=specialist),
    )
    assert sum(isinstance(outcome, ServiceRequest) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, InvalidInput | TransitionRefused) for outcome in outcomes) == 1
    assert ServiceRequest.objects.filter(status=Status.MERGED).count() == 1


def test_a_merge_into_what_is_being_merged_never_makes_a_chain(town: factories.Town, people: factories.People) -> None:
    third, second, first = factories.submit(town), factories.submit(town), factories.submit(town)
    clerk, specialist = Actor.staff(people.clerk), Actor.staff(people.specialist)
    at_once(
        lambda: triage.merge(request_id=third.pk, into_number=second.number, actor=clerk),
        lambda: triage.merge(request_id=second.pk, into_number=first.number, actor=specialist),
    )
    assert not ServiceRequest.objects.filter(merged_into__merged_into__isnull=False).exists()
    second.refresh_from_db()
    assert second.merged_into == first


def test_who_is_merged_into_what_is_being_withdrawn_is_not_lost(town: factories.Town, people: factories.People) -> None:
    second, first = factories.submit(town), factories.submit(town)
    at_once(
        lambda: triage.merge(request_id=second.pk, into_number=first.number, actor=Actor.staff(people.clerk)),
        lambda: applicant.withdraw(request_id=first.pk, actor=Actor.applicant(first.pk)),
    )
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == (Status.WITHDRAWN, Status.RECEIVED)


# --- Answers -----------------------------------------------------------------------------------------


def test_an_answer_approved_twice_at_once_is_told_once(town: factories.Town, people: factories.People) -> None:
    request = factories.answered(town, people)
    actor = Actor.staff(people.specialist)
    outcomes = at_once(*[lambda: answers.approve(request_id=request.pk, actor=actor)] * 2)
    assert sum(isinstance(outcome, TransitionRefused) for outcome in outcomes) == 1
    assert Message.objects.filter(event="request_answered").count() == 1


def test_an_answer_approved_and_returned_at_once_is_one_of_the_two(
    town: factories.Town, people: factories.People
) -> None:
    request = factories.answered(town, people)
    actor = Actor.staff(people.specialist)
    outcomes = at_once(
        lambda: answers.approve(request_id=request.pk, actor=actor),
        lambda: answers.return_answer(request_id=request.pk, reason="Kısa", actor=actor),
    )
    assert sum(isinstance(outcome, TransitionRefused) for outcome in outcomes) == 1
    request.refresh_from_db()
    told = Message.objects.filter(event="request_answered").count()
    assert (request.status, told, Answer.objects.count()) in [(Status.CLOSED, 1, 1), (Status.IN_PROGRESS, 0, 2)]


def test_two_ratings_at_once_are_one(town: factories.Town, people: factories.People) -> None:
    request = factories.closed(town, people)
    actor = Actor.applicant(request.pk)
    outcomes = at_once(
        *[lambda: applicant.rate(request_id=request.pk, solved=True, score=5, comment="", actor=actor)] * 2
    )
    assert sum(isinstance(outcome, DomainError) for outcome in outcomes) == 1
    assert Feedback.objects.count() == 1


# --- Clocks ------------------------------------------------------------------------------------------


def test_what_is_counted_by_old_rules_and_committed_late_is_recounted(town: factories.Town) -> None:
    counted, release = threading.Event(), threading.Event()

    def submit_slowly() -> ServiceRequest:
        with transaction.atomic():
            request = factories.submit(town)
            counted.set()
            release.wait(timeout=30)
        return request

    submitting, submitted = in_thread(submit_slowly)
    counted.wait(timeout=30)
    with transaction.atomic():
        LegalPeriod.objects.update(days=200, extended_days=None)
        clock.on_calendar_changed()
    recounting, _ = in_thread(clock.recount_changed)
    until_somebody_waits(recounting)
    release.set()
    submitting.join()
    recounting.join()
    now = ServiceRequest.objects.get(pk=submitted[0].pk)
    assert now.legal_due_at is not None
    assert (now.legal_due_at - now.submitted_at).days >= 199
