"""The receipt."""

import time_machine
from django.urls import reverse

from common.secrets import secret_hash
from requests_app.services import drafts
from tests.requests_app.portal.citizen import Citizen, text_of


def test_its_frame_proves_what_was_applied_for_and_when(citizen: Citizen) -> None:
    with time_machine.travel("2026-11-20 14:30+03:00", tick=False):
        sent = citizen.apply()
        page = text_of(citizen.get("receipt"))
    assert f'data-copy="{sent.number}"' in page
    frame = page[page.index('<section class="receipt">') : page.index("</section>")]
    assert "20 Kasım 2026 Cuma, 14.30" in frame
    assert "Yol çukuru" in frame
    assert "Merkez, Çiçek Sokak 5" in frame
    assert "Cevap için son gün" in frame
    assert "21 Aralık 2026 Pazartesi" in frame


def test_it_says_by_when_we_aim_to_deal_with_it(citizen: Citizen) -> None:
    citizen.apply()
    assert "Bu konuda hedefimiz" in text_of(citizen.get("receipt"))


def test_it_can_be_opened_again(citizen: Citizen) -> None:
    citizen.apply()
    first, second = text_of(citizen.get("receipt")), text_of(citizen.get("receipt"))
    assert citizen.draft.request.number in first
    assert citizen.draft.request.number in second


def test_its_link_opens_the_request(citizen: Citizen, settings: object) -> None:
    settings.PUBLIC_BASE_URL = "https://basvuru.ornek.example"  # type: ignore[attr-defined]
    sent = citizen.apply()
    secret = drafts.tracking_secret(citizen.key)
    assert secret_hash(secret) == sent.tracking_hash
    page = text_of(citizen.get("receipt"))
    assert f"https://basvuru.ornek.example{reverse('portal:track_link', args=[secret])}" in page


def test_its_code_is_drawn_in_the_page_itself(citizen: Citizen) -> None:
    citizen.apply()
    page = text_of(citizen.get("receipt"))
    assert 'role="img"' in page
    assert "<svg" in page
    assert " style=" not in page


def test_without_a_name_it_says_that_the_link_is_the_only_way(citizen: Citizen) -> None:
    citizen.apply(you={"identity": "nameless"})
    page = text_of(citizen.get("receipt"))
    assert "başvurunuzu yalnızca onunla takip edebilirsiniz" in page
    assert "Cevap için son gün" not in page


def test_it_is_kept_by_no_cache_and_no_search_engine(citizen: Citizen) -> None:
    citizen.apply()
    response = citizen.get("receipt")
    assert "no-store" in response["Cache-Control"]
    assert 'name="robots" content="noindex"' in text_of(response)


def test_without_the_cookie_there_is_no_receipt(citizen: Citizen) -> None:
    citizen.apply()
    assert Citizen().get("receipt")["Location"] == "/takip/"


def test_an_unsent_draft_has_no_receipt(citizen: Citizen) -> None:
    citizen.fill()
    assert citizen.get("receipt")["Location"] == "/takip/"
