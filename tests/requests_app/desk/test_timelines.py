"""The history as the applicant and as staff read it."""

from collections.abc import Iterator

import pytest
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from requests_app.actors import Actor
from requests_app.models import ServiceRequest
from requests_app.presentation import public_timeline, staff_timeline
from requests_app.services import answers, applicant, conversation, department, triage
from requests_app.services.answers import Proposal
from requests_app.vocabulary import Kind, Outcome
from requests_app.workflow import Verb
from tests.factories import People, Town, answered, closed, in_progress, routed, submit
from tests.requests_app.desk.conftest import photo


@pytest.fixture(autouse=True)
def turkish() -> Iterator[None]:
    """The portal's first language."""
    with translation.override("tr"):
        yield


def told(request: ServiceRequest) -> str:
    """Everything the applicant can read in the time line."""
    return " ".join(f"{entry.title} {entry.text} {entry.who}" for entry in public_timeline(request))


def test_the_newest_stands_on_top(town: Town, people: People) -> None:
    titles = [entry.title for entry in public_timeline(in_progress(town, people))]

    assert titles == [
        "Müdürlük çalışmaya başladı",
        "Yönlendirildi: Fen İşleri Müdürlüğü",
        "Başvurunuz alındı",
    ]


def test_the_applicant_reads_no_staff_names(town: Town, people: People) -> None:
    request = closed(town, people)

    for person in (people.clerk, people.head_a, people.specialist):
        assert person.full_name not in told(request)


def test_a_returned_answer_stays_inside(town: Town, people: People) -> None:
    request = answered(town, people)
    answers.return_answer(request_id=request.pk, reason="Eksik yazılmış.", actor=Actor.staff(people.specialist))

    assert "Eksik yazılmış." not in told(request)
    assert {Verb.SUBMIT_ANSWER, Verb.RETURN_ANSWER}.isdisjoint(entry.verb for entry in public_timeline(request))


def test_notes_and_drafts_stay_inside(town: Town, people: People) -> None:
    request = in_progress(town, people)
    actor = Actor.staff(people.staff_a)
    conversation.add_note(request_id=request.pk, text="Vatandaş sinirli.", actor=actor)
    answers.save_draft(request_id=request.pk, proposal=Proposal(text="Taslak metin"), actor=actor)

    assert "Vatandaş sinirli." not in told(request)
    assert "Taslak metin" not in told(request)


def test_a_return_to_triage_and_its_reason_stay_inside(town: Town, people: People) -> None:
    request = routed(town, people)
    department.return_to_triage(request_id=request.pk, reason="Bizim değil.", actor=Actor.staff(people.staff_a))

    assert "Bizim değil." not in told(request)


def test_another_department_is_told_neutrally(town: Town, people: People) -> None:
    request = routed(town, people)
    clerk = Actor.staff(people.clerk)
    triage.reroute(request_id=request.pk, department=town.parks, reason="Yanlış yere gitmiş.", actor=clerk)

    assert public_timeline(request)[0].title == "Yönlendirildi: Park ve Bahçeler Müdürlüğü"
    assert "Yanlış" not in told(request)


def test_question_and_reply_are_shown_with_their_files(town: Town, people: People) -> None:
    request = in_progress(town, people)
    conversation.ask(request_id=request.pk, question="Hangi taraf?", actor=Actor.staff(people.staff_a))
    conversation.reply(request_id=request.pk, text="Sol taraf.", files=[photo()], actor=Actor.applicant(request.pk))

    reply, question = public_timeline(request)[:2]
    assert (question.text, reply.text) == ("Hangi taraf?", "Sol taraf.")
    assert [file.original_name for file in reply.attachments] == ["cukur.jpg"]


def test_a_refusal_is_told_with_its_reason(town: Town, people: People) -> None:
    request = triage.reject(request_id=submit(town).pk, reason="Konu yok.", actor=Actor.staff(people.clerk))

    assert public_timeline(request)[0].text == "Konu yok."


def test_forwarding_names_the_authority_and_keeps_the_note(town: Town, people: People) -> None:
    clerk = Actor.staff(people.clerk)
    request = triage.forward(request_id=submit(town).pk, authority=town.water_board, reason="İç bilgi", actor=clerk)

    assert public_timeline(request)[0].title == "İlgili kuruma iletildi: Örnek Su İdaresi"
    assert "İç bilgi" not in told(request)


def test_merging_names_the_other_number(town: Town, people: People) -> None:
    other = submit(town)
    clerk = Actor.staff(people.clerk)
    request = triage.merge(request_id=submit(town).pk, into_number=other.number, actor=clerk)

    assert other.number in public_timeline(request)[0].title


def test_an_extension_is_told_with_its_reason(town: Town, people: People) -> None:
    request = in_progress(town, people, kind=Kind.INFORMATION)
    department.extend(request_id=request.pk, reason="Tapuya soruldu.", actor=Actor.staff(people.head_a))

    assert public_timeline(request)[0].text == "Tapuya soruldu."


def test_the_applicants_own_reopening_shows_the_words(town: Town, people: People) -> None:
    request = closed(town, people)
    applicant.reopen(request_id=request.pk, reason="Yine çöktü.", actor=Actor.applicant(request.pk))

    assert public_timeline(request)[0].text == "Yine çöktü."


def test_a_reopening_by_staff_keeps_its_reason_inside(town: Town, people: People) -> None:
    request = closed(town, people)
    applicant.reopen(request_id=request.pk, reason="Denetim istedi.", actor=Actor.staff(people.specialist))

    assert "Denetim istedi." not in told(request)


def test_an_answer_that_a_later_one_replaced_is_still_readable(town: Town, people: People) -> None:
    request = closed(town, people)
    applicant.reopen(request_id=request.pk, reason="Yine çöktü.", actor=Actor.applicant(request.pk))
    head, specialist = Actor.staff(people.head_a), Actor.staff(people.specialist)
    department.accept(request_id=request.pk, actor=head)
    proposal = Proposal(outcome=Outcome.RESOLVED, text="Bu kez betonladık.")
    answers.submit(request_id=request.pk, proposal=proposal, actor=head)
    answers.approve(request_id=request.pk, actor=specialist)

    texts = [entry.text for entry in public_timeline(request) if entry.verb == Verb.APPROVE_ANSWER]
    assert texts == ["", "Çukur kapatıldı."]


def test_staff_read_who_did_what_and_why(town: Town, people: People) -> None:
    request = routed(town, people)
    department.return_to_triage(request_id=request.pk, reason="Bizim değil.", actor=Actor.staff(people.staff_a))

    entry = staff_timeline(request)[0]
    assert (entry.who, entry.text) == ("Selin Usta", "Bizim değil.")


def test_staff_read_everything(town: Town, people: People) -> None:
    request = closed(town, people)

    verbs = [entry.verb for entry in staff_timeline(request)]
    assert verbs == [Verb.APPROVE_ANSWER, Verb.SUBMIT_ANSWER, Verb.ACCEPT, Verb.ROUTE, Verb.SUBMIT]


def test_saving_a_draft_again_is_one_entry(town: Town, people: People) -> None:
    request = in_progress(town, people)
    for person in (people.staff_a, people.staff_a, people.head_a):
        proposal = Proposal(text="Taslak")
        answers.save_draft(request_id=request.pk, proposal=proposal, actor=Actor.staff(person))

    drafts = [entry.who for entry in staff_timeline(request) if entry.verb == Verb.DRAFT_ANSWER]
    assert drafts == ["Hakan Yol", "Selin Usta"]


@pytest.mark.parametrize("read", [public_timeline, staff_timeline])
def test_a_long_history_takes_six_queries(
    read: object, town: Town, people: People, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    request = closed(town, people)
    for _again in range(3):
        conversation.add_note(request_id=request.pk, text="Not", actor=Actor.staff(people.head_a))

    with django_assert_max_num_queries(6):
        read(request)  # type: ignore[operator]
