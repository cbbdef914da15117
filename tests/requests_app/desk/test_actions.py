"""What a department does before it answers."""

from django.test import Client
from django.urls import reverse

from requests_app.actors import Actor
from requests_app.models import ContactReveal, Note, ServiceRequest
from requests_app.services import conversation, routing
from requests_app.vocabulary import Kind, NoteKind
from requests_app.workflow import Status
from tests.factories import People, Town, answered, closed, in_progress, make_user, routed, submit
from tests.requests_app.desk.conftest import Browser, action, page_of


def after(request: ServiceRequest) -> ServiceRequest:
    """The request as the database holds it now."""
    return ServiceRequest.objects.get(pk=request.pk)


def test_staff_accept_a_new_request(town: Town, people: People, staff: Client) -> None:
    request = routed(town, people)

    response = staff.post(action(request, "accept"), {"version": request.version}, follow=True)

    assert after(request).status == Status.IN_PROGRESS
    assert "Başvuruyu kabul ettiniz." in response.content.decode()


def test_what_the_router_sent_names_its_rule(town: Town, people: People, staff: Client) -> None:
    request = submit(town, category=town.rubbish)
    routing.route_waiting()

    assert "Kuralla yönlendirildi: Moloz (%100)" in staff.get(page_of(request)).content.decode()


def test_what_triage_sent_names_no_rule(town: Town, people: People, staff: Client) -> None:
    assert "Kuralla yönlendirildi" not in staff.get(page_of(routed(town, people))).content.decode()


def test_a_request_goes_back_to_triage_with_a_reason(town: Town, people: People, staff: Client) -> None:
    request = routed(town, people)
    sent = {"version": request.version, "reason": "Bu yol karayollarının."}

    response = staff.post(action(request, "return_to_triage"), sent)

    assert response["Location"] == reverse("desk:queue")
    assert after(request).status == Status.RECEIVED
    assert Note.objects.get(request=request, kind=NoteKind.REASON).text == "Bu yol karayollarının."


def test_a_return_without_a_reason_changes_nothing(town: Town, people: People, staff: Client) -> None:
    request = routed(town, people)

    response = staff.post(action(request, "return_to_triage"), {"version": request.version, "reason": "  "})

    assert response.status_code == 422
    assert "Nedenini yazın." in response.content.decode()
    assert after(request).status == Status.ROUTED


def test_a_question_stops_the_clock(town: Town, people: People, staff: Client) -> None:
    request = in_progress(town, people)

    staff.post(action(request, "ask"), {"version": request.version, "question": "Hangi kaldırım?"})

    assert after(request).status == Status.WAITING_FOR_APPLICANT
    body = staff.get(page_of(request)).content.decode()
    assert "Hangi kaldırım?" in body
    assert "Süre durdu: cevap bekleniyor" in body


def test_an_empty_question_is_refused_beside_its_field(town: Town, people: People, staff: Client) -> None:
    request = in_progress(town, people)

    response = staff.post(action(request, "ask"), {"version": request.version, "question": ""})

    assert response.status_code == 422
    assert response.context["forms"]["ask"].errors["question"] == ["Soruyu yazın."]


def test_work_goes_on_without_a_reply(town: Town, people: People, staff: Client) -> None:
    request = in_progress(town, people)
    asked = conversation.ask(request_id=request.pk, question="Nerede?", actor=Actor.staff(people.head_a))

    staff.post(action(request, "resume"), {"version": asked.version})

    assert after(request).status == Status.IN_PROGRESS


def test_a_note_is_for_staff(town: Town, people: People, staff: Client) -> None:
    request = in_progress(town, people)

    staff.post(action(request, "add_note"), {"version": request.version, "text": "Ekip yarın gidecek."})

    body = staff.get(page_of(request)).content.decode()
    assert "Ekip yarın gidecek." in body
    assert "Selin Usta" in body


def test_a_note_does_not_mind_that_somebody_was_quicker(town: Town, people: People, staff: Client) -> None:
    request = in_progress(town, people)
    conversation.add_note(request_id=request.pk, text="Önce bu.", actor=Actor.staff(people.head_a))

    response = staff.post(action(request, "add_note"), {"version": request.version, "text": "Sonra bu."})

    assert response.status_code == 302


def test_the_head_extends_an_information_request(town: Town, people: People, head: Client) -> None:
    request = in_progress(town, people, kind=Kind.INFORMATION)

    head.post(action(request, "extend"), {"version": request.version, "reason": "Tapuya soruldu."})

    assert after(request).extended


def test_staff_cannot_extend(town: Town, people: People, staff: Client) -> None:
    request = in_progress(town, people, kind=Kind.INFORMATION)

    response = staff.post(action(request, "extend"), {"version": request.version, "reason": "Tapuya soruldu."})

    assert response.status_code == 403
    assert "Tapuya soruldu." in response.content.decode()
    assert not after(request).extended


def test_only_information_requests_offer_an_extension(town: Town, people: People, head: Client) -> None:
    assert "extend" not in head.get(page_of(in_progress(town, people))).context["forms"]


def test_an_answer_under_review_leaves_nothing_to_do_but_notes(town: Town, people: People, head: Client) -> None:
    assert list(head.get(page_of(answered(town, people))).context["forms"]) == ["note"]


def test_a_finished_request_shows_its_answer(town: Town, people: People, head: Client) -> None:
    assert "Çukur kapatıldı." in head.get(page_of(closed(town, people))).content.decode()


def test_contact_details_are_masked(town: Town, people: People, head: Client) -> None:
    body = head.get(page_of(in_progress(town, people))).content.decode()

    assert "0500 *** ** 01" in body
    assert "0500 000 00 01" not in body
    assert "Zeynep Deneme" not in body


def test_a_department_may_not_reveal_them(town: Town, people: People, head: Client) -> None:
    request = in_progress(town, people)
    sent = {"version": request.version, "reason": "call"}

    response = head.post(reverse("desk:reveal", args=[request.number]), sent)

    assert response.status_code == 403
    assert "0500 000 00 01" not in response.content.decode()


def test_who_may_reveal_them_gives_a_reason_and_is_recorded(town: Town, people: People, browser: Browser) -> None:
    request = in_progress(town, people)
    agent = make_user("both", "İki Görev", "call_agent", staff_of=town.roads)
    sent = {"version": request.version, "reason": "visit"}

    response = browser(agent).post(reverse("desk:reveal", args=[request.number]), sent)

    assert "0500 000 00 01" in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert ContactReveal.objects.get().reason == "visit"


def test_revealing_without_a_reason_shows_nothing(town: Town, people: People, browser: Browser) -> None:
    request = in_progress(town, people)
    agent = make_user("both", "İki Görev", "call_agent", staff_of=town.roads)

    response = browser(agent).post(reverse("desk:reveal", args=[request.number]), {"version": 1, "reason": "x"})

    assert response.status_code == 422
    assert "0500 000 00 01" not in response.content.decode()
    assert not ContactReveal.objects.exists()


def test_an_application_without_a_name_says_so(town: Town, people: People, head: Client) -> None:
    request = in_progress(town, people, contact=None)

    assert "İsim verilmeden yapıldı." in head.get(page_of(request)).content.decode()


def test_a_version_that_is_no_number_changes_nothing(town: Town, people: People, staff: Client) -> None:
    request = routed(town, people)

    response = staff.post(action(request, "accept"), {"version": "1; drop"})

    assert response.status_code == 422
    assert after(request).status == Status.ROUTED


def test_markup_in_an_application_is_shown_as_text(town: Town, people: People, head: Client) -> None:
    request = in_progress(town, people, description="<script>alert(1)</script> çukur")

    assert "<script>alert" not in head.get(page_of(request)).content.decode()
