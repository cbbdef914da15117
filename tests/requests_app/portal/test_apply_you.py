"""Step three: who applies."""

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from common.memo import forget_all
from departments.models import LegalText
from notifications.models import Consent
from requests_app.models import Applicant
from tests import factories
from tests.requests_app.portal.citizen import Citizen, text_of


@pytest.fixture
def citizen(town: factories.Town) -> Citizen:
    citizen = Citizen()
    citizen.take("what")
    citizen.take("where")
    return citizen


def test_name_and_phone_lead_to_the_last_look(citizen: Citizen) -> None:
    assert citizen.take("you")["Location"] == "/basvuru/kontrol/"


def test_contact_details_are_kept_in_their_stored_form(citizen: Citizen) -> None:
    citizen.take("you", phone="(0500) 000-00-01", email="Zeynep@Example.org")
    citizen.send()
    applicant = citizen.draft.request.applicant
    assert (applicant.name, applicant.phone, applicant.email) == (
        "Zeynep Deneme",
        "+905000000001",
        "Zeynep@Example.org",
    )
    assert applicant.phone_verified_at is None


def test_a_missing_name_is_asked_for(citizen: Citizen) -> None:
    response = citizen.take("you", name="")
    assert response.status_code == 422
    assert "Adınızı ve soyadınızı yazın." in text_of(response)


def test_a_missing_phone_is_asked_for(citizen: Citizen) -> None:
    response = citizen.take("you", phone="")
    assert response.status_code == 422
    assert "Cep telefonu numaranızı yazın." in text_of(response)


def test_errors_stand_in_the_order_of_the_fields(citizen: Citizen) -> None:
    page = text_of(citizen.take("you", name="", phone="12"))
    assert page.index("#id_name") < page.index("#id_phone")


@pytest.mark.parametrize("phone", ["0500 000 00", "abc", "0500 000 00 0a", "\x00", "05000000001 ve 05000000002"])
def test_a_wrong_phone_is_refused_with_an_example(citizen: Citizen, phone: str) -> None:
    response = citizen.take("you", phone=phone)
    assert response.status_code == 422
    page = strip_tags(text_of(response))
    assert "Telefon numarası 05 ile başlamalı ve 11 hane olmalı. Örnek: 0500 000 00 00." in page


def test_a_landline_is_refused_because_it_gets_no_sms(citizen: Citizen) -> None:
    response = citizen.take("you", phone="0312 000 00 00")
    assert response.status_code == 422
    assert "id_phone_error" in text_of(response)


@pytest.mark.parametrize(
    "email", ["zeynep", "zeynep@", "a@b", "zeynep@örnek .org", "z\x00@example.org", "a@" + "b" * 300]
)
def test_a_wrong_email_is_refused_with_one_message(citizen: Citizen, email: str) -> None:
    response = citizen.take("you", email=email)
    assert response.status_code == 422
    assert text_of(response).count("E-posta adresini şöyle yazın: ad@example.org") == 2  # summary and field


@pytest.mark.parametrize("name", ["<b>Ali</b>", "=SUM(A1)", "+90500", "@ali", "--", "12345", "Ali|Veli", "A"])
def test_markup_formulas_and_numbers_are_no_names(citizen: Citizen, name: str) -> None:
    response = citizen.take("you", name=name)
    assert response.status_code == 422
    assert "Adınızı ve soyadınızı harflerle yazın" in text_of(response)


@pytest.mark.parametrize(
    "name", ["Şükrü İğdeoğlu", "O'Neill Ayşe-Gül", "5. Cadde Apt. Yönetimi", "Ağ & Su Ltd. Şti.", "李小龙"]
)
def test_real_names_are_taken(citizen: Citizen, name: str) -> None:
    assert citizen.take("you", name=name).status_code == 302


def test_applying_without_a_name_says_plainly_what_it_means(citizen: Citizen) -> None:
    page = text_of(citizen.get("apply_step", "you"))
    assert "kanun cevap vermemizi zorunlu tutmaz" in page
    assert "Size SMS gönderemeyiz" in page


def test_without_a_name_nobody_is_stored(citizen: Citizen) -> None:
    assert citizen.take("you", identity="nameless").status_code == 302
    citizen.send()
    sent = citizen.draft.request
    assert sent.is_anonymous
    assert sent.legal_due_at is None
    assert not Applicant.objects.exists()


def test_without_a_name_wrong_contact_details_are_no_mistake(citizen: Citizen) -> None:
    assert citizen.take("you", identity="nameless", name="<>", phone="12", email="x").status_code == 302


def test_an_information_request_needs_a_name(citizen: Citizen) -> None:
    citizen.take("what", kind="information")
    page = text_of(citizen.get("apply_step", "you"))
    assert "Bilgi edinme başvurusu isimsiz yapılamaz" in page
    assert 'name="identity"' not in page


def test_an_information_request_cannot_be_made_nameless_by_force(citizen: Citizen) -> None:
    citizen.take("what", kind="information")
    assert citizen.take("you", identity="nameless", name="", phone="").status_code == 422


def test_turning_a_nameless_application_into_an_information_request_asks_for_the_name(citizen: Citizen) -> None:
    citizen.take("you", identity="nameless", name="", phone="")
    citizen.take("what", kind="information")
    assert citizen.send()["Location"] == "/basvuru/siz/?to=check&errors=1"
    assert not Applicant.objects.exists()


def test_the_notice_is_shown_and_its_version_kept(citizen: Citizen) -> None:
    assert "Aydınlatma metnini oku" in text_of(citizen.get("apply_step", "you"))
    citizen.take("you")
    citizen.send()
    assert citizen.draft.request.disclosure_version == "tr-1"


def publish(kind: str) -> None:
    """A second version is in force while the page with the first stands open."""
    LegalText.objects.create(
        kind=kind, language="tr", version=2, title=kind, body="Yeni metin.", effective_from=timezone.localdate()
    )
    forget_all()


@pytest.mark.parametrize("forged", ["", "tr-99", "2", "de-1", "x" * 200])
def test_a_notice_that_nobody_can_have_been_shown_is_refused(citizen: Citizen, forged: str) -> None:
    response = citizen.take("you", disclosure_version=forged)
    assert response.status_code == 422
    assert "Zeynep Deneme" in text_of(response)
    assert citizen.send()["Location"].startswith("/basvuru/siz/")


def test_who_was_shown_the_notice_of_before_reads_the_new_one_and_loses_nothing(citizen: Citizen) -> None:
    publish("disclosure")
    refused = citizen.take("you")
    page = text_of(refused)
    assert refused.status_code == 422
    assert "aydınlatma metni değişti" in page
    assert "Yeni metin." in page
    assert 'name="disclosure_version" value="tr-2"' in page
    assert "Zeynep Deneme" in page
    assert citizen.take("you", disclosure_version="tr-2").status_code == 302
    citizen.send()
    assert citizen.draft.request.disclosure_version == "tr-2"


def test_a_notice_that_changes_before_the_last_look_is_shown_again(citizen: Citizen) -> None:
    citizen.take("you")
    publish("disclosure")
    again = citizen.send()["Location"]
    assert again == "/basvuru/siz/?to=check&errors=1"
    assert "aydınlatma metni değişti" in text_of(citizen.client.get(again))


def test_a_notice_that_this_process_does_not_remember_yet_is_taken(citizen: Citizen) -> None:
    assert 'value="tr-1"' in text_of(citizen.get("apply_step", "you"))
    LegalText.objects.create(
        kind="disclosure", language="tr", version=2, title="x", body="x", effective_from=timezone.localdate()
    )
    assert citizen.take("you", disclosure_version="tr-2").status_code == 302


def test_in_english_the_english_notice_is_kept(town: factories.Town) -> None:
    citizen = Citizen("en")
    citizen.take("what")
    citizen.take("where")
    assert 'name="disclosure_version" value="en-1"' in text_of(citizen.get("apply_step", "you"))
    citizen.take("you", disclosure_version="en-1")
    citizen.send()
    assert citizen.draft.request.disclosure_version == "en-1"


def test_who_agreed_to_another_wording_is_asked_again_with_an_empty_box(citizen: Citizen) -> None:
    publish("announcement_consent")
    refused = citizen.take("you", announcements="on")
    page = text_of(refused)
    assert refused.status_code == 422
    assert "izin metni değişti" in page
    box = page[page.index('name="announcements"') :].split(">")[0]
    assert "checked" not in box
    citizen.take("you", announcements="on", announcements_version="tr-2")
    citizen.send()
    assert waiting_consent(citizen) == "tr-2"


def test_without_the_tick_the_wording_does_not_matter(citizen: Citizen) -> None:
    assert citizen.take("you", announcements_version="tr-99").status_code == 302


def test_the_consent_is_not_ticked_beforehand(citizen: Citizen) -> None:
    page = text_of(citizen.get("apply_step", "you"))
    box = page[page.index('name="announcements"') :].split(">")[0]
    assert "checked" not in box


def waiting_consent(citizen: Citizen) -> str:
    """The version of the consent that waits for the phone to be confirmed."""
    return str(Applicant.objects.get().announcements_version)


def test_without_the_tick_there_is_no_consent(citizen: Citizen) -> None:
    citizen.take("you")
    citizen.send()
    assert waiting_consent(citizen) == ""


def test_the_consent_waits_until_the_phone_is_confirmed(citizen: Citizen) -> None:
    citizen.take("you", announcements="on")
    citizen.send()
    assert waiting_consent(citizen) == "tr-1"
    assert not Consent.objects.exists()
    assert "Telefonunuzu" in text_of(citizen.get("receipt"))


def test_a_tick_can_be_taken_back(citizen: Citizen) -> None:
    citizen.take("you", announcements="on")
    citizen.take("you")
    citizen.send()
    assert waiting_consent(citizen) == ""


def test_nobody_without_a_name_consents(citizen: Citizen) -> None:
    citizen.take("you", identity="nameless", announcements="on")
    citizen.send()
    assert not Applicant.objects.exists()
    assert not Consent.objects.exists()
