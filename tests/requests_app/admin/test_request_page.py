"""The page of any request: read everywhere, changed only by what its status and the reader's part allow."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from requests_app.actors import Actor
from requests_app.models import RoutingRule, ServiceRequest
from requests_app.services import attachments, conversation, department, routing, triage
from requests_app.vocabulary import Kind
from requests_app.workflow import Status
from tests import factories
from tests.factories import People, Town
from tests.requests_app.admin.addresses import ALL, REVIEW, TRIAGE, decide, page, typed
from tests.requests_app.admin.conftest import Browser


@pytest.mark.parametrize("made", ["submit", "routed", "in_progress", "answered", "closed"])
def test_every_status_has_a_page(made: str, specialist: Client, town: Town, people: People) -> None:
    request = factories.submit(town) if made == "submit" else getattr(factories, made)(town, people)
    response = specialist.get(page(ALL, request))
    assert response.status_code == 200
    assert request.get_status_display() in response.content.decode()


def test_an_agent_reads_and_is_offered_no_decision(agent: Client, town: Town) -> None:
    request = factories.submit(town)
    shown = agent.get(page(ALL, request))
    assert shown.status_code == 200
    assert not {"route", "reject", "ask", "reclassify"} & set(shown.context["page"].forms)


@pytest.mark.parametrize("who", ["administrator", "head_a", "staff_a", "head_b", "stranger"])
def test_nobody_else_reads_it_here(who: str, people: People, browser: Browser, town: Town) -> None:
    request = factories.routed(town, people)
    assert browser(getattr(people, who)).get(page(ALL, request)).status_code in (302, 403)


def test_replies_with_their_photos_are_read_without_opening_the_history(
    clerk: Client, town: Town, people: People, photo: Callable[[], object]
) -> None:
    request = factories.submit(town)
    conversation.ask(request_id=request.pk, question="Hangi sokakta?", actor=Actor.staff(people.clerk))
    conversation.reply(
        request_id=request.pk, text="Fırının önünde.", files=[photo()], actor=Actor.applicant(request.pk)
    )
    shown = clerk.get(page(TRIAGE, request))
    before_history = shown.content.decode().partition('<details class="panel more"')[0]
    assert before_history.index("Hangi sokakta?") < before_history.index("Fırının önünde.")
    assert shown.context["page"].conversation[1].files[0].url in before_history


def test_internal_notes_are_no_part_of_the_conversation(clerk: Client, town: Town, people: People) -> None:
    request = factories.submit(town)
    conversation.add_note(request_id=request.pk, text="Sesi kısık.", actor=Actor.staff(people.clerk))
    shown = clerk.get(page(TRIAGE, request))
    assert shown.context["page"].conversation == []
    assert "Sorular ve cevaplar" not in shown.content.decode()


def test_the_history_names_who_did_what(specialist: Client, town: Town, people: People) -> None:
    text = specialist.get(page(ALL, factories.answered(town, people))).content.decode()
    assert "Ayşe Kayıt" in text
    assert "Hakan Yol" in text


@pytest.mark.parametrize("model", [ALL, TRIAGE, REVIEW])
@pytest.mark.parametrize("address", ["add", "delete", "history"])
def test_requests_are_neither_added_nor_deleted_by_hand(model: str, address: str) -> None:
    args = [] if address == "add" else [1]
    with pytest.raises(NoReverseMatch):
        reverse(f"admin:requests_app_{model}_{address}", args=args)


@pytest.mark.parametrize("model", [ALL, TRIAGE])
def test_the_page_itself_takes_no_changes(model: str, specialist: Client, town: Town) -> None:
    request = factories.submit(town)
    response = specialist.post(page(model, request), {"status": "closed", "description": "Başka metin"})
    assert response.status_code == 405
    unchanged = ServiceRequest.objects.get(pk=request.pk)
    assert (unchanged.status, unchanged.version) == (Status.RECEIVED, 1)


def test_a_request_at_a_department_is_sent_elsewhere(clerk: Client, town: Town, people: People) -> None:
    request = factories.routed(town, people)
    clerk.post(decide(ALL, request, "reroute"), typed(request, department=town.parks.pk, reason="Ağaç işi."))
    request.refresh_from_db()
    assert request.department == town.parks


def test_what_the_router_sent_names_its_rule(clerk: Client, town: Town) -> None:
    RoutingRule.objects.create(category=town.rubbish, neighbourhood=town.centre, department=town.parks)
    request = factories.submit(town, category=town.rubbish)
    routing.route_waiting()
    assert "Kuralla yönlendirildi: Merkez mahallesinde Moloz (%100)" in clerk.get(page(ALL, request)).content.decode()


def test_what_a_person_sent_names_no_rule(clerk: Client, town: Town, people: People) -> None:
    request = factories.submit(town, category=town.rubbish)
    routing.route_waiting()
    department.return_to_triage(request_id=request.pk, reason="Bizde değil", actor=Actor.staff(people.head_a))
    triage.route(request_id=request.pk, department=town.roads, actor=Actor.staff(people.clerk))
    assert "Kuralla yönlendirildi" not in clerk.get(page(ALL, request)).content.decode()


def test_sending_it_to_where_it_is_is_refused(clerk: Client, town: Town, people: People) -> None:
    request = factories.routed(town, people)
    response = clerk.post(decide(ALL, request, "reroute"), typed(request, department=town.roads.pk))
    assert response.status_code == 422
    assert "Başvuru zaten bu müdürlükte." in response.content.decode()


def test_waiting_for_the_applicant_ends_without_a_reply(clerk: Client, town: Town, people: People) -> None:
    request = factories.submit(town)
    request = conversation.ask(request_id=request.pk, question="Nerede?", actor=Actor.staff(people.clerk))
    clerk.post(decide(ALL, request, "resume"), typed(request))
    request.refresh_from_db()
    assert request.status == Status.RECEIVED


def test_the_period_of_an_information_request_is_extended(clerk: Client, town: Town, people: People) -> None:
    request = factories.routed(town, people, kind=Kind.INFORMATION)
    clerk.post(decide(ALL, request, "extend"), typed(request, reason="Başka kurumdan belge beklendi."))
    request.refresh_from_db()
    assert request.extended


def test_photos_have_short_lived_links(clerk: Client, town: Town, photo: object) -> None:
    request = factories.submit(town)
    uploads = attachments.clean_all([photo()])  # type: ignore[operator]
    attachments.store(uploads, actor=Actor.applicant(request.pk), request=request)
    shown = clerk.get(page(TRIAGE, request))
    [file] = shown.context["page"].files
    assert file.url in shown.content.decode()
    assert clerk.get(file.url).status_code == 200


def test_the_page_exists_in_english(clerk: Client, town: Town) -> None:
    request = factories.submit(town)
    assert "Which department?" in clerk.get(f"/en{page(TRIAGE, request)}").content.decode()
