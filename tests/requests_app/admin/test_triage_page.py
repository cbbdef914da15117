"""The triage page: what it shows, each decision, and who may not take it."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from departments.models import Membership
from notifications.models import Message
from requests_app.actors import Actor
from requests_app.models import Category, ServiceRequest, StandardReply
from requests_app.services import department, routing, triage
from requests_app.services.intake import Place
from requests_app.workflow import Status
from tests import factories
from tests.factories import People, Town, status_of
from tests.requests_app.admin.addresses import ALL, TRIAGE, decide, listing, page, typed
from tests.requests_app.admin.conftest import Browser

SURE, NO_OWN = "%100 emin", "Belirli müdürlüğü yok"
NOBODY = "Burada çalışan kimse yok"


# --- What it shows -----------------------------------------------------------------------------------


def test_the_page_shows_the_application_and_the_suggestions_with_their_reasons(
    clerk: Client, waiting: ServiceRequest
) -> None:
    response = clerk.get(page(TRIAGE, waiting))
    text = response.content.decode()
    assert waiting.description in text
    assert [offer.department.code for offer in response.context["page"].offers] == ["fen"]
    assert "Konu: Yol çukuru" in text


@pytest.mark.parametrize(("catch_all", "said", "unsaid"), [(True, NO_OWN, SURE), (False, SURE, NO_OWN)])
def test_how_sure_the_router_is_stands_beside_its_suggestion(
    catch_all: bool, said: str, unsaid: str, clerk: Client, town: Town
) -> None:
    Category.objects.filter(pk=town.pothole.pk).update(catch_all=catch_all)
    request = factories.submit(town, description="Merhaba")
    routing.route_waiting()
    for address in (listing(TRIAGE), page(TRIAGE, request)):
        text = clerk.get(address).content.decode()
        assert town.roads.name in text
        assert said in text
        assert unsaid not in text


def test_words_are_the_reason_where_no_category_was_chosen(clerk: Client, town: Town) -> None:
    request = factories.submit(town, category=None)
    routing.route_waiting()
    assert "çukur (Yol çukuru)" in clerk.get(page(TRIAGE, request)).content.decode()


def test_one_press_on_a_suggestion_by_words_sets_department_and_category(clerk: Client, town: Town) -> None:
    request = factories.submit(town, category=None)
    routing.route_waiting()
    request.refresh_from_db()
    offer = clerk.get(page(TRIAGE, request)).context["page"].offers[0]
    sent = typed(request, department=offer.department.pk, category=offer.category.pk)
    clerk.post(decide(TRIAGE, request, "route"), sent)
    request.refresh_from_db()
    assert (request.department, request.category) == (town.roads, town.pothole)


def test_a_unit_that_takes_no_applications_is_not_offered(clerk: Client, waiting: ServiceRequest, town: Town) -> None:
    town.parks.takes_requests = False
    town.parks.save(update_fields=["takes_requests"])
    assert clerk.get(page(TRIAGE, waiting)).context["page"].departments == [town.roads]
    refused = clerk.post(decide(TRIAGE, waiting, "route"), typed(waiting, department=town.parks.pk))
    assert refused.status_code == 422
    assert status_of(waiting) == Status.RECEIVED


def test_where_nobody_works_stands_beside_the_suggestion_and_in_the_list(
    clerk: Client, waiting: ServiceRequest, town: Town
) -> None:
    assert NOBODY not in clerk.get(page(TRIAGE, waiting)).content.decode()
    Membership.objects.filter(department=town.roads).update(valid_to=timezone.localdate())
    text = clerk.get(page(TRIAGE, waiting)).content.decode()
    assert f"<strong>{NOBODY}</strong> · Konu: Yol çukuru" in text
    assert f">{town.roads.name} · {NOBODY}</option>" in text
    assert f">{town.parks.name}</option>" in text


def test_the_page_works_before_the_router_has_looked(clerk: Client, town: Town) -> None:
    response = clerk.get(page(TRIAGE, factories.submit(town)))
    assert [offer.department.code for offer in response.context["page"].offers] == ["fen"]


def test_a_closed_department_is_named_as_the_reason_for_no_suggestion(clerk: Client, town: Town) -> None:
    town.parks.valid_to = "2021-01-01"
    town.parks.save(update_fields=["valid_to"])
    request = factories.submit(town, category=town.tree, description="Merhaba")
    routing.route_waiting()
    text = clerk.get(page(TRIAGE, request)).content.decode()
    assert "Müdürlük önerisi yok. Ağaç budama: Müdürlük artık yok" in text
    assert "Konu seçilmemiş" not in text


def test_a_department_that_closed_after_it_was_suggested_is_named_too(
    clerk: Client, waiting: ServiceRequest, town: Town
) -> None:
    town.roads.valid_to = "2021-01-01"
    town.roads.save(update_fields=["valid_to"])
    assert "Yol çukuru: Müdürlük artık yok" in clerk.get(page(TRIAGE, waiting)).content.decode()


def test_nothing_known_is_the_reason_for_no_suggestion(clerk: Client, town: Town) -> None:
    request = factories.submit(town, category=None, description="Merhaba")
    routing.route_waiting()
    text = clerk.get(page(TRIAGE, request)).content.decode()
    assert "Müdürlük önerisi yok. Konu seçilmemiş, sözcüklerden de bulunamadı" in text


def test_a_department_that_returned_it_comes_last_with_its_reason(clerk: Client, town: Town, people: People) -> None:
    request = factories.submit(town, description="Ağaç budama ve yolda çukur var.")
    routing.route_waiting()
    triage.route(request_id=request.pk, department=town.roads, actor=Actor.staff(people.clerk))
    department.return_to_triage(request_id=request.pk, reason="Ağaç işi bizde değil.", actor=Actor.staff(people.head_a))
    response = clerk.get(page(TRIAGE, request))
    assert [offer.department.code for offer in response.context["page"].offers] == ["park", "fen"]
    assert "Ağaç işi bizde değil." in response.content.decode()


def test_earlier_applications_of_the_phone_are_listed(clerk: Client, waiting: ServiceRequest, town: Town) -> None:
    earlier = factories.submit(town, category=town.tree)
    someone_else = factories.submit(
        town, contact=factories.intake.Contact(name="Başka Biri", phone=factories.OTHER_PHONE)
    )
    shown = clerk.get(page(TRIAGE, waiting)).context["page"].earlier
    assert earlier in shown
    assert someone_else not in shown


def test_name_and_phone_are_masked(clerk: Client, waiting: ServiceRequest) -> None:
    text = clerk.get(page(TRIAGE, waiting)).content.decode()
    assert "0500 *** ** 01" in text
    assert "Zeynep Deneme" not in text
    assert "0500 000 00 01" not in text


def test_html_in_the_text_stays_text(clerk: Client, town: Town) -> None:
    request = factories.submit(town, description="<script>alert(1)</script> çukur")
    for address in (page(TRIAGE, request), listing(TRIAGE), page(ALL, request)):
        assert "<script>alert" not in clerk.get(address).content.decode()


def test_a_decided_application_opens_on_its_own_page(clerk: Client, town: Town, people: People) -> None:
    request = factories.routed(town, people)
    assert clerk.get(page(TRIAGE, request)).headers["Location"] == page(ALL, request)


def test_an_unknown_application_does_not_exist(clerk: Client, town: Town) -> None:
    assert clerk.get(f"{listing(TRIAGE)}999999/change/").status_code == 404


def test_queries_of_the_page_do_not_grow_with_what_it_lists(
    clerk: Client, waiting: ServiceRequest, town: Town, django_assert_max_num_queries: Any
) -> None:
    clerk.get(page(TRIAGE, waiting))
    counted = []
    for _ in range(2):
        for _ in range(3):
            factories.submit(town)
        with django_assert_max_num_queries(28) as captured:
            clerk.get(page(TRIAGE, waiting))
        counted.append(len(captured))
    assert counted[0] == counted[1]


# --- Decisions ---------------------------------------------------------------------------------------


def test_one_press_sends_it_to_the_department(clerk: Client, waiting: ServiceRequest, town: Town) -> None:
    clerk.post(decide(TRIAGE, waiting, "route"), typed(waiting, department=town.roads.pk))
    waiting.refresh_from_db()
    assert (waiting.status, waiting.department) == (Status.ROUTED, town.roads)


def test_asking_sends_the_question(clerk: Client, waiting: ServiceRequest) -> None:
    clerk.post(decide(TRIAGE, waiting, "ask"), typed(waiting, question="Hangi kapının önünde?"))
    assert status_of(waiting) == Status.WAITING_FOR_APPLICANT
    assert Message.objects.filter(event="request_question").exists()


def test_rejecting_keeps_the_reason(clerk: Client, waiting: ServiceRequest) -> None:
    clerk.post(decide(TRIAGE, waiting, "reject"), typed(waiting, reason="Bu bir reklam metni."))
    assert status_of(waiting) == Status.REJECTED
    assert waiting.notes.get().text == "Bu bir reklam metni."


def test_forwarding_names_the_authority(clerk: Client, waiting: ServiceRequest, town: Town) -> None:
    clerk.post(decide(TRIAGE, waiting, "forward"), typed(waiting, authority=town.water_board.pk))
    waiting.refresh_from_db()
    assert (waiting.status, waiting.authority) == (Status.FORWARDED, town.water_board)


def test_before_a_merge_both_are_shown_side_by_side_and_nothing_is_done(
    clerk: Client, waiting: ServiceRequest, town: Town
) -> None:
    other = factories.submit(town, description="Kaldırım çökmüş.", place=Place(neighbourhood_id=town.hill.pk))
    response = clerk.post(decide(TRIAGE, waiting, "merge"), typed(waiting, into_number=other.number))
    assert response.status_code == 200
    text = response.content.decode()
    for shown in (waiting.number, waiting.description, "Çiçek Sokak 5", other.number, "Kaldırım çökmüş.", "Ilık Tepe"):
        assert shown in text
    assert f"{waiting.number} numarali basvurunuz {other.number} ile birlestirildi" in text  # the SMS to come
    assert status_of(waiting) == Status.RECEIVED
    assert not Message.objects.filter(event="request_merged").exists()


@pytest.mark.parametrize("number", ["", "26-9999999-9"])
def test_what_cannot_be_merged_is_said_before_the_second_look(
    number: str, clerk: Client, waiting: ServiceRequest
) -> None:
    response = clerk.post(decide(TRIAGE, waiting, "merge"), typed(waiting, into_number=number or waiting.number))
    assert response.status_code == 422
    assert response.context["page"].typed["merge"].errors["into_number"]


def test_who_may_not_merge_gets_no_second_look(
    browser: Browser, people: People, waiting: ServiceRequest, town: Town
) -> None:
    other = factories.submit(town, description="Kaldırım çökmüş.")
    response = browser(people.agent).post(decide(ALL, waiting, "merge"), typed(waiting, into_number=other.number))
    assert response.status_code == 403
    assert "Bu iki başvuru birleştirilsin mi?" not in response.content.decode()


def test_merging_takes_the_number_of_the_other(clerk: Client, waiting: ServiceRequest, town: Town) -> None:
    other = factories.submit(town)
    number = other.number.replace("-", " ")
    clerk.post(decide(TRIAGE, waiting, "merge"), typed(waiting, into_number=number, confirmed="1"))
    waiting.refresh_from_db()
    assert (waiting.status, waiting.merged_into) == (Status.MERGED, other)


def test_correcting_category_and_place_keeps_it_on_the_page(clerk: Client, waiting: ServiceRequest, town: Town) -> None:
    values = {"kind": "request", "category": "agac", "neighbourhood": "ilik", "address": "Park Sokak", "latitude": "39,005", "longitude": "34.005"}  # fmt: skip
    response = clerk.post(decide(TRIAGE, waiting, "reclassify"), typed(waiting, **values))
    waiting.refresh_from_db()
    assert response.headers["Location"].startswith(page(TRIAGE, waiting))
    assert (waiting.category, waiting.neighbourhood, waiting.latitude) == (town.tree, town.hill, 39.005)


def test_a_note_is_kept_and_shown(clerk: Client, waiting: ServiceRequest) -> None:
    clerk.post(decide(TRIAGE, waiting, "note"), typed(waiting, text="İkinci kez aradı."))
    assert "İkinci kez aradı." in clerk.get(page(TRIAGE, waiting)).content.decode()


DECISIONS = {
    "route": {"department": 1},
    "ask": {"question": "Nerede?"},
    "reject": {"reason": "Reklam."},
    "forward": {"authority": 1},
    "merge": {"into_number": "x"},
    "reclassify": {"kind": "request"},
    "note": {"text": "Not."},
}


@pytest.fixture
def sent(town: Town) -> dict[str, dict[str, Any]]:
    """Right values for every decision."""
    other = factories.submit(town)
    ids = {"route": {"department": town.roads.pk}, "forward": {"authority": town.water_board.pk}, "merge": {"into_number": other.number}}  # fmt: skip
    return {name: {**values, **ids.get(name, {})} for name, values in DECISIONS.items()}


OTHERS = ["agent", "administrator", "head_a", "staff_a", "head_b", "stranger"]
NOT_THEIRS = [(who, decision) for who in OTHERS for decision in DECISIONS if (who, decision) != ("agent", "note")]


@pytest.mark.parametrize(("who", "decision"), NOT_THEIRS)
def test_nobody_else_decides(
    who: str, decision: str, people: People, browser: Browser, waiting: ServiceRequest, sent: dict[str, Any]
) -> None:
    person = browser(getattr(people, who))
    for model in (TRIAGE, ALL):
        response = person.post(decide(model, waiting, decision), typed(waiting, **sent[decision]))
        assert response.status_code in (302, 403)
    waiting.refresh_from_db()
    assert (waiting.version, waiting.status) == (1, Status.RECEIVED)


@pytest.mark.parametrize("decision", DECISIONS)
def test_a_visitor_decides_nothing(
    decision: str, client: Client, waiting: ServiceRequest, sent: dict[str, Any]
) -> None:
    client.post(decide(TRIAGE, waiting, decision), typed(waiting, **sent[decision]))
    assert ServiceRequest.objects.get(pk=waiting.pk).version == 1


def test_a_decision_needs_a_post(clerk: Client, waiting: ServiceRequest) -> None:
    assert clerk.get(decide(TRIAGE, waiting, "reject")).status_code == 405


def test_a_decision_that_does_not_exist_is_not_found(clerk: Client, waiting: ServiceRequest) -> None:
    assert clerk.post(decide(TRIAGE, waiting, "explode"), typed(waiting)).status_code == 404


# --- Refusals ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("decision", "values", "message"),
    [
        ("route", {"department": ""}, "Listeden bir müdürlük seçin."),
        ("route", {"department": "999999"}, "Listeden bir müdürlük seçin."),
        ("route", {"department": "bir"}, "Listeden bir müdürlük seçin."),
        ("forward", {"authority": "999999"}, "Listeden bir kurum seçin."),
        ("merge", {"into_number": "26-9999999-9"}, "başvuru"),
        ("reject", {"reason": "   "}, "Nedenini yazın."),
        ("ask", {"question": ""}, "Soruyu yazın."),
        ("reclassify", {"kind": "request", "latitude": "39"}, "Nokta için"),
        ("reclassify", {"kind": "request", "latitude": "41", "longitude": "29"}, "belediye sınırlarının dışında"),
        ("reclassify", {"kind": "nothing"}, "problem"),
    ],
)
def test_bad_input_is_refused_beside_the_field(
    decision: str, values: dict[str, str], message: str, clerk: Client, waiting: ServiceRequest
) -> None:
    response = clerk.post(decide(TRIAGE, waiting, decision), typed(waiting, **values))
    assert response.status_code == 422
    assert message in response.content.decode()
    assert status_of(waiting) == Status.RECEIVED


def test_merging_into_a_finished_application_is_refused(
    clerk: Client, waiting: ServiceRequest, town: Town, people: People
) -> None:
    finished = factories.closed(town, people)
    response = clerk.post(decide(TRIAGE, waiting, "merge"), typed(waiting, into_number=finished.number))
    assert response.status_code == 422
    assert "O başvuru sonuçlanmış" in response.content.decode()


def test_a_stale_version_keeps_what_was_typed_and_says_who_was_quicker(
    clerk: Client, waiting: ServiceRequest, town: Town, people: People
) -> None:
    triage.reclassify(
        request_id=waiting.pk,
        kind=waiting.kind,
        category=town.tree,
        place=Place(),
        actor=Actor.staff(people.specialist),
    )
    response = clerk.post(decide(TRIAGE, waiting, "reject"), typed(waiting, reason="Uzun uzun yazılmış neden."))
    text = response.content.decode()
    assert response.status_code == 409
    assert "Elif Denet" in text
    assert "Uzun uzun yazılmış neden." in text
    assert status_of(waiting) == Status.RECEIVED
    assert f'name="version" value="{waiting.version + 1}"' in text


def test_a_decision_on_what_was_decided_meanwhile_hands_back_what_was_typed(
    clerk: Client, waiting: ServiceRequest, town: Town, people: People
) -> None:
    triage.route(request_id=waiting.pk, department=town.parks, actor=Actor.staff(people.specialist))
    response = clerk.post(decide(TRIAGE, waiting, "reject"), typed(waiting, reason="Yazdıklarım burada."))
    assert response.status_code == 409
    assert response.context["page"].lost_texts == ["Yazdıklarım burada."]


def test_a_second_tab_with_another_reason_is_told_and_keeps_its_words(clerk: Client, waiting: ServiceRequest) -> None:
    address = decide(TRIAGE, waiting, "reject")
    clerk.post(address, typed(waiting, reason="Aynısı vardı."))
    second = clerk.post(address, typed(waiting, reason="Konu belediyenin değil."))
    assert second.status_code == 409
    assert "Konu belediyenin değil." in second.content.decode()
    assert waiting.notes.get().text == "Aynısı vardı."


@pytest.mark.parametrize(("other", "status"), [("roads", 302), ("parks", 409)])
def test_a_second_press_is_one_only_for_the_same_department(
    other: str, status: int, clerk: Client, waiting: ServiceRequest, town: Town
) -> None:
    address = decide(TRIAGE, waiting, "route")
    clerk.post(address, typed(waiting, department=town.roads.pk))
    second = clerk.post(address, typed(waiting, department=getattr(town, other).pk))
    assert second.status_code == status
    waiting.refresh_from_db()
    assert waiting.department == town.roads


def test_correcting_twice_with_one_form_is_no_error(clerk: Client, waiting: ServiceRequest) -> None:
    values = typed(
        waiting, kind="suggestion", category="cukur", address="Gül Sokak 3", latitude="39.005", longitude="34.005"
    )
    address = decide(TRIAGE, waiting, "reclassify")
    assert [clerk.post(address, values).status_code for _press in range(2)] == [302, 302]
    assert clerk.post(address, {**values, "address": "Gül Sokak 5"}).status_code == 409


def test_merging_twice_is_no_error(clerk: Client, waiting: ServiceRequest, town: Town) -> None:
    values = typed(waiting, into_number=factories.submit(town).number, confirmed="1")
    address = decide(TRIAGE, waiting, "merge")
    assert [clerk.post(address, values).status_code for _press in range(2)] == [302, 302]
    assert clerk.post(address, {**values, "into_number": factories.submit(town).number}).status_code == 409


def test_pressing_twice_leaves_one_note(clerk: Client, waiting: ServiceRequest) -> None:
    for text in ("Arandı.", "Arandı.", "Yine arandı."):
        clerk.post(decide(TRIAGE, waiting, "note"), typed(waiting, text=text))
    assert [note.text for note in waiting.notes.all()] == ["Arandı.", "Yine arandı."]


def test_pressing_twice_is_no_error(clerk: Client, waiting: ServiceRequest, town: Town) -> None:
    address, values = decide(TRIAGE, waiting, "route"), typed(waiting, department=town.roads.pk)
    first, second = clerk.post(address, values), clerk.post(address, values)
    assert (first.status_code, second.status_code) == (302, 302)
    assert waiting.events.filter(verb="route").count() == 1


def test_the_same_press_by_somebody_else_is_told(
    clerk: Client, specialist: Client, waiting: ServiceRequest, town: Town
) -> None:
    address, values = decide(TRIAGE, waiting, "route"), typed(waiting, department=town.roads.pk)
    specialist.post(address, values)
    assert clerk.post(address, values).status_code == 409


def test_a_standard_reply_is_put_below_what_was_typed(clerk: Client, waiting: ServiceRequest, town: Town) -> None:
    values = typed(waiting, reason="Merhaba.", reply=StandardReply.objects.get().pk, insert="1")
    response = clerk.post(decide(TRIAGE, waiting, "reject"), values)
    assert "Merhaba.\n\nÇukur kapatıldı." in response.content.decode()
    assert status_of(waiting) == Status.RECEIVED


def test_standard_replies_stand_in_groups_as_they_do_at_the_desk(
    clerk: Client, waiting: ServiceRequest, town: Town
) -> None:
    for outcome in ("scheduled", "resolved"):
        StandardReply.objects.create(code=outcome, title=f"Metin {outcome}", body="Metin.", outcome=outcome)
    StandardReply.objects.create(code="budandi", title="Budandı", body="Ağaç budandı.", category=town.tree)

    body = clerk.get(page(TRIAGE, waiting)).content.decode()

    groups = [body.index(f'<optgroup label="{name}') for name in ("Her cevap", "Çözüldü", "Programa alındı")]
    titles = [body.index(f"{title}</option>") for title in ("Kapatıldı", "Metin resolved", "Metin scheduled")]
    assert sorted(groups + titles) == [groups[0], titles[0], groups[1], titles[1], groups[2], titles[2]]
    assert "Budandı" not in body
