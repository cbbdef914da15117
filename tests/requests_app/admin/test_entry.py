"""Entering an application for a caller: phone first, one press is one request, the number to read aloud."""

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from common.templatetags import ui
from departments import legal_texts
from notifications.models import Message
from requests_app.models import ServiceRequest
from requests_app.services import access
from requests_app.vocabulary import Channel, Kind
from tests import factories
from tests.factories import People, Town
from tests.requests_app.admin.addresses import page
from tests.requests_app.admin.conftest import Browser

ENTRY = "/admin/requests_app/servicerequest/entry/"


def told(**changes: Any) -> dict[str, Any]:
    """What the form sends for a caller who tells everything."""
    return {
        "key": str(uuid.uuid4()),
        "phone": "0500 000 00 01",
        "channel": "call_centre",
        "description": "Parkın lambası yanmıyor.",
        "category": "cukur",
        "kind": "",
        "neighbourhood": "merkez",
        "address": "Çiçek Sokak 5",
        "name": "Zeynep Deneme",
        "email": "",
        "language": "tr",
        "disclosure": "on",
        "disclosure_version": "tr-1",
        **changes,
    }


def entered() -> ServiceRequest:
    """The one request there is."""
    return ServiceRequest.objects.get()


def test_the_address_is_the_one_on_the_telephone_system(town: Town) -> None:
    assert reverse("admin:requests_app_servicerequest_entry") == ENTRY


def test_an_entered_application_holds_what_the_caller_said(agent: Client, town: Town, people: People) -> None:
    agent.post(ENTRY, told())
    request = entered()
    assert (request.channel, request.category, request.neighbourhood) == (
        Channel.CALL_CENTRE,
        town.pothole,
        town.centre,
    )
    assert (request.kind, request.entered_by) == (Kind.COMPLAINT, people.agent)
    assert (request.applicant.name, request.applicant.phone) == ("Zeynep Deneme", "+905000000001")
    assert request.disclosure_version == "tr-1"
    assert Message.objects.get().event == "request_received"


def test_the_number_is_shown_in_groups_to_read_aloud(agent: Client, town: Town) -> None:
    response = agent.post(ENTRY, told(), follow=True)
    year, serial, check = entered().number.split("-")
    assert response.context["groups"] == (year, serial[:3], serial[3:], check)
    assert "Numarayı okuyun:" in response.content.decode()


def test_a_second_press_makes_no_second_request(agent: Client, town: Town) -> None:
    sent = told()
    first, second = agent.post(ENTRY, sent), agent.post(ENTRY, sent)
    assert first.headers["Location"] == second.headers["Location"]
    assert ServiceRequest.objects.count() == 1


@pytest.mark.parametrize(
    "changes",
    [{"description": "Başka bir konu"}, {"name": "Ali Başka"}, {"phone": "0500 000 00 02"}, {"anonymous": "on"}],
)
def test_a_form_used_again_for_something_else_says_so_and_goes_on(
    changes: dict[str, str], agent: Client, town: Town
) -> None:
    sent = told()
    agent.post(ENTRY, sent)
    refused = agent.post(ENTRY, {**sent, **changes})
    assert refused.status_code == 409
    assert entered().number in refused.content.decode()
    agent.post(ENTRY, {**sent, **changes, "key": refused.context["form"]["key"].value()})
    assert ServiceRequest.objects.count() == 2


def test_two_callers_are_two_requests(agent: Client, town: Town) -> None:
    agent.post(ENTRY, told())
    agent.post(ENTRY, told())
    assert ServiceRequest.objects.count() == 2


def test_every_form_has_a_key_of_its_own(agent: Client, town: Town) -> None:
    keys = {agent.get(ENTRY).context["form"]["key"].value() for _ in range(2)}
    assert len(keys) == 2


def test_somebody_may_stay_anonymous(agent: Client, town: Town) -> None:
    agent.post(ENTRY, told(anonymous="on", name="Yarım kalmış", disclosure=""))
    assert entered().applicant is None
    assert not Message.objects.exists()


def test_an_information_request_needs_a_name(agent: Client, town: Town) -> None:
    response = agent.post(ENTRY, told(anonymous="on", kind="information"))
    assert response.status_code == 422
    assert not ServiceRequest.objects.exists()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"description": ""}, "Ne olduğunu ya da vatandaşın ne istediğini yazın."),
        ({"description": "x" * 4001}, "4000"),
        ({"description": "a\x00b"}, "saklanamayan"),
        ({"phone": "12345"}, "05 ile başlamalı"),
        ({"phone": "0312 000 00 00"}, "05 ile başla"),
        ({"name": ""}, "Adını ve soyadını yazın"),
        ({"disclosure": ""}, "Metni okuyun"),
        ({"email": "olmadi"}, "E-posta"),
        ({"category": "olmayan"}, "problem"),
        ({"neighbourhood": "olmayan"}, "problem"),
        ({"channel": "web"}, "problem"),
        ({"language": "xx"}, "problem"),
    ],
)
def test_bad_input_is_refused_and_nothing_typed_is_lost(
    changes: dict[str, str], message: str, agent: Client, town: Town
) -> None:
    response = agent.post(ENTRY, told(address="Kaybolmasın Sokak", **changes))
    text = response.content.decode()
    assert response.status_code == 422
    assert message in text
    assert "Kaybolmasın Sokak" in text
    assert not ServiceRequest.objects.exists()


def test_a_forged_key_is_refused(agent: Client, town: Town) -> None:
    assert agent.post(ENTRY, told(key="' OR 1=1")).status_code == 422


def test_questions_of_the_category_are_asked(agent: Client, town: Town) -> None:
    town.pothole.questions = [{"code": "derinlik", "label": "Ne kadar derin?", "type": "text", "required": True}]
    town.pothole.save()
    refused = agent.post(ENTRY, told())
    assert refused.status_code == 422
    assert "Ne kadar derin?" in refused.content.decode()
    agent.post(ENTRY, told(q_derinlik="Diz boyu"))
    assert entered().extra_answers == {"derinlik": "Diz boyu"}


def test_the_questions_come_as_a_piece_of_the_page(agent: Client, town: Town) -> None:
    town.tree.questions = [{"code": "tur", "label": "Hangi ağaç?", "type": "text"}]
    town.tree.save()
    address = reverse("admin:requests_app_servicerequest_questions")
    assert "Hangi ağaç?" in agent.post(address, {"category": "agac"}).content.decode()
    assert agent.post(address, {"category": "olmayan"}).content.decode().strip() == ""
    assert agent.get(address, {"category": "agac"}).status_code == 405


@pytest.fixture
def asked(town: Town) -> None:
    """A question about each of two subjects, and one about both."""
    again = {"code": "tekrar", "label": "Daha önce oldu mu?", "type": "text"}
    town.pothole.questions = [{"code": "derinlik", "label": "Ne kadar derin?", "type": "number"}, again]
    town.tree.questions = [{"code": "tur", "label": "Hangi ağaç?", "type": "text"}, again]
    for category in (town.pothole, town.tree):
        category.save()


@pytest.mark.usefixtures("asked")
def test_looking_the_phone_up_keeps_the_answers_to_the_questions(agent: Client) -> None:
    page = agent.post(ENTRY, {**told(q_derinlik="diz boyu", q_tekrar="Geçen yıl"), "lookup": "1"})
    questions = page.context["questions"]
    assert (questions["q_derinlik"].value(), questions["q_tekrar"].value()) == ("diz boyu", "Geçen yıl")
    assert page.context["form"].errors == {}  # nobody is judged before they have finished
    assert not ServiceRequest.objects.exists()


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("where", [ENTRY, "/admin/requests_app/servicerequest/entry/questions/"])
def test_answers_wait_unseen_while_another_category_is_chosen(where: str, agent: Client) -> None:
    page = agent.post(where, {**told(category="agac", q_derinlik="40", q_tekrar="Geçen yıl"), "lookup": "questions"})
    text = page.content.decode()
    assert '<input type="hidden" name="q_derinlik" value="40">' in text
    assert page.context["questions"]["q_tekrar"].value() == "Geçen yıl"
    assert "Ne kadar derin?" not in text


@pytest.mark.usefixtures("asked")
def test_an_answer_that_waits_survives_a_refusal_and_is_not_entered(agent: Client) -> None:
    sent = told(category="agac", q_derinlik="40", q_tur="Çam")
    refused = agent.post(ENTRY, {**sent, "description": ""})
    assert '<input type="hidden" name="q_derinlik" value="40">' in refused.content.decode()
    agent.post(ENTRY, sent)
    assert entered().extra_answers == {"tur": "Çam"}


def test_looking_the_phone_up_shows_earlier_applications_and_a_masked_name(agent: Client, town: Town) -> None:
    earlier = factories.submit(town)
    response = agent.post(ENTRY, {**told(name="", description="Yarım metin"), "lookup": "1"})
    text = response.content.decode()
    assert earlier.number in text
    assert page("servicerequest", earlier) in text
    assert "Z*** D***" in text
    assert "Zeynep Deneme" not in text
    assert "Yarım metin" in text
    assert ServiceRequest.objects.count() == 1


def test_the_agent_can_say_what_became_of_an_earlier_one(agent: Client, town: Town, people: People) -> None:
    factories.in_progress(town, people)
    text = agent.post(ENTRY, {**told(), "lookup": "1"}).content.decode()
    assert "Başvurunuz üzerinde çalışıyoruz." in text


def test_the_same_caller_need_not_be_typed_again(agent: Client, town: Town) -> None:
    factories.submit(town)
    agent.post(ENTRY, told(name="", same_person="on"))
    assert ServiceRequest.objects.get(channel=Channel.CALL_CENTRE).applicant.name == "Zeynep Deneme"


def test_a_typed_name_wins_over_the_one_of_last_time(agent: Client, town: Town) -> None:
    factories.submit(town)
    agent.post(ENTRY, told(name="Ali Deneme", same_person="on"))
    assert ServiceRequest.objects.get(channel=Channel.CALL_CENTRE).applicant.name == "Ali Deneme"


def test_nobody_is_the_same_person_as_nobody(agent: Client, town: Town) -> None:
    assert agent.post(ENTRY, told(name="", same_person="on")).status_code == 422
    assert not ServiceRequest.objects.exists()


def test_a_lookup_from_the_page_is_a_piece_of_it(agent: Client, town: Town) -> None:
    earlier = factories.submit(town)
    address = reverse("admin:requests_app_servicerequest_lookup")
    assert earlier.number in agent.post(address, {"phone": "0500 000 00 01"}).content.decode()
    assert earlier.number not in agent.post(address, {"phone": "0500 000 00 02"}).content.decode()
    assert agent.get(address).status_code == 405


def test_the_receipt_leads_to_the_request(agent: Client, town: Town) -> None:
    agent.post(ENTRY, told())
    receipt = agent.get(reverse("admin:requests_app_servicerequest_receipt", args=[entered().pk]))
    secret = receipt.context["link"].rstrip("/").rpartition("/")[2]
    assert access.by_secret(secret) == entered()
    assert entered().number in receipt.content.decode()


def test_the_receipt_names_date_subject_and_place(agent: Client, town: Town) -> None:
    agent.post(ENTRY, told())
    text = agent.get(reverse("admin:requests_app_servicerequest_receipt", args=[entered().pk])).content.decode()
    for proof in (ui.long_datetime(entered().submitted_at), "Şikâyet · Yol çukuru", "Merkez, Çiçek Sokak 5"):
        assert proof in text


def test_a_colleague_prints_the_receipt_without_the_secret_link(agent: Client, clerk: Client, town: Town) -> None:
    agent.post(ENTRY, told())
    receipt = clerk.get(reverse("admin:requests_app_servicerequest_receipt", args=[entered().pk]))
    assert receipt.status_code == 200
    assert receipt.context["link"] == ""


def test_the_notice_is_there_to_be_read_aloud(agent: Client, town: Town) -> None:
    notice = legal_texts.current("disclosure", "tr")
    assert notice is not None
    assert agent.get(ENTRY).context["notice"] == notice


@pytest.mark.parametrize("shown", ["tr-99", "1", ""])
def test_a_notice_other_than_the_one_shown_is_read_aloud_first(agent: Client, town: Town, shown: str) -> None:
    refused = agent.post(ENTRY, told(disclosure_version=shown))
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "Metin değişti" in page
    assert "Parkın lambası yanmıyor." in page
    assert 'name="disclosure_version" value="tr-1"' in page
    assert not refused.context["form"]["disclosure"].value()
    assert not ServiceRequest.objects.exists()


def test_looking_a_phone_up_keeps_the_tick_only_for_the_notice_that_was_read(agent: Client, town: Town) -> None:
    same = agent.post(ENTRY, told(lookup="1"))
    other = agent.post(ENTRY, told(lookup="1", disclosure_version="tr-99"))
    ticked = [bool(page.context["form"]["disclosure"].value()) for page in (same, other)]
    assert ticked == [True, False]


@pytest.mark.parametrize("who", ["administrator", "head_a", "staff_a", "stranger"])
def test_nobody_else_enters_or_looks_up(who: str, people: People, browser: Browser, town: Town) -> None:
    earlier = factories.submit(town)
    person = browser(getattr(people, who))
    lookup = reverse("admin:requests_app_servicerequest_lookup")
    for response in (person.get(ENTRY), person.post(ENTRY, told()), person.post(lookup, {"phone": "05000000001"})):
        assert response.status_code in (302, 403)
        assert earlier.number not in response.content.decode()
    assert ServiceRequest.objects.count() == 1


def test_a_visitor_enters_nothing(client: Client, town: Town) -> None:
    assert client.post(ENTRY, told()).status_code == 302
    assert not ServiceRequest.objects.exists()


def test_what_was_not_entered_by_staff_has_no_entry_pages(agent: Client, town: Town) -> None:
    request = factories.submit(town)
    for name in ("entered", "receipt"):
        assert agent.get(reverse(f"admin:requests_app_servicerequest_{name}", args=[request.pk])).status_code == 404
