"""The tracking page: what it shows, and to whom."""

from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from common.numbers import make_number
from requests_app.actors import Actor
from requests_app.models import Note, ServiceRequest
from requests_app.services import answers, applicant, conversation, department, triage
from requests_app.vocabulary import NoteKind, Outcome
from tests import factories
from tests.requests_app.portal.citizen import Citizen, text_of
from tests.requests_app.portal.conftest import SECRET, picture

ACTIONS = [
    "request",
    "request_add",
    "request_withdraw",
    "request_restore",
    "request_reopen",
    "request_rate",
    "request_contact",
]


def page_of(owner: Citizen, request: ServiceRequest) -> str:
    """The tracking page through the link."""
    owner.get("track_link", SECRET)
    response = owner.get("request", request.number)
    assert response.status_code == 200
    return text_of(response)


def test_status_and_next_step_stand_on_top(town: factories.Town, owner: Citizen) -> None:
    page = page_of(owner, factories.submit(town, secret=SECRET))
    assert page.index("status-panel__sentence") < page.index("status-panel__next") < page.index('class="timeline"')


def test_the_application_is_shown_as_it_was_sent(citizen: Citizen) -> None:
    sent = citizen.apply(what={"files": picture("cukur.jpg")})
    citizen.open_link()
    page = text_of(citizen.get("request", sent.number))
    for shown in ("derin bir çukur", "Yol çukuru", "Merkez", "Çiçek Sokak 5", "cukur.jpg"):
        assert shown in page


def test_extra_answers_are_shown_in_words(asking: factories.Town, owner: Citizen) -> None:
    request = factories.submit(
        asking, secret=SECRET, category=asking.tree, extra_answers={"how_many": 1250, "danger": "yes", "eski": "x"}
    )
    page = page_of(owner, request)
    assert "Kaç ağaç?" in page
    assert "1.250" in page
    assert "Evet" in page


def test_the_link_alone_shows_no_contact_details(town: factories.Town, owner: Citizen) -> None:
    contact = factories.intake.Contact("Zeynep Deneme", factories.APPLICANT_PHONE, "zeynep@example.org")
    page = page_of(owner, factories.submit(town, secret=SECRET, contact=contact))
    assert "Zeynep" not in page
    assert "0500 000 00 01" not in page
    assert "zeynep@" not in page
    assert "Z*** D***" in page
    assert "0500 *** ** 01" in page


@pytest.mark.parametrize("name", ACTIONS)
def test_nobody_sees_or_changes_a_request_without_proof(town: factories.Town, name: str) -> None:
    request = factories.submit(town, secret=SECRET)
    stranger = Citizen()
    assert stranger.get(name, request.number)["Location"] == f"/takip/?number={request.number}"
    if name != "request":
        assert stranger.post(name, request.number, text="x")["Location"] == f"/takip/?number={request.number}"
    request.refresh_from_db()
    assert request.version == 1


@pytest.mark.parametrize("name", ACTIONS)
def test_the_proof_for_one_request_opens_no_other(town: factories.Town, owner: Citizen, name: str) -> None:
    factories.submit(town, secret=SECRET)
    owner.get("track_link", SECRET)
    other = factories.submit(town)
    assert owner.get(name, other.number)["Location"] == f"/takip/?number={other.number}"


def test_an_unknown_number_looks_the_same_as_a_foreign_one(town: factories.Town, owner: Citizen) -> None:
    unknown = make_number(2026, 987654)
    assert owner.get("request", unknown)["Location"] == f"/takip/?number={unknown}"


@pytest.mark.parametrize("number", ["26-0000001", "١٢-0000001-4", "x", "26-0000001-4'--"])
def test_what_is_no_number_is_no_page(town: factories.Town, owner: Citizen, number: str) -> None:
    assert owner.client.get(f"/takip/basvuru/{number}/").status_code == 404


def test_the_proof_ends_after_half_a_day(town: factories.Town, owner: Citizen) -> None:
    request = factories.submit(town, secret=SECRET)
    page_of(owner, request)
    with time_machine.travel(timezone.now() + timedelta(hours=12, minutes=1), tick=False):
        assert owner.get("request", request.number).status_code == 302


def test_the_page_is_kept_by_no_cache_and_no_search_engine(town: factories.Town, owner: Citizen) -> None:
    request = factories.submit(town, secret=SECRET)
    owner.get("track_link", SECRET)
    response = owner.get("request", request.number)
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert 'name="robots" content="noindex, nofollow"' in text_of(response)


def test_the_answer_stands_in_its_frame(town: factories.Town, people: factories.People, owner: Citizen) -> None:
    page = page_of(owner, factories.closed(town, people, secret=SECRET))
    assert "Çukur kapatıldı." in page.split('class="answer__body"')[1].split("</div>")[0]
    assert "Fen İşleri Müdürlüğü" in page


def test_the_answer_is_marked_as_turkish_on_the_english_page(
    town: factories.Town, people: factories.People, owner: Citizen
) -> None:
    owner.language = "en"
    page = page_of(owner, factories.closed(town, people, secret=SECRET))
    assert "The answer" in page
    assert '<div class="answer__body" lang="tr">' in page


def test_the_reason_of_a_rejection_is_marked_as_turkish_on_the_english_page(
    town: factories.Town, people: factories.People, owner: Citizen
) -> None:
    owner.language = "en"
    request = factories.submit(town, secret=SECRET)
    triage.reject(request_id=request.pk, reason="Kesin karar var.", actor=Actor.staff(people.clerk))
    page = page_of(owner, request)
    assert '<span class="u-prose" lang="tr">Kesin karar var.</span>' in page
    assert '<div class="timeline__text" lang="tr">Kesin karar var.</div>' in page


def test_what_the_desk_wrote_is_marked_as_turkish_in_the_time_line_and_what_the_applicant_wrote_is_not(
    town: factories.Town, people: factories.People, owner: Citizen
) -> None:
    owner.language = "en"
    request = factories.submit(town, secret=SECRET)
    conversation.ask(request_id=request.pk, question="Hangi sokak?", actor=Actor.staff(people.clerk))
    conversation.reply(request_id=request.pk, text="Main Street", files=[], actor=Actor.applicant(request.pk))
    page = page_of(owner, request)
    assert '<div class="timeline__text" lang="tr">Hangi sokak?</div>' in page
    assert '<div class="timeline__text">Main Street</div>' in page


def test_a_replaced_answer_is_marked_as_turkish_in_the_time_line(
    town: factories.Town, people: factories.People, owner: Citizen
) -> None:
    owner.language = "en"
    request = factories.closed(town, people, secret=SECRET)
    applicant.reopen(request_id=request.pk, reason="It is back.", actor=Actor.applicant(request.pk))
    department.accept(request_id=request.pk, actor=Actor.staff(people.head_a))
    proposal = answers.Proposal(outcome=Outcome.RESOLVED, text="Yeniden kapatıldı.")
    answers.submit(request_id=request.pk, proposal=proposal, actor=Actor.staff(people.head_a))
    answers.approve(request_id=request.pk, actor=Actor.staff(people.specialist))
    assert '<div class="timeline__text" lang="tr">Çukur kapatıldı.</div>' in page_of(owner, request)


def test_an_answer_under_review_is_not_shown(town: factories.Town, people: factories.People, owner: Citizen) -> None:
    assert "Çukur kapatıldı." not in page_of(owner, factories.answered(town, people, secret=SECRET))


def test_the_promised_day_is_shown(town: factories.Town, people: factories.People, owner: Citizen) -> None:
    day = timezone.localdate() + timedelta(days=20)
    request = factories.answered(town, people, secret=SECRET, outcome=Outcome.SCHEDULED, promised_on=day)
    answers.approve(request_id=request.pk, actor=Actor.staff(people.specialist))
    assert str(day.day) in page_of(owner, request)
    assert "Çukur kapatıldı." in page_of(owner, request)


def test_internal_notes_and_staff_names_are_never_shown(
    town: factories.Town, people: factories.People, owner: Citizen
) -> None:
    request = factories.in_progress(town, people, secret=SECRET)
    conversation.add_note(request_id=request.pk, text="gizli iç not", actor=Actor.staff(people.head_a))
    department.return_to_triage(request_id=request.pk, reason="bizim değil", actor=Actor.staff(people.head_a))
    page = page_of(owner, request)
    for hidden in ("gizli iç not", "bizim değil", people.head_a.full_name, people.clerk.full_name):
        assert hidden not in page


def test_the_reason_of_a_rejection_is_shown(town: factories.Town, people: factories.People, owner: Citizen) -> None:
    request = factories.submit(town, secret=SECRET)
    triage.reject(request_id=request.pk, reason="Aynı konuda kesin karar var.", actor=Actor.staff(people.clerk))
    assert "Aynı konuda kesin karar var." in page_of(owner, request)


def test_a_merged_request_shows_the_answer_of_the_other(
    town: factories.Town, people: factories.People, owner: Citizen
) -> None:
    other = factories.in_progress(town, people)
    request = factories.submit(town, secret=SECRET)
    triage.merge(request_id=request.pk, into_number=other.number, actor=Actor.staff(people.clerk))
    proposal = answers.Proposal(outcome=Outcome.RESOLVED, text="İkisi de tamam.")
    answers.submit(request_id=other.pk, proposal=proposal, actor=Actor.staff(people.head_a))
    answers.approve(request_id=other.pk, actor=Actor.staff(people.specialist))
    page = page_of(owner, request)
    assert "İkisi de tamam." in page
    assert other.number in page


def test_a_merged_request_names_the_day_that_is_promised_for_both(
    town: factories.Town, people: factories.People, owner: Citizen
) -> None:
    other = factories.answered(town, people, outcome=Outcome.SCHEDULED, promised_on=date(2030, 5, 6))
    answers.approve(request_id=other.pk, actor=Actor.staff(people.specialist))
    request = factories.submit(town, secret=SECRET)
    triage.merge(request_id=request.pk, into_number=other.number, actor=Actor.staff(people.clerk))
    page = page_of(owner, request)
    assert "İki başvurunun da işi programda: 6 Mayıs 2030" in page
    assert "Çukur kapatıldı." in page  # what the department wrote about the programme


def test_a_merged_request_shows_no_answer_that_does_not_hold_any_more(
    town: factories.Town, people: factories.People, owner: Citizen
) -> None:
    other = factories.closed(town, people)
    applicant.reopen(request_id=other.pk, reason="Yine aynı", actor=Actor.applicant(other.pk))
    request = factories.submit(town, secret=SECRET)
    triage.merge(request_id=request.pk, into_number=other.number, actor=Actor.staff(people.clerk))
    assert "Çukur kapatıldı." not in page_of(owner, request)


def test_a_request_let_go_by_the_other_is_looked_at_again(
    town: factories.Town, people: factories.People, owner: Citizen
) -> None:
    other, request = factories.submit(town), factories.submit(town, secret=SECRET)
    triage.merge(request_id=request.pk, into_number=other.number, actor=Actor.staff(people.clerk))
    triage.reject(request_id=other.pk, reason="Başkasının sebebi", actor=Actor.staff(people.clerk))
    page = page_of(owner, request)
    assert "Başvurunuz yeniden değerlendiriliyor" in page
    assert "Başkasının sebebi" not in page


def test_a_merged_request_shows_nothing_else_of_the_other(
    town: factories.Town, people: factories.People, owner: Citizen
) -> None:
    other = factories.in_progress(town, people, description="Başkasının metni")
    request = factories.submit(town, secret=SECRET)
    triage.merge(request_id=request.pk, into_number=other.number, actor=Actor.staff(people.clerk))
    assert "Başkasının metni" not in page_of(owner, request)


def test_a_question_stands_above_everything_else_with_its_form(
    town: factories.Town, people: factories.People, owner: Citizen
) -> None:
    request = factories.in_progress(town, people, secret=SECRET)
    conversation.ask(request_id=request.pk, question="Hangi kapı?", actor=Actor.staff(people.head_a))
    page = page_of(owner, request)
    assert page.index("Hangi kapı?") < page.index('class="timeline"')
    assert f'action="/takip/basvuru/{request.number}/ekle/"' in page


def test_what_was_added_appears_in_the_time_line(town: factories.Town, owner: Citizen) -> None:
    request = factories.submit(town, secret=SECRET)
    conversation.add_information(
        request_id=request.pk, text="<i>Sağ taraf</i>", files=[picture("ek.jpg")], actor=Actor.applicant(request.pk)
    )
    assert Note.objects.get().kind == NoteKind.INFORMATION
    page = page_of(owner, request)
    assert "&lt;i&gt;Sağ taraf&lt;/i&gt;" in page
    assert "ek.jpg" in page


def test_the_page_asks_the_database_a_bounded_number_of_questions(
    town: factories.Town, people: factories.People, owner: Citizen, django_assert_max_num_queries: object
) -> None:
    request = factories.closed(town, people, secret=SECRET)
    page_of(owner, request)
    with django_assert_max_num_queries(22):  # type: ignore[operator]
        owner.get("request", request.number)


def test_the_page_reads_in_english(town: factories.Town) -> None:
    factories.submit(town, secret=SECRET)
    owner = Citizen("en")
    response = owner.get("track_link", SECRET)
    assert response["Location"].startswith("/en/track/application/")
    assert "We have received your application." in text_of(owner.client.get(response["Location"]))


def test_the_legal_day_is_shown(town: factories.Town, owner: Citizen) -> None:
    with time_machine.travel(timezone.make_aware(timezone.datetime(2026, 11, 20, 12)), tick=False):
        request = factories.submit(town, secret=SECRET)
        assert timezone.localdate(request.legal_due_at) == date(2026, 12, 21)
        assert "21 Aralık 2026 Pazartesi" in page_of(owner, request)
