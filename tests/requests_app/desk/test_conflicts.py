"""Two people at one request, and one person who presses twice."""

from datetime import timedelta

import time_machine
from django.test import Client
from django.utils import timezone

from requests_app.actors import Actor
from requests_app.models import Answer, Note, RequestEvent, ServiceRequest
from requests_app.services import answers, conversation, triage
from requests_app.services.answers import Proposal
from requests_app.vocabulary import NoteKind, Outcome
from requests_app.workflow import Status, Verb
from tests.factories import People, Town, in_progress, routed
from tests.requests_app.desk.conftest import Browser, action, answer


def draft(request: ServiceRequest, people: People, text: str) -> None:
    """The colleague saves a draft first."""
    answers.save_draft(request_id=request.pk, proposal=Proposal(text=text), actor=Actor.staff(people.staff_a))


def test_the_second_is_told_who_changed_what_and_keeps_the_text(town: Town, people: People, head: Client) -> None:
    request = in_progress(town, people)
    draft(request, people, "Selin'in taslağı")

    response = head.post(action(request, "submit_answer"), answer(request, text="Benim cevabım"))

    body = response.content.decode()
    assert response.status_code == 409
    assert "Selin Usta" in body
    assert "Benim cevabım" in body
    assert "Selin&#x27;in taslağı" in body


def test_nothing_of_the_first_is_overwritten(town: Town, people: People, head: Client) -> None:
    request = in_progress(town, people)
    draft(request, people, "Selin'in taslağı")

    head.post(action(request, "draft_answer"), answer(request, text="Benim cevabım"))

    assert Answer.objects.get(request=request).text == "Selin'in taslağı"


def test_who_has_seen_the_change_can_go_on(town: Town, people: People, head: Client) -> None:
    request = in_progress(town, people)
    draft(request, people, "Selin'in taslağı")
    refused = head.post(action(request, "submit_answer"), answer(request, text="Benim cevabım"))

    seen = refused.context["forms"]["answer"]["version"].value()
    head.post(action(request, "submit_answer"), answer(request, text="Benim cevabım", version=seen))

    assert Answer.objects.get(request=request).text == "Benim cevabım"


def test_a_text_that_can_no_longer_be_sent_is_handed_back(town: Town, people: People, head: Client) -> None:
    request = in_progress(town, people)
    proposal = Proposal(outcome=Outcome.RESOLVED, text="Öbür cevap")
    answers.submit(request_id=request.pk, proposal=proposal, actor=Actor.staff(people.head_a))

    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        response = head.post(action(request, "submit_answer"), answer(request, text="Geç kalan cevap"))

    assert response.status_code == 409
    assert response.context["unsent"] == ["Geç kalan cevap"]


def test_a_request_that_has_moved_away_hands_the_text_back(town: Town, people: People, head: Client) -> None:
    request = in_progress(town, people)
    triage.reroute(request_id=request.pk, department=town.parks, actor=Actor.staff(people.clerk))

    response = head.post(action(request, "submit_answer"), answer(request, text="Uzun uğraş"))

    assert response.status_code == 404
    assert "Uzun uğraş" in response.content.decode()


def test_a_question_to_a_changed_request_is_kept(town: Town, people: People, staff: Client) -> None:
    request = in_progress(town, people)
    draft(request, people, "Taslak")
    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        response = staff.post(action(request, "ask"), {"version": request.version, "question": "Nerede?"})

    assert response.status_code == 409
    assert response.context["forms"]["ask"]["question"].value() == "Nerede?"
    assert not Note.objects.filter(kind=NoteKind.QUESTION).exists()


def test_pressing_accept_twice_is_one_acceptance(town: Town, people: People, staff: Client) -> None:
    request = routed(town, people)
    sent = {"version": request.version}

    responses = [staff.post(action(request, "accept"), sent) for _press in range(2)]

    assert [response.status_code for response in responses] == [302, 302]
    assert RequestEvent.objects.filter(request=request, verb=Verb.ACCEPT).count() == 1


def test_sending_an_answer_twice_is_one_answer(town: Town, people: People, head: Client) -> None:
    request = in_progress(town, people)
    sent = answer(request)

    responses = [head.post(action(request, "submit_answer"), sent) for _press in range(2)]

    assert [response.status_code for response in responses] == [302, 302]
    assert Answer.objects.count() == 1


def test_adding_a_note_twice_is_one_note(town: Town, people: People, staff: Client) -> None:
    request = in_progress(town, people)
    sent = {"version": request.version, "text": "Ekip yolda.\r\nİki kişi."}

    for _press in range(2):
        staff.post(action(request, "add_note"), sent)

    assert Note.objects.filter(kind=NoteKind.INTERNAL).count() == 1


def test_the_same_note_by_somebody_else_is_a_second_note(
    town: Town, people: People, staff: Client, browser: Browser
) -> None:
    request = in_progress(town, people)

    for client in (staff, browser(people.head_a)):
        client.post(action(request, "add_note"), {"version": request.version, "text": "Ekip yolda."})

    assert Note.objects.filter(kind=NoteKind.INTERNAL).count() == 2


def test_the_same_note_much_later_is_a_second_note(town: Town, people: People, staff: Client) -> None:
    request = in_progress(town, people)
    conversation.add_note(request_id=request.pk, text="Arandı.", actor=Actor.staff(people.staff_a))

    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        conversation.add_note(request_id=request.pk, text="Arandı.", actor=Actor.staff(people.staff_a))

    assert Note.objects.filter(kind=NoteKind.INTERNAL).count() == 2


def test_a_draft_of_the_same_words_with_another_outcome_is_not_taken_for_a_second_press(
    town: Town, people: People, staff: Client
) -> None:
    request = in_progress(town, people)
    staff.post(action(request, "draft_answer"), answer(request, outcome="resolved"))

    response = staff.post(action(request, "draft_answer"), answer(request, outcome="information"))

    assert response.status_code == 409
    assert Answer.objects.get().outcome == "resolved"


def test_two_different_notes_are_two(town: Town, people: People, staff: Client) -> None:
    request = in_progress(town, people)

    for text in ("Ekip yolda.", "Ekip vardı."):
        staff.post(action(request, "add_note"), {"version": request.version, "text": text})

    assert Note.objects.filter(kind=NoteKind.INTERNAL).count() == 2


def test_returning_twice_does_not_end_at_a_missing_page(town: Town, people: People, staff: Client) -> None:
    request = routed(town, people)
    sent = {"version": request.version, "reason": "Bizim değil."}

    responses = [staff.post(action(request, "return_to_triage"), sent) for _press in range(2)]

    assert [response.status_code for response in responses] == [302, 302]
    request.refresh_from_db()
    assert request.status == Status.RECEIVED


def test_another_persons_same_act_is_not_taken_for_a_second_press(
    town: Town, people: People, browser: Browser, staff: Client
) -> None:
    request = routed(town, people)
    browser(people.head_a).post(action(request, "accept"), {"version": request.version})

    response = staff.post(action(request, "accept"), {"version": request.version})

    assert response.status_code == 409
    assert "Hakan Yol" in response.content.decode()


def test_a_draft_of_other_words_is_not_taken_for_a_second_press(town: Town, people: People, staff: Client) -> None:
    request = in_progress(town, people)
    staff.post(action(request, "draft_answer"), answer(request, text="Birinci sekme"))

    response = staff.post(action(request, "draft_answer"), answer(request, text="İkinci sekme"))

    assert response.status_code == 409
    assert "İkinci sekme" in response.content.decode()


def test_a_note_of_the_applicant_in_between_is_no_conflict_for_notes(town: Town, people: People, staff: Client) -> None:
    request = in_progress(town, people)
    conversation.add_information(
        request_id=request.pk, text="Bir şey daha", files=[], actor=Actor.applicant(request.pk)
    )

    response = staff.post(action(request, "add_note"), {"version": request.version, "text": "Gördüm."})

    assert response.status_code == 302
