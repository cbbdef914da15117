"""The review queue: approve, send back, and never one's own answer."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from departments.models import Membership
from notifications.models import Message
from requests_app.actors import Actor
from requests_app.models import Answer, ServiceRequest
from requests_app.services import answers, conversation, triage
from requests_app.vocabulary import Outcome
from requests_app.workflow import Status
from tests import factories
from tests.factories import People, Town, status_of
from tests.requests_app.admin.addresses import ALL, REVIEW, decide, listing, page, typed
from tests.requests_app.admin.conftest import Browser


@pytest.fixture
def answered(town: Town, people: People) -> ServiceRequest:
    """A request whose answer waits for review."""
    return factories.answered(town, people)


def test_the_page_shows_the_answer_and_the_sms(specialist: Client, answered: ServiceRequest) -> None:
    response = specialist.get(page(REVIEW, answered))
    text = response.content.decode()
    assert "Çukur kapatıldı." in text
    assert response.context["page"].sms.segments == 1
    assert f"{answered.number} numarali basvurunuz sonuclandi." in text


def test_the_sms_of_a_programme_names_the_date(specialist: Client, town: Town, people: People) -> None:
    promised = timezone.localdate() + timedelta(days=40)
    request = factories.answered(town, people, outcome=Outcome.SCHEDULED, promised_on=promised)
    assert str(promised.year) in specialist.get(page(REVIEW, request)).context["page"].sms.text


def test_without_a_phone_the_page_says_that_no_sms_goes_out(specialist: Client, town: Town, people: People) -> None:
    request = factories.answered(town, people, contact=None)
    assert "SMS gitmez" in specialist.get(page(REVIEW, request)).content.decode()


def test_the_page_says_how_many_others_read_the_answer(
    specialist: Client, answered: ServiceRequest, town: Town, people: People
) -> None:
    other = factories.submit(town)
    triage.merge(request_id=other.pk, into_number=answered.number, actor=Actor.staff(people.clerk))
    sentence = "başvuru sahibi daha okuyacak"
    assert f"1 {sentence}" in specialist.get(page(REVIEW, answered)).content.decode()
    assert sentence not in specialist.get(page(REVIEW, factories.answered(town, people))).content.decode()


def test_approving_closes_it_and_tells_the_applicant(specialist: Client, answered: ServiceRequest) -> None:
    specialist.post(decide(REVIEW, answered, "approve"), typed(answered))
    assert status_of(answered) == Status.CLOSED
    assert Message.objects.filter(event="request_answered").exists()


def test_approving_a_date_schedules_it(specialist: Client, town: Town, people: People) -> None:
    promised = timezone.localdate() + timedelta(days=40)
    request = factories.answered(town, people, outcome=Outcome.SCHEDULED, promised_on=promised)
    specialist.post(decide(REVIEW, request, "approve"), typed(request))
    assert status_of(request) == Status.SCHEDULED


def test_sending_back_gives_the_department_the_reason(specialist: Client, answered: ServiceRequest) -> None:
    specialist.post(decide(REVIEW, answered, "return"), typed(answered, reason="Hangi gün yapıldığını yazın."))
    assert status_of(answered) == Status.IN_PROGRESS
    assert answered.notes.get(kind="reason").text == "Hangi gün yapıldığını yazın."


def test_sending_back_needs_a_reason(specialist: Client, answered: ServiceRequest) -> None:
    response = specialist.post(decide(REVIEW, answered, "return"), typed(answered, reason=""))
    assert response.status_code == 422
    assert status_of(answered) == Status.ANSWERED


def test_the_next_answer_opens_afterwards(
    specialist: Client, answered: ServiceRequest, town: Town, people: People
) -> None:
    following = factories.answered(town, people)
    sent = specialist.post(decide(REVIEW, answered, "approve"), typed(answered), follow=True)
    assert sent.redirect_chain[0][0] == f"{page(REVIEW, following)}?done={answered.pk}"
    assert "cevabı onaylandı" in sent.content.decode()


@pytest.mark.parametrize(("decision", "values"), [("approve", {}), ("return", {"reason": "Kendime iade."})])
def test_nobody_reviews_the_own_answer(
    decision: str, values: dict[str, Any], specialist: Client, town: Town, people: People
) -> None:
    request = _answered_by(people.specialist, town, people)
    shown = specialist.get(page(REVIEW, request))
    assert "approve" not in shown.context["page"].forms
    assert "Bu cevabı siz gönderdiniz" in shown.content.decode()
    assert specialist.post(decide(REVIEW, request, decision), typed(request, **values)).status_code == 422
    assert status_of(request) == Status.ANSWERED


@pytest.mark.parametrize("decision", ["approve", "return"])
@pytest.mark.parametrize("who", ["clerk", "agent", "administrator", "head_a", "head_b", "stranger"])
def test_nobody_else_reviews(
    who: str, decision: str, people: People, browser: Browser, answered: ServiceRequest
) -> None:
    person = browser(getattr(people, who))
    for model in (REVIEW, ALL):
        response = person.post(decide(model, answered, decision), typed(answered, reason="Neden."))
        assert response.status_code in (302, 403)
    assert status_of(answered) == Status.ANSWERED


def test_a_stale_approval_is_told_who_was_quicker(
    specialist: Client, answered: ServiceRequest, town: Town, people: People
) -> None:
    colleague = factories.make_user("ikinci", "Deniz İkinci", "pr_specialist")
    answers.return_answer(request_id=answered.pk, reason="Eksik.", actor=Actor.staff(colleague))
    response = specialist.post(decide(REVIEW, answered, "approve"), typed(answered))
    assert response.status_code == 409
    assert status_of(answered) == Status.IN_PROGRESS


def test_a_closed_request_is_reopened_from_its_page(specialist: Client, town: Town, people: People) -> None:
    request = factories.closed(town, people)
    specialist.post(decide(ALL, request, "reopen"), typed(request, reason="Yeniden çöktü."))
    assert status_of(request) == Status.ROUTED


def test_the_queue_says_how_long_the_answer_has_waited_whatever_was_noted_since(
    specialist: Client, answered: ServiceRequest, people: People
) -> None:
    Answer.objects.update(submitted_at=timezone.now() - timedelta(days=2, hours=1))
    conversation.add_note(request_id=answered.pk, text="Arandı.", actor=Actor.staff(people.clerk))
    [row] = specialist.get(listing(REVIEW)).context["cl"].result_list
    assert row.answer_sent_at == Answer.objects.get().submitted_at
    assert "2 gün" in specialist.get(listing(REVIEW)).content.decode()


@pytest.mark.parametrize(("direction", "first"), [("", "older"), ("-", "newer")])
def test_the_queue_is_sorted_by_when_the_answer_was_sent(
    direction: str, first: str, specialist: Client, town: Town, people: People
) -> None:
    made = {name: factories.answered(town, people) for name in ("older", "newer")}
    Answer.objects.filter(request=made["older"]).update(submitted_at=timezone.now() - timedelta(days=2))
    conversation.add_note(request_id=made["older"].pk, text="Arandı.", actor=Actor.staff(people.clerk))
    column = specialist.get(listing(REVIEW)).context["cl"].list_display.index("answered")
    rows = specialist.get(listing(REVIEW), {"o": f"{direction}{column}"}).context["cl"].result_list
    assert rows[0] == made[first]


def test_the_review_queue_lists_only_what_is_under_review(
    specialist: Client, answered: ServiceRequest, town: Town
) -> None:
    factories.submit(town)
    rows = specialist.get(listing(REVIEW)).context["cl"].result_list
    assert [row.number for row in rows] == [answered.number]


def _answered_by(person: Any, town: Town, people: People) -> ServiceRequest:
    """An answer sent by a specialist who also heads the department."""
    Membership.objects.create(user=person, department=town.roads, role="head", valid_from=factories.LONG_AGO)
    request = factories.in_progress(town, people)
    proposal = answers.Proposal(outcome=Outcome.RESOLVED, text="Kendim yazdım.")
    answers.submit(request_id=request.pk, proposal=proposal, actor=Actor.staff(person))
    request.refresh_from_db()
    return request
