"""Work lies only where somebody works. The closing itself is tested with the departments."""

import threading
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from common.errors import InvalidInput
from common.packs import PackError
from departments.models import Department
from departments.services import organisation, reference
from requests_app.actors import Actor
from requests_app.models import ServiceRequest
from requests_app.services import applicant, conversation, routing, triage
from requests_app.vocabulary import ActorKind, NoteKind
from requests_app.workflow import Status, Verb
from tests import factories
from tests.factories import People, Town
from tests.requests_app.test_concurrency import in_thread
from tests.requests_app.waiting import until_somebody_waits


def close(department: Department, people: People, on: date | None = None) -> None:
    organisation.close_department(actor=people.administrator, department=department, on=on or timezone.localdate())


def test_a_department_with_open_requests_cannot_close(town: Town, people: People) -> None:
    for _ in range(2):
        factories.routed(town, people)
    with pytest.raises(InvalidInput, match="2 açık başvuru") as refusal:
        close(town.roads, people)
    assert refusal.value.field == "valid_to"
    assert people.head_a.memberships.get().valid_to is None


def test_a_request_that_waits_for_its_applicant_holds_its_department_open(town: Town, people: People) -> None:
    request = factories.in_progress(town, people)
    conversation.ask(request_id=request.pk, question="Kaç numara?", actor=Actor.staff(people.head_a))
    with pytest.raises(InvalidInput, match="açık başvuru"):
        close(town.roads, people)


def test_a_department_whose_requests_are_finished_or_elsewhere_can_close(town: Town, people: People) -> None:
    factories.closed(town, people)
    moved = factories.routed(town, people)
    triage.reroute(request_id=moved.pk, department=town.parks, actor=Actor.staff(people.clerk))
    close(town.roads, people)
    town.roads.refresh_from_db()
    assert town.roads.valid_to == timezone.localdate()


def test_a_pack_that_leaves_out_a_department_with_open_requests_is_refused(
    town: Town, people: People, settings: Any
) -> None:
    Department.objects.update(source="pack")
    factories.routed(town, people)
    with pytest.raises(PackError, match="'fen' cannot be closed: .* 1 açık başvuru"):
        reference.load(settings.BASE_DIR / "reference_data" / "ornek")
    assert Department.objects.active().filter(code="fen").exists()


def test_what_is_reopened_at_a_closed_department_goes_to_triage(town: Town, people: People) -> None:
    request = factories.closed(town, people)
    close(town.roads, people)
    applicant.reopen(request_id=request.pk, reason="Çukur yine açıldı.", actor=Actor.applicant(request.pk))
    request.refresh_from_db()
    assert (request.status, request.department) == (Status.RECEIVED, None)
    back = request.events.latest("version")
    assert (back.verb, back.actor_kind) == (Verb.RETURN_TO_TRIAGE, ActorKind.SYSTEM)
    assert back.facts == {"before": town.roads.pk}


def test_what_is_reopened_at_an_open_department_stays_there(town: Town, people: People) -> None:
    request = factories.closed(town, people)
    applicant.reopen(request_id=request.pk, reason="Çukur yine açıldı.", actor=Actor.applicant(request.pk))
    request.refresh_from_db()
    assert (request.status, request.department) == (Status.ROUTED, town.roads)


def test_the_router_sends_nothing_to_a_closed_department(town: Town, people: People) -> None:
    request = factories.submit(town, category=town.rubbish)
    close(town.roads, people)
    routing.route_waiting()
    request.refresh_from_db()
    assert request.status == Status.RECEIVED


@pytest.mark.parametrize(("by_staff", "kind"), [(True, NoteKind.REASON), (False, NoteKind.INFORMATION)])
def test_who_reopens_decides_whose_words_the_reason_is(
    by_staff: bool, kind: NoteKind, town: Town, people: People
) -> None:
    request = factories.closed(town, people)
    actor = Actor.staff(people.specialist) if by_staff else Actor.applicant(request.pk)
    applicant.reopen(request_id=request.pk, reason="Yapılmamış.", actor=actor)
    assert request.notes.get().kind == kind


@pytest.mark.django_db(transaction=True)
def test_a_request_sent_while_its_department_closes_is_refused() -> None:
    """Sending waits for the closing, and then sees it."""
    town = factories.make_town()
    people = factories.make_people(town)
    request = factories.submit(town)
    closed, release = threading.Event(), threading.Event()

    def close_slowly() -> None:
        with transaction.atomic():
            close(town.roads, people)
            closed.set()
            release.wait(timeout=30)

    closing, _ = in_thread(close_slowly)
    closed.wait(timeout=30)
    sending, results = in_thread(
        lambda: triage.route(request_id=request.pk, department=town.roads, actor=Actor.staff(people.clerk))
    )
    until_somebody_waits(sending)
    release.set()
    for thread in (closing, sending):
        thread.join(timeout=30)
    assert isinstance(results[0], InvalidInput)
    assert ServiceRequest.objects.get().status == Status.RECEIVED
