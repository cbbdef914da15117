"""What an applicant can do about an own request."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.utils import timezone

from notifications.models import Message
from requests_app.actors import Actor
from requests_app.models import Attachment, Feedback, Note, ServiceRequest
from requests_app.services import conversation
from requests_app.workflow import Status
from tests import factories
from tests.requests_app.portal.citizen import Citizen, last_code, text_of
from tests.requests_app.portal.conftest import SECRET, opened, picture


def status_of(request: ServiceRequest) -> str:
    request.refresh_from_db()
    return request.status


# --- Adding and replying


def test_text_and_files_can_be_added(owner: Citizen, received: ServiceRequest) -> None:
    response = owner.post("request_add", received.number, text="Sağ tarafta.", files=[picture("a.jpg")])
    assert response["Location"] == f"/takip/basvuru/{received.number}/"
    assert Note.objects.get().text == "Sağ tarafta."
    assert Attachment.objects.get().original_name == "a.jpg"
    assert "eklediğiniz bilgiyi aldık" in text_of(owner.get("request", received.number))


def test_sending_twice_adds_it_once(owner: Citizen, received: ServiceRequest) -> None:
    for _press in range(2):
        response = owner.post("request_add", received.number, text="Sağ tarafta.", files=[picture("a.jpg")])
        assert response.status_code == 302
    assert Note.objects.count() == Attachment.objects.count() == 1


def test_the_same_words_with_another_photo_are_something_new(owner: Citizen, received: ServiceRequest) -> None:
    for size in ((40, 30), (50, 30)):
        owner.post("request_add", received.number, text="Foto", files=[picture("a.jpg", size)])
    assert Attachment.objects.count() == 2


def test_sending_a_reply_twice_is_one_reply(owner: Citizen, asked: ServiceRequest) -> None:
    for _press in range(2):
        assert owner.post("request_add", asked.number, text="12 numara.").status_code == 302
    assert [note.text for note in Note.objects.filter(author=None)] == ["12 numara."]


def test_the_same_words_after_something_else_happened_are_kept(
    owner: Citizen, received: ServiceRequest, people: factories.People
) -> None:
    owner.post("request_add", received.number, text="Evet.")
    conversation.add_note(request_id=received.pk, text="Arandı.", actor=Actor.staff(people.clerk))
    owner.post("request_add", received.number, text="Evet.")
    assert Note.objects.filter(text="Evet.").count() == 2


def test_nothing_cannot_be_added(owner: Citizen, received: ServiceRequest) -> None:
    response = owner.post("request_add", received.number, text="  ")
    assert response.status_code == 422
    assert "Göndermeden önce bir şey yazın." in text_of(response)


@pytest.mark.parametrize("text", ["a" * 4001, "bir\x00iki"])
def test_text_that_cannot_be_kept_is_shown_again(owner: Citizen, received: ServiceRequest, text: str) -> None:
    response = owner.post("request_add", received.number, text=text)
    assert response.status_code == 422
    assert "id_text_error" in text_of(response)
    assert not Note.objects.exists()


def test_a_bad_file_keeps_the_text(owner: Citizen, received: ServiceRequest) -> None:
    file = SimpleUploadedFile("kotu.exe", b"MZ")
    response = owner.post("request_add", received.number, text="Uzun bir açıklama", files=[file])
    assert response.status_code == 422
    assert "kotu.exe" in text_of(response)
    assert "Uzun bir açıklama</textarea>" in text_of(response)
    assert not Note.objects.exists()


def test_too_many_files_at_once_are_refused(owner: Citizen, received: ServiceRequest) -> None:
    files = [picture(f"{number}.jpg") for number in range(6)]
    response = owner.post("request_add", received.number, text="Fotoğraflar", files=files)
    assert response.status_code == 422
    assert "id_files_error" in text_of(response)


def test_nothing_can_be_added_once_it_is_finished(owner: Citizen, closed: ServiceRequest) -> None:
    response = owner.post("request_add", closed.number, text="Bir şey daha")
    assert response.status_code == 409
    assert "Bir şey daha</textarea>" in text_of(response)


def test_the_reply_takes_the_request_back_to_work(owner: Citizen, asked: ServiceRequest) -> None:
    assert status_of(asked) == Status.WAITING_FOR_APPLICANT
    response = owner.post("request_add", asked.number, text="Mavi kapı.")
    assert response.status_code == 302
    assert status_of(asked) == Status.IN_PROGRESS


def test_an_empty_reply_shows_the_question_again(owner: Citizen, asked: ServiceRequest) -> None:
    response = owner.post("request_add", asked.number, text="")
    assert response.status_code == 422
    assert "Hangi kapı?" in text_of(response)


def test_the_page_for_adding_can_be_opened_by_itself(owner: Citizen, received: ServiceRequest) -> None:
    assert "Ne eklemek istiyorsunuz?" in text_of(owner.get("request_add", received.number))


# --- Withdrawing


def confirm_phone(owner: Citizen, request: ServiceRequest, then: str) -> HttpResponse:
    """Ask for the code on the page of what it is needed for, and enter it on the next."""
    page = f"{owner.url('request_contact', request.number)}?then={then}"
    asked = owner.client.post(page, {"send": "1"})
    return owner.client.post(asked["Location"], {"code": last_code("contact")})


def withdrawn(owner: Citizen, request: ServiceRequest) -> ServiceRequest:
    confirm_phone(owner, request, "withdraw")
    owner.post("request_withdraw", request.number)
    return request


def test_the_link_alone_withdraws_nothing(owner: Citizen, received: ServiceRequest) -> None:
    page = text_of(owner.get("request_withdraw", received.number))
    assert "Bunu sizden başkası yapamasın diye" in page
    assert "Bana kod gönder" in page
    sent = owner.post("request_withdraw", received.number)
    assert sent["Location"] == f"{owner.url('request_contact', received.number)}?then=withdraw"
    assert status_of(received) == Status.RECEIVED


def test_the_code_leads_back_to_withdrawing_and_withdraws_nothing_by_itself(
    owner: Citizen, received: ServiceRequest
) -> None:
    back = confirm_phone(owner, received, "withdraw")["Location"]
    assert back == owner.url("request_withdraw", received.number)
    page = text_of(owner.client.get(back))
    assert "geri çekmek istiyor musunuz?" in page
    assert "cevap vermeyiz" in page
    assert status_of(received) == Status.RECEIVED


@pytest.mark.parametrize("then", ["", "add", "../../yonetim", "https://example.org"])
def test_a_code_leads_nowhere_else(owner: Citizen, received: ServiceRequest, then: str) -> None:
    assert confirm_phone(owner, received, then)["Location"] == owner.url("request", received.number)


def test_withdrawing_ends_the_request_and_says_how_to_continue_it(owner: Citizen, received: ServiceRequest) -> None:
    withdrawn(owner, received)
    assert status_of(received) == Status.WITHDRAWN
    page = text_of(owner.get("request", received.number))
    assert "Başvurunuzu geri çektiniz." in page
    assert "Sürdürmek için son gün" in page
    assert owner.url("request_restore", received.number) in page
    assert Message.objects.filter(event="request_withdrawn").count() == 1


def test_without_a_phone_the_link_is_enough_to_withdraw_and_to_continue(owner: Citizen, town: factories.Town) -> None:
    request = opened(owner, factories.submit(town, secret=SECRET, contact=None))
    owner.post("request_withdraw", request.number)
    assert status_of(request) == Status.WITHDRAWN
    owner.post("request_restore", request.number)
    assert status_of(request) == Status.RECEIVED
    assert not Message.objects.exists()


def test_what_was_withdrawn_can_be_continued_with_fresh_clocks(owner: Citizen, received: ServiceRequest) -> None:
    withdrawn(owner, received)
    with time_machine.travel(timezone.now() + timedelta(days=20), tick=False):
        owner.get("track_link", SECRET)
        back = confirm_phone(owner, received, "restore")["Location"]
        assert "sürdürmek istiyor musunuz?" in text_of(owner.client.get(back))
        owner.client.post(back)
        assert status_of(received) == Status.RECEIVED
        assert received.clock_started_at == timezone.now()
    assert Message.objects.filter(event="request_restored").count() == 1


def test_the_link_alone_continues_nothing(owner: Citizen, received: ServiceRequest) -> None:
    withdrawn(owner, received)
    stranger = Citizen()
    stranger.get("track_link", SECRET)
    sent = stranger.post("request_restore", received.number)
    assert sent["Location"] == f"{stranger.url('request_contact', received.number)}?then=restore"
    assert status_of(received) == Status.WITHDRAWN


def test_what_the_department_had_goes_to_triage_when_it_is_continued(
    owner: Citizen, town: factories.Town, people: factories.People
) -> None:
    request = withdrawn(owner, opened(owner, factories.in_progress(town, people, secret=SECRET)))
    owner.post("request_restore", request.number)
    assert status_of(request) == Status.RECEIVED
    assert request.department is None


def test_after_the_window_it_cannot_be_continued(owner: Citizen, received: ServiceRequest) -> None:
    withdrawn(owner, received)
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        owner.get("track_link", SECRET)
        confirm_phone(owner, received, "restore")
        assert "surdur" not in text_of(owner.get("request", received.number))
        assert "Şimdi sürdürülemez." in text_of(owner.get("request_restore", received.number))
        assert owner.post("request_restore", received.number).status_code == 422
    assert status_of(received) == Status.WITHDRAWN


def test_what_was_not_withdrawn_is_not_continued(owner: Citizen, received: ServiceRequest) -> None:
    confirm_phone(owner, received, "restore")
    assert owner.post("request_restore", received.number).status_code == 409
    assert status_of(received) == Status.RECEIVED


def test_a_finished_request_cannot_be_withdrawn(owner: Citizen, closed: ServiceRequest) -> None:
    confirm_phone(owner, closed, "withdraw")
    response = owner.post("request_withdraw", closed.number)
    assert response.status_code == 409
    assert status_of(closed) == Status.CLOSED


def test_a_finished_request_does_not_offer_to_be_withdrawn(owner: Citizen, closed: ServiceRequest) -> None:
    assert "Şimdi geri çekilemez." in text_of(owner.get("request_withdraw", closed.number))


# --- Reopening


def test_a_closed_request_is_reopened_with_a_reason(owner: Citizen, closed: ServiceRequest) -> None:
    assert owner.post("request_reopen", closed.number, reason="Çukur yine açıldı.").status_code == 302
    assert status_of(closed) == Status.ROUTED
    assert Note.objects.get().text == "Çukur yine açıldı."


def test_reopening_needs_a_reason(owner: Citizen, closed: ServiceRequest) -> None:
    response = owner.post("request_reopen", closed.number, reason="")
    assert response.status_code == 422
    assert "Neyin çözülmediğini yazın." in text_of(response)
    assert status_of(closed) == Status.CLOSED


def test_after_the_window_it_cannot_be_reopened_and_the_reason_is_not_lost(
    owner: Citizen, closed: ServiceRequest
) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        owner.get("track_link", SECRET)
        assert "yeniden-ac" not in text_of(owner.get("request", closed.number))
        response = owner.post("request_reopen", closed.number, reason="Çok geç kaldım.")
    assert response.status_code == 422
    assert "Çok geç kaldım.</textarea>" in text_of(response)
    assert status_of(closed) == Status.CLOSED


def test_an_open_request_is_not_reopened(owner: Citizen, received: ServiceRequest) -> None:
    assert owner.post("request_reopen", received.number, reason="x").status_code == 409


# --- Rating


def test_a_closed_request_is_rated(owner: Citizen, closed: ServiceRequest) -> None:
    assert "Sorununuz çözüldü mü?" in text_of(owner.get("request", closed.number))
    assert owner.post("request_rate", closed.number, solved="yes", score="5", comment="Sağ olun").status_code == 302
    feedback = Feedback.objects.get()
    assert (feedback.solved, feedback.score, feedback.comment) == (True, 5, "Sağ olun")


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"score": "3"}, "id_solved_error"),
        ({"solved": "yes"}, "id_score_error"),
        ({"solved": "yes", "score": "6"}, "id_score_error"),
        ({"solved": "yes", "score": "0"}, "id_score_error"),
        ({"solved": "maybe", "score": "3"}, "id_solved_error"),
        ({"solved": "no", "score": "1", "comment": "a" * 501}, "id_comment_error"),
    ],
)
def test_an_incomplete_rating_says_what_is_missing(
    owner: Citizen, closed: ServiceRequest, fields: dict[str, str], where: str
) -> None:
    response = owner.post("request_rate", closed.number, **fields)
    assert response.status_code == 422
    assert where in text_of(response)
    assert not Feedback.objects.exists()


def test_a_request_is_rated_once(owner: Citizen, closed: ServiceRequest) -> None:
    owner.post("request_rate", closed.number, solved="yes", score="5")
    assert owner.post("request_rate", closed.number, solved="no", score="1").status_code == 422
    assert Feedback.objects.get().score == 5
    assert "request_rate" not in text_of(owner.get("request", closed.number))


def test_an_open_request_is_not_rated(owner: Citizen, received: ServiceRequest) -> None:
    assert owner.post("request_rate", received.number, solved="yes", score="5").status_code == 409
    assert "Şimdi değerlendirilemez" in text_of(owner.get("request_rate", received.number))
