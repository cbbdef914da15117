"""Merged requests: nobody is forgotten, whatever becomes of the request they were merged into."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from common.errors import DomainError, InvalidInput
from common.secrets import new_secret
from notifications.models import Message
from requests_app.actors import Actor
from requests_app.models import ServiceRequest
from requests_app.services import answers, applicant, department, triage
from requests_app.vocabulary import ActorKind, Kind, Outcome
from requests_app.workflow import Status
from tests import factories
from tests.factories import People, Town, intake
from tests.requests_app.portal.citizen import Citizen, text_of

LATER = date(2030, 5, 6)
SECRET = new_secret()


@pytest.fixture
def clerk(people: People) -> Actor:
    return Actor.staff(people.clerk)


def phone_of(who: int) -> str:
    return f"+9050000001{who:02}"


def submitted(town: Town, who: int = 1) -> ServiceRequest:
    """A request of an applicant of its own."""
    return factories.submit(town, contact=intake.Contact(name=f"Deneme {who}", phone=phone_of(who)))


def merge(request: ServiceRequest, into: ServiceRequest, clerk: Actor) -> ServiceRequest:
    triage.merge(request_id=request.pk, into_number=into.number, actor=clerk)
    request.refresh_from_db()
    return request


def told(who: int) -> list[str]:
    """What this applicant was told after the receipt."""
    events = Message.objects.filter(phone=phone_of(who)).order_by("created_at", "pk")
    return list(events.values_list("event", flat=True))[1:]


def answer(request: ServiceRequest, people: People, **proposal: Any) -> None:
    """Accept it if need be, answer it, and approve the answer."""
    request.refresh_from_db()
    if request.status == Status.ROUTED:
        department.accept(request_id=request.pk, actor=Actor.staff(people.head_a))
    words = answers.Proposal(**{"outcome": Outcome.RESOLVED, "text": "Yapıldı.", **proposal})
    answers.submit(request_id=request.pk, proposal=words, actor=Actor.staff(people.head_a))
    answers.approve(request_id=request.pk, actor=Actor.staff(people.specialist))


# --- The target is merged itself -----------------------------------------------------------------


def test_whoever_was_merged_moves_along_when_the_target_is_merged(town: Town, clerk: Actor) -> None:
    third, second, first = submitted(town, 3), submitted(town, 2), submitted(town, 1)
    merge(third, second, clerk)
    merge(second, first, clerk)
    third.refresh_from_db()
    assert (third.status, third.merged_into, second.merged_into) == (Status.MERGED, first, first)
    moved = third.events.latest("version")
    assert (moved.verb, moved.actor_kind, moved.facts) == ("merge", ActorKind.SYSTEM, {"into": first.pk, "along": second.pk})  # fmt: skip


def test_whoever_moved_along_is_told_the_answer(town: Town, people: People, clerk: Actor) -> None:
    third, second, first = submitted(town, 3), submitted(town, 2), submitted(town, 1)
    merge(third, second, clerk)
    merge(second, first, clerk)
    triage.route(request_id=first.pk, department=town.roads, actor=clerk)
    answer(first, people)
    assert told(3) == ["request_merged", "request_answered"]
    assert told(2) == ["request_merged", "request_answered"]


def test_taking_the_second_merge_back_brings_back_whoever_moved_along(town: Town, clerk: Actor) -> None:
    third, other, second, first = (submitted(town, who) for who in (3, 4, 2, 1))
    merge(third, second, clerk)
    merge(other, first, clerk)
    merge(second, first, clerk)
    triage.restore(request_id=second.pk, actor=clerk)
    third.refresh_from_db()
    other.refresh_from_db()
    assert (third.merged_into, other.merged_into) == (second, first)


def test_into_a_merged_request_nothing_is_merged_but_its_target_is_named(town: Town, clerk: Actor) -> None:
    third, second, first = submitted(town, 3), submitted(town, 2), submitted(town, 1)
    merge(second, first, clerk)
    with pytest.raises(InvalidInput, match=first.number):
        merge(third, second, clerk)
    third.refresh_from_db()
    assert third.status == Status.RECEIVED


def test_the_database_refuses_a_second_storey(town: Town, clerk: Actor) -> None:
    third, second, first = submitted(town, 3), submitted(town, 2), submitted(town, 1)
    merge(second, first, clerk)
    rows = ServiceRequest.objects.filter(pk=third.pk)
    with pytest.raises(IntegrityError, match="stands alone"), transaction.atomic():
        rows.update(status=Status.MERGED, merged_into=second)
    with pytest.raises(IntegrityError, match="stands alone"), transaction.atomic():
        ServiceRequest.objects.filter(pk=first.pk).update(merged_into=third)
    with pytest.raises(IntegrityError, match="stands alone"), transaction.atomic():
        rows.update(merged_into=third)


# --- The target ends without an answer -----------------------------------------------------------


def end(how: str, target: ServiceRequest, town: Town, clerk: Actor) -> None:
    """Let the target end without an answer."""
    if how == Status.REJECTED:
        triage.reject(request_id=target.pk, reason="Boş", actor=clerk)
    elif how == Status.FORWARDED:
        triage.forward(request_id=target.pk, authority=town.water_board, actor=clerk)
    else:
        applicant.withdraw(request_id=target.pk, actor=Actor.applicant(target.pk))


@pytest.mark.parametrize("how", [Status.REJECTED, Status.FORWARDED, Status.WITHDRAWN])
def test_whoever_was_merged_goes_back_to_triage_when_the_target_ends_without_an_answer(
    how: Status, town: Town, clerk: Actor
) -> None:
    second, first = submitted(town, 2), submitted(town, 1)
    merge(second, first, clerk)
    end(how, first, town, clerk)
    second.refresh_from_db()
    assert (second.status, second.merged_into, second.closed_at) == (Status.RECEIVED, None, None)
    assert second.clock_due_at is not None
    assert second in ServiceRequest.objects.for_triage()
    event = second.events.latest("version")
    assert (event.verb, event.actor_kind, event.facts) == ("restore", ActorKind.SYSTEM, {"left": first.pk})
    assert told(2) == ["request_merged", "request_restored"]


def test_the_database_refuses_to_end_a_request_over_the_heads_of_others(town: Town, clerk: Actor) -> None:
    second, first = submitted(town, 2), submitted(town, 1)
    merge(second, first, clerk)
    with pytest.raises(IntegrityError, match="still merged"), transaction.atomic():
        ServiceRequest.objects.filter(pk=first.pk).update(status=Status.WITHDRAWN, closed_at=first.submitted_at)


def test_a_refused_rejection_lets_nobody_go(town: Town, clerk: Actor) -> None:
    second, first = submitted(town, 2), submitted(town, 1)
    merge(second, first, clerk)
    with pytest.raises(InvalidInput):
        triage.reject(request_id=first.pk, reason=" ", actor=clerk)
    second.refresh_from_db()
    assert second.merged_into == first


# --- What the merged are told --------------------------------------------------------------------


def test_a_programme_date_and_the_answer_after_it_reach_everybody(town: Town, people: People, clerk: Actor) -> None:
    first, second = factories.in_progress(town, people), submitted(town, 2)
    merge(second, first, clerk)
    answer(first, people, outcome=Outcome.SCHEDULED, promised_on=LATER)
    answer(first, people)
    assert told(2) == ["request_merged", "request_scheduled", "request_answered"]


def test_who_is_merged_into_a_programme_is_told_its_date(town: Town, people: People, clerk: Actor) -> None:
    first, second = factories.in_progress(town, people), submitted(town, 2)
    answer(first, people, outcome=Outcome.SCHEDULED, promised_on=LATER)
    merge(second, first, clerk)
    assert told(2) == ["request_merged", "request_scheduled"]


def test_a_reopening_is_told_to_everybody_who_was_told_the_answer(town: Town, people: People, clerk: Actor) -> None:
    first, second = factories.in_progress(town, people), submitted(town, 2)
    merge(second, first, clerk)
    answer(first, people)
    applicant.reopen(request_id=first.pk, reason="Yine aynı", actor=Actor.applicant(first.pk))
    assert told(2)[-1] == "request_reopened"


def test_an_extension_is_told_to_everybody(town: Town, people: People, clerk: Actor) -> None:
    first, second = factories.routed(town, people, kind=Kind.INFORMATION), submitted(town, 2)
    merge(second, first, clerk)
    department.extend(request_id=first.pk, reason="Başka kuruma soruldu", actor=Actor.staff(people.head_a))
    assert told(2)[-1] == "request_extended"


@pytest.mark.parametrize("undone", ["reject", "forward", "merge"])
def test_taking_a_decision_back_is_told(undone: str, town: Town, clerk: Actor) -> None:
    first, second = submitted(town, 1), submitted(town, 2)
    decisions = {
        "reject": lambda: triage.reject(request_id=second.pk, reason="Boş", actor=clerk),
        "forward": lambda: triage.forward(request_id=second.pk, authority=town.water_board, actor=clerk),
        "merge": lambda: merge(second, first, clerk),
    }
    decisions[undone]()
    triage.restore(request_id=second.pk, actor=clerk)
    assert told(2)[-1] == "request_restored"


# --- The target is closed ------------------------------------------------------------------------


def merged_into_a_closed_one(town: Town, people: People, clerk: Actor) -> ServiceRequest:
    target = factories.answered(town, people)
    request = merge(submitted(town, 2), target, clerk)
    answers.approve(request_id=target.pk, actor=Actor.staff(people.specialist))
    return request


def say_not_solved(request: ServiceRequest) -> None:
    applicant.reopen(request_id=request.pk, reason="Benim sokağımdaki duruyor.", actor=Actor.applicant(request.pk))


def rate(request: ServiceRequest, score: int = 4) -> None:
    applicant.rate(request_id=request.pk, solved=True, score=score, comment="", actor=Actor.applicant(request.pk))


def test_whoever_was_merged_says_not_solved_and_is_looked_at_again(town: Town, people: People, clerk: Actor) -> None:
    request = merged_into_a_closed_one(town, people, clerk)
    target = request.merged_into
    say_not_solved(request)
    request.refresh_from_db()
    assert (request.status, request.merged_into, request.closed_at) == (Status.RECEIVED, None, None)
    assert request.legal_due_at is not None
    assert request.notes.get().text == "Benim sokağımdaki duruyor."
    assert told(2)[-1] == "request_reopened"
    target.refresh_from_db()
    assert target.status == Status.CLOSED


def test_whoever_was_merged_says_so_only_once_the_target_is_closed(town: Town, people: People, clerk: Actor) -> None:
    request = merge(submitted(town, 2), factories.answered(town, people), clerk)
    for act in (say_not_solved, rate):
        with pytest.raises(DomainError, match="sonuçlanmadı"):
            act(request)


def test_whoever_was_merged_has_as_long_as_the_targets_applicant(town: Town, people: People, clerk: Actor) -> None:
    request = merged_into_a_closed_one(town, people, clerk)
    long_ago = timezone.now() - timedelta(days=31)
    ServiceRequest.objects.filter(pk=request.merged_into_id).update(closed_at=long_ago)
    request.refresh_from_db()
    with pytest.raises(DomainError, match="süre"):
        say_not_solved(request)


def test_whoever_was_merged_rates_once_for_each_end(town: Town, people: People, clerk: Actor) -> None:
    request = merged_into_a_closed_one(town, people, clerk)
    rate(request)
    with pytest.raises(DomainError, match="Teşekkür"):
        rate(request)
    target = request.merged_into
    applicant.reopen(request_id=target.pk, reason="Yine aynı.", actor=Actor.applicant(target.pk))
    answer(target, people)
    rate(request, score=2)
    assert list(request.feedback.order_by("closing").values_list("closing", "score")) == [(0, 4), (1, 2)]


def test_who_left_the_target_rates_the_own_end_as_well(town: Town, people: People, clerk: Actor) -> None:
    request = merged_into_a_closed_one(town, people, clerk)
    rate(request)
    say_not_solved(request)
    triage.route(request_id=request.pk, department=town.roads, actor=clerk)
    answer(request, people)
    rate(request, score=5)
    assert request.feedback.count() == 2


def test_the_tracking_page_offers_both_to_whoever_was_merged(town: Town, people: People, clerk: Actor) -> None:
    target = factories.answered(town, people)
    request = merge(factories.submit(town, secret=SECRET), target, clerk)
    owner = Citizen()
    owner.get("track_link", SECRET)
    before = text_of(owner.get("request", request.number))
    answers.approve(request_id=target.pk, actor=Actor.staff(people.specialist))
    after = text_of(owner.get("request", request.number))
    for address in (owner.url("request_reopen", request.number), owner.url("request_rate", request.number)):
        assert address not in before
        assert address in after
