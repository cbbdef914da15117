"""What was typed about an own request is there again: after a mistake, in the other language, after a late proof."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.http import HttpResponse
from django.utils import timezone

from common import typed
from common.secrets import new_secret
from requests_app.models import Feedback, Note, ServiceRequest
from requests_app.views import throttle
from tests import factories
from tests.requests_app.portal.citizen import Citizen, text_of
from tests.requests_app.portal.conftest import SECRET, picture

REFRESH = '<noscript><meta http-equiv="refresh"'


# --- After a mistake


def test_a_refused_form_can_be_opened_again_with_its_mistakes(owner: Citizen, closed: ServiceRequest) -> None:
    refused = owner.post("request_rate", closed.number, solved="no", comment="Çukur duruyor.")
    address = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', text_of(refused))
    assert refused.status_code == 422
    assert address is not None
    page = owner.client.get(address[1])
    assert page.status_code == 200
    assert "id_score_error" in text_of(page)
    assert "Çukur duruyor.</textarea>" in text_of(page)


def test_a_page_that_would_not_mention_the_refused_files_is_not_opened_by_itself(
    owner: Citizen, received: ServiceRequest
) -> None:
    too_many = [picture(f"{number}.jpg") for number in range(6)]
    refused = owner.post("request_add", received.number, text="Fotoğraflar", files=too_many)
    assert REFRESH not in text_of(refused)


def test_a_page_that_would_not_say_that_it_is_too_late_is_not_opened_by_itself(
    owner: Citizen, closed: ServiceRequest
) -> None:
    refused = owner.post("request_add", closed.number, text="Bir şey daha")
    assert REFRESH not in text_of(refused)


def test_who_comes_back_after_a_mistake_finds_the_text(owner: Citizen, received: ServiceRequest) -> None:
    owner.post("request_add", received.number, text="Uzun bir açıklama", files=[picture(f"{n}.jpg") for n in range(6)])
    page = text_of(owner.get("request_add", received.number))
    assert "Uzun bir açıklama</textarea>" in page
    assert "_error" not in page


def test_what_was_taken_is_not_shown_again(owner: Citizen, received: ServiceRequest) -> None:
    owner.post("request_add", received.number, text="Uzun bir açıklama", files=[picture(f"{n}.jpg") for n in range(6)])
    owner.post("request_add", received.number, text="Uzun bir açıklama")
    assert "Uzun bir açıklama" not in text_of(owner.get("request_add", received.number))


def test_it_stands_in_no_other_form_and_at_no_other_request(
    owner: Citizen, closed: ServiceRequest, town: factories.Town
) -> None:
    other = new_secret()
    second = factories.submit(town, secret=other)
    owner.get("track_link", other)
    owner.post("request_add", closed.number, text="Yalnız burada")
    assert "Yalnız burada" not in text_of(owner.get("request_reopen", closed.number))
    assert "Yalnız burada" not in text_of(owner.get("request_add", second.number))


def test_nobody_else_finds_it(owner: Citizen, received: ServiceRequest) -> None:
    owner.post("request_add", received.number, text="Benim sözüm", files=[picture(f"{n}.jpg") for n in range(6)])
    other = Citizen()
    other.get("track_link", SECRET)
    assert "Benim sözüm" not in text_of(other.get("request_add", received.number))


# --- In the other language


def test_the_other_language_shows_what_was_typed(owner: Citizen, received: ServiceRequest) -> None:
    sent = owner.post("request_add", received.number, text="Sağ tarafta", language="en")
    assert sent["Location"] == Citizen("en").url("request_add", received.number)
    page = text_of(owner.client.get(sent["Location"]))
    assert "What do you want to add?" in page
    assert "Sağ tarafta</textarea>" in page
    assert "_error" not in page
    assert not Note.objects.exists()


def test_choices_come_along_as_well(owner: Citizen, closed: ServiceRequest) -> None:
    sent = owner.post("request_rate", closed.number, solved="no", score="2", language="en")
    page = text_of(owner.client.get(sent["Location"]))
    assert len(re.findall(r"<input[^>]* checked", page)) == 2
    assert not Feedback.objects.exists()


def test_what_is_typed_on_the_tracking_page_comes_along(owner: Citizen, asked: ServiceRequest) -> None:
    page = text_of(owner.get("request", asked.number))
    assert f'formaction="{owner.url("request", asked.number)}"' in page
    sent = owner.post("request", asked.number, text="Mavi kapı", language="en")
    assert sent["Location"] == Citizen("en").url("request", asked.number)
    assert "Mavi kapı</textarea>" in text_of(owner.client.get(sent["Location"]))


@pytest.mark.parametrize("language", ["", "xx", "//evil.example"])
def test_a_language_that_we_do_not_speak_stays_on_the_page(
    owner: Citizen, received: ServiceRequest, language: str
) -> None:
    sent = owner.post("request_add", received.number, text="Sağ tarafta", language=language)
    assert sent["Location"] == owner.url("request_add", received.number)


def test_where_nothing_can_be_typed_the_language_is_a_plain_link(owner: Citizen, received: ServiceRequest) -> None:
    for name in ("request", "request_reopen", "request_rate"):
        assert 'name="language"' not in text_of(owner.get(name, received.number))


# --- After the proof has ended


def test_what_was_typed_too_late_waits_for_who_proves_it_anew(owner: Citizen, received: ServiceRequest) -> None:
    with time_machine.travel(timezone.now() + timedelta(hours=13), tick=False):
        late = from_here(owner, received.number, "Gece yazdım.")
        assert late["Location"] == f"/takip/?number={received.number}"
        assert "kaybolmadı" in text_of(owner.client.get(late["Location"]))
        owner.get("track_link", SECRET)
        assert "Gece yazdım.</textarea>" in text_of(owner.get("request_add", received.number))
    assert not Note.objects.exists()


def from_here(citizen: Citizen, number: str, text: str) -> HttpResponse:
    """What a browser sends that stands on our own page."""
    address = citizen.url("request_add", number)
    return citizen.client.post(address, {"text": text}, headers={"Origin": "http://testserver"})


def test_who_proved_nothing_can_leave_only_so_much_with_us(received: ServiceRequest) -> None:
    stranger = Citizen()
    from_here(stranger, received.number, "Uzun " * 100_000)
    kept = typed.kept(stranger.client.session, f"{received.number} add")
    assert kept is not None
    assert kept.data["text"].startswith("Uzun Uzun")
    assert len(kept.data["text"]) <= 20_000


def test_who_proved_nothing_can_leave_it_only_so_often_and_copies_it_from_the_page(received: ServiceRequest) -> None:
    with time_machine.travel(timezone.now(), tick=False):
        for _ in range(throttle.WORDS.most):
            assert throttle.allows(throttle.WORDS, "127.0.0.1")
        stranger = Citizen()
        page = from_here(stranger, received.number, "Gece yazdım.")
    assert page.status_code == 429
    assert "Gece yazdım." in text_of(page)
    assert not stranger.client.session.keys()


def test_without_a_proof_nothing_is_shown_and_nothing_is_kept_of_another_site(received: ServiceRequest) -> None:
    stranger = Citizen()
    address = stranger.url("request_add", received.number)
    stranger.client.post(address, {"text": "Yabancı söz"}, headers={"Origin": "https://evil.example"})
    assert stranger.get("request_add", received.number).status_code == 302
    stranger.get("track_link", SECRET)
    assert "Yabancı söz" not in text_of(stranger.get("request_add", received.number))
