"""Answers: drafted by staff, sent by the head, checked by another, told to everybody concerned."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from common.errors import DomainError, InvalidInput, NotPermitted, TransitionRefused
from notifications.models import Message
from requests_app.actors import Actor
from requests_app.models import Answer, AnswerState, ServiceRequest
from requests_app.services import answers, applicant, department, triage
from requests_app.services.answers import Proposal
from requests_app.vocabulary import Outcome
from requests_app.workflow import Status
from tests import factories
from tests.factories import APPLICANT_PHONE, OTHER_PHONE, People, Town, intake

RESOLVED = Proposal(outcome=Outcome.RESOLVED, text="Çukur kapatıldı.")


def told(phone: str = APPLICANT_PHONE) -> list[str]:
    return list(Message.objects.filter(phone=phone).order_by("created_at").values_list("event", flat=True))


def test_staff_draft_and_the_head_submits_the_same_answer(town: Town, people: People) -> None:
    request = factories.in_progress(town, people)
    draft = answers.save_draft(request_id=request.pk, proposal=RESOLVED, actor=Actor.staff(people.staff_a))
    answer = answers.submit(request_id=request.pk, proposal=RESOLVED, actor=Actor.staff(people.head_a))
    assert answer.pk == draft.pk
    assert (answer.drafted_by, answer.submitted_by) == (people.staff_a, people.head_a)


def test_staff_cannot_submit(town: Town, people: People) -> None:
    request = factories.in_progress(town, people)
    with pytest.raises(NotPermitted):
        answers.submit(request_id=request.pk, proposal=RESOLVED, actor=Actor.staff(people.staff_a))
    assert not Answer.objects.exists()


@pytest.mark.parametrize(
    ("proposal", "field"),
    [
        (Proposal(text="Yapıldı"), "outcome"),
        (Proposal(outcome="bilinmez", text="Yapıldı"), "outcome"),
        (Proposal(outcome=Outcome.RESOLVED, text="  "), "text"),
        (Proposal(outcome=Outcome.RESOLVED, text="x" * 4001), "text"),
        (Proposal(outcome=Outcome.NOT_OURS, text="Su idaresinin işi."), "authority"),
        (Proposal(outcome=Outcome.SCHEDULED, text="Programda"), "promised_on"),
        (Proposal(outcome=Outcome.SCHEDULED, text="Programda", promised_on=date(2020, 1, 1)), "promised_on"),
    ],
)
def test_an_incomplete_answer_is_refused_beside_its_field(
    proposal: Proposal, field: str, town: Town, people: People
) -> None:
    request = factories.in_progress(town, people)
    with pytest.raises(InvalidInput) as refusal:
        answers.submit(request_id=request.pk, proposal=proposal, actor=Actor.staff(people.head_a))
    assert refusal.value.field == field
    request.refresh_from_db()
    assert request.status == Status.IN_PROGRESS


def test_approving_closes_the_request_and_tells_the_applicant(town: Town, people: People) -> None:
    request = factories.closed(town, people)
    assert request.status == Status.CLOSED
    assert told() == ["request_received", "request_answered"]


def test_no_message_carries_the_answer_or_a_name(town: Town, people: People) -> None:
    factories.closed(town, people)
    everything = str(list(Message.objects.values_list("context", flat=True)))
    assert "kapatıldı" not in everything
    assert "Zeynep" not in everything


def test_a_returned_answer_becomes_a_new_draft_and_the_old_one_stays(town: Town, people: People) -> None:
    request = factories.answered(town, people)
    after = answers.return_answer(request_id=request.pk, reason="Tarih yok", actor=Actor.staff(people.specialist))
    assert after.status == Status.IN_PROGRESS
    returned, draft = request.answers.order_by("pk")
    assert (returned.state, draft.state) == (AnswerState.RETURNED, AnswerState.DRAFT)
    assert draft.text == returned.text
    assert told() == ["request_received"]


def test_returning_without_a_reason_is_refused(town: Town, people: People) -> None:
    request = factories.answered(town, people)
    with pytest.raises(InvalidInput):
        answers.return_answer(request_id=request.pk, reason=" ", actor=Actor.staff(people.specialist))


def test_everybody_merged_into_a_request_is_told_how_it_ended(town: Town, people: People) -> None:
    request = factories.in_progress(town, people)
    contact = intake.Contact(name="Ali Deneme", phone=OTHER_PHONE)
    other = factories.submit(town, contact=contact)
    triage.merge(request_id=other.pk, into_number=request.number, actor=Actor.staff(people.clerk))
    answers.submit(request_id=request.pk, proposal=RESOLVED, actor=Actor.staff(people.head_a))
    answers.approve(request_id=request.pk, actor=Actor.staff(people.specialist))
    assert told(OTHER_PHONE) == ["request_received", "request_merged", "request_answered"]


def test_files_of_an_answer_follow_it_into_the_new_draft(town: Town, people: People, photo: Any) -> None:
    request = factories.in_progress(town, people)
    proposal = Proposal(outcome=Outcome.RESOLVED, text="Bakınız", files=[photo()])
    answers.submit(request_id=request.pk, proposal=proposal, actor=Actor.staff(people.head_a))
    answers.return_answer(request_id=request.pk, reason="Bulanık", actor=Actor.staff(people.specialist))
    assert request.answers.get(state=AnswerState.DRAFT).attachments.count() == 1


def test_a_file_that_cannot_be_taken_leaves_the_draft_as_it_was(town: Town, people: People) -> None:
    request = factories.in_progress(town, people)
    proposal = Proposal(text="Yeni metin", files=[SimpleUploadedFile("a.jpg", b"<svg onload=alert(1)>")])
    with pytest.raises(InvalidInput):
        answers.save_draft(request_id=request.pk, proposal=proposal, actor=Actor.staff(people.staff_a))
    assert not Answer.objects.exists()


def test_a_second_answer_after_the_programme_date_closes_the_request(town: Town, people: People) -> None:
    request = factories.answered(town, people, outcome=Outcome.SCHEDULED, promised_on=date(2030, 5, 6))
    answers.approve(request_id=request.pk, actor=Actor.staff(people.specialist))
    answers.submit(request_id=request.pk, proposal=RESOLVED, actor=Actor.staff(people.head_a))
    after = answers.approve(request_id=request.pk, actor=Actor.staff(people.specialist))
    assert (after.status, after.promised_on) == (Status.CLOSED, None)


@pytest.mark.parametrize("who", ["clerk", "administrator"])
def test_only_review_staff_approves_or_returns(who: str, town: Town, people: People) -> None:
    request, actor = factories.answered(town, people), Actor.staff(getattr(people, who))
    with pytest.raises((NotPermitted, ServiceRequest.DoesNotExist)):
        answers.approve(request_id=request.pk, actor=actor)
    with pytest.raises((NotPermitted, ServiceRequest.DoesNotExist)):
        answers.return_answer(request_id=request.pk, reason="Kısa", actor=actor)
    assert told() == ["request_received"]


def test_another_department_learns_nothing_of_an_answer(town: Town, people: People) -> None:
    request = factories.in_progress(town, people)
    with pytest.raises(ServiceRequest.DoesNotExist):  # not: there is no answer to approve
        answers.approve(request_id=request.pk, actor=Actor.staff(people.head_b))


def test_the_department_that_lost_a_request_cannot_go_on_with_its_draft(town: Town, people: People) -> None:
    request = factories.in_progress(town, people)
    answers.save_draft(request_id=request.pk, proposal=RESOLVED, actor=Actor.staff(people.head_a))
    triage.reroute(request_id=request.pk, department=town.parks, actor=Actor.staff(people.clerk))
    with pytest.raises(ServiceRequest.DoesNotExist):
        answers.submit(request_id=request.pk, proposal=RESOLVED, actor=Actor.staff(people.head_a))
    with pytest.raises(TransitionRefused):  # the new one has to accept it first
        answers.submit(request_id=request.pk, proposal=RESOLVED, actor=Actor.staff(people.head_b))
    assert request.answers.get().state == AnswerState.DRAFT


def test_a_second_press_of_approve_is_refused_and_told_once(town: Town, people: People) -> None:
    request = factories.closed(town, people)
    with pytest.raises(TransitionRefused):
        answers.approve(request_id=request.pk, actor=Actor.staff(people.specialist))
    assert told() == ["request_received", "request_answered"]


def test_a_second_press_of_send_back_makes_no_second_draft(town: Town, people: People) -> None:
    request = factories.answered(town, people)
    answers.return_answer(request_id=request.pk, reason="Kısa", actor=Actor.staff(people.specialist))
    with pytest.raises(TransitionRefused):
        answers.return_answer(request_id=request.pk, reason="Kısa", actor=Actor.staff(people.specialist))
    assert request.answers.filter(state=AnswerState.DRAFT).count() == 1


def test_somebody_elses_request_is_neither_withdrawn_nor_rated(town: Town, people: People) -> None:
    received, closed = factories.submit(town), factories.closed(town, people)
    with pytest.raises(NotPermitted):
        applicant.withdraw(request_id=received.pk, actor=Actor.applicant(closed.pk))
    with pytest.raises(NotPermitted):
        applicant.rate(request_id=closed.pk, solved=True, score=5, comment="", actor=Actor.applicant(received.pk))


def test_a_second_rating_is_refused(town: Town, people: People) -> None:
    request = factories.closed(town, people)
    actor = Actor.applicant(request.pk)
    applicant.rate(request_id=request.pk, solved=True, score=5, comment="", actor=actor)
    with pytest.raises(DomainError):
        applicant.rate(request_id=request.pk, solved=False, score=1, comment="", actor=actor)
    assert request.feedback.get().score == 5


def test_a_request_withdrawn_twice_is_withdrawn_once(town: Town) -> None:
    request = factories.submit(town)
    applicant.withdraw(request_id=request.pk, actor=Actor.applicant(request.pk))
    with pytest.raises(TransitionRefused):
        applicant.withdraw(request_id=request.pk, actor=Actor.applicant(request.pk))
    assert request.events.filter(verb="withdraw").count() == 1


def test_approving_what_somebody_else_already_returned_is_refused(town: Town, people: People) -> None:
    request = factories.answered(town, people)
    answers.return_answer(request_id=request.pk, reason="Kısa", actor=Actor.staff(people.specialist))
    with pytest.raises(DomainError):
        answers.approve(request_id=request.pk, actor=Actor.staff(people.specialist))


def test_a_programme_date_that_has_passed_meanwhile_is_not_approved(
    town: Town, people: People, time_machine: Any
) -> None:
    request = factories.answered(town, people, outcome=Outcome.SCHEDULED, promised_on=date(2030, 5, 6))
    time_machine.move_to("2030-05-07 09:00 +0300")
    with pytest.raises(InvalidInput):
        answers.approve(request_id=request.pk, actor=Actor.staff(people.specialist))
    request.refresh_from_db()
    assert request.status == Status.ANSWERED


def test_an_answer_begun_by_another_department_is_recorded_under_the_one_that_sends_it(
    town: Town, people: People
) -> None:
    request = factories.in_progress(town, people)
    answers.save_draft(request_id=request.pk, proposal=RESOLVED, actor=Actor.staff(people.head_a))
    triage.reroute(request_id=request.pk, department=town.parks, actor=Actor.staff(people.clerk))
    department.accept(request_id=request.pk, actor=Actor.staff(people.head_b))
    answer = answers.submit(request_id=request.pk, proposal=RESOLVED, actor=Actor.staff(people.head_b))
    assert (answer.department, answer.drafted_by) == (town.parks, people.head_b)
