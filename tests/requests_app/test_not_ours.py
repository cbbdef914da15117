"""What is not in our authority goes to whose it is (Law 3071, art. 5), and the citizen is told."""

import pytest
from django.db import IntegrityError, transaction

from common.errors import NotPermitted
from common.secrets import new_secret
from notifications.models import Message
from requests_app.actors import Actor
from requests_app.models import Answer, ServiceRequest
from requests_app.services import answers, triage
from requests_app.vocabulary import Outcome
from requests_app.workflow import Status, Verb
from tests import factories
from tests.factories import OTHER_PHONE, People, Town, intake
from tests.requests_app.portal.citizen import Citizen, text_of

SECRET = new_secret()


@pytest.fixture
def answered(town: Town, people: People) -> ServiceRequest:
    return factories.answered(town, people, outcome=Outcome.NOT_OURS, secret=SECRET)


def approve(request: ServiceRequest, people: People) -> ServiceRequest:
    return answers.approve(request_id=request.pk, actor=Actor.staff(people.specialist))


def test_approving_forwards_to_the_authority_and_tells_the_applicant(
    answered: ServiceRequest, town: Town, people: People
) -> None:
    request = approve(answered, people)
    assert (request.status, request.authority) == (Status.FORWARDED, town.water_board)
    assert request.closed_at is not None
    event = request.events.latest("version")
    assert (event.verb, event.facts["authority"]) == (Verb.APPROVE_FORWARDING, town.water_board.pk)
    told = Message.objects.latest("pk")
    assert (told.event, told.context["authority"]) == ("request_forwarded", "Örnek Su İdaresi")


def test_until_it_is_approved_nothing_is_forwarded(answered: ServiceRequest, people: People) -> None:
    with pytest.raises(NotPermitted):
        answers.approve(request_id=answered.pk, actor=Actor.staff(people.clerk))
    answered.refresh_from_db()
    assert (answered.status, answered.authority) == (Status.ANSWERED, None)
    assert not Message.objects.filter(event="request_forwarded").exists()


def test_the_applicant_reads_the_answer_and_the_authority(answered: ServiceRequest, people: People) -> None:
    approve(answered, people)
    owner = Citizen()
    owner.get("track_link", SECRET)
    page = text_of(owner.get("request", answered.number))
    assert "Örnek Su İdaresi" in page
    assert "Çukur kapatıldı." in page


def test_whoever_was_merged_into_it_goes_back_to_triage(answered: ServiceRequest, town: Town, people: People) -> None:
    other = factories.submit(town, contact=intake.Contact(name="Deneme", phone=OTHER_PHONE))
    triage.merge(request_id=other.pk, into_number=answered.number, actor=Actor.staff(people.clerk))
    approve(answered, people)
    other.refresh_from_db()
    assert (other.status, other.merged_into) == (Status.RECEIVED, None)
    assert Message.objects.filter(phone=OTHER_PHONE).latest("pk").event == "request_restored"


def test_a_forwarding_by_answer_can_be_taken_back(answered: ServiceRequest, people: People) -> None:
    approve(answered, people)
    request = triage.restore(request_id=answered.pk, actor=Actor.staff(people.clerk))
    assert (request.status, request.authority, request.department) == (Status.RECEIVED, None, None)


def test_a_returned_answer_keeps_its_authority(answered: ServiceRequest, town: Town, people: People) -> None:
    answers.return_answer(request_id=answered.pk, reason="Kısa.", actor=Actor.staff(people.specialist))
    assert Answer.objects.get(state="draft").authority == town.water_board


@pytest.mark.parametrize("outcome", [Outcome.NOT_OURS, Outcome.RESOLVED])
def test_the_database_wants_an_authority_just_for_what_is_not_ours(
    outcome: Outcome, town: Town, people: People
) -> None:
    factories.answered(town, people, outcome=outcome)
    other_way = None if outcome == Outcome.NOT_OURS else town.water_board
    with pytest.raises(IntegrityError, match="answer_not_ours_names_authority"), transaction.atomic():
        Answer.objects.update(authority=other_way)
