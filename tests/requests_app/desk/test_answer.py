"""Drafting and sending an answer."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from requests_app.actors import Actor
from requests_app.models import Answer, AnswerState, Attachment, StandardReply
from requests_app.services import answers
from requests_app.vocabulary import Outcome
from requests_app.workflow import Status
from tests.factories import People, Town, answered, closed, in_progress, status_of
from tests.requests_app.desk.conftest import action, answer, page_of, photo


def test_staff_save_a_draft_that_waits_for_the_head(town: Town, people: People, staff: Client) -> None:
    request = in_progress(town, people)

    response = staff.post(action(request, "draft_answer"), answer(request), follow=True)

    assert Answer.objects.get(request=request).state == AnswerState.DRAFT
    assert "Müdürün göndermesini bekliyor." in response.content.decode()


def test_an_unfinished_draft_is_kept(town: Town, people: People, staff: Client) -> None:
    request = in_progress(town, people)

    staff.post(action(request, "draft_answer"), {"version": request.version, "text": "Yarım kal"})

    assert Answer.objects.get(request=request).text == "Yarım kal"


def test_the_head_sees_who_drafted(town: Town, people: People, head: Client, staff: Client) -> None:
    request = in_progress(town, people)
    staff.post(action(request, "draft_answer"), answer(request))

    body = head.get(page_of(request)).content.decode()

    assert "Taslağı yazan: Selin Usta." in body
    assert "Müdürün göndermesini bekliyor." not in body


def test_the_head_sends_the_answer_for_review(town: Town, people: People, head: Client) -> None:
    request = in_progress(town, people)

    response = head.post(action(request, "submit_answer"), answer(request), follow=True)

    assert status_of(request) == Status.ANSWERED
    assert "Cevap kontrole gönderildi." in response.content.decode()


def test_what_is_not_ours_names_an_authority(town: Town, people: People, head: Client) -> None:
    request = in_progress(town, people)

    refused = head.post(action(request, "submit_answer"), answer(request, outcome="not_ours"))
    sent = answer(request, outcome="not_ours", authority=town.water_board.pk)
    head.post(action(request, "submit_answer"), sent)

    assert refused.status_code == 422
    assert "Yetkili kurumu seçin" in refused.content.decode()
    assert Answer.objects.get().authority == town.water_board


def test_all_that_an_answer_lacks_is_told_in_one_go(town: Town, people: People, head: Client) -> None:
    request = in_progress(town, people)

    refused = head.post(action(request, "submit_answer"), answer(request, outcome="not_ours", text=" "))

    body = refused.content.decode()
    assert "Yetkili kurumu seçin" in body
    assert "Vatandaşın okuyacağı cevabı yazın" in body


def test_a_draft_keeps_the_authority_only_while_the_matter_is_not_ours(
    town: Town, people: People, staff: Client
) -> None:
    request = in_progress(town, people)
    sent = answer(request, outcome="not_ours", authority=town.water_board.pk)
    staff.post(action(request, "draft_answer"), sent)
    chosen = f'<option value="{town.water_board.pk}" selected>'
    assert chosen in staff.get(page_of(request)).content.decode()

    request.refresh_from_db()
    staff.post(action(request, "draft_answer"), {**sent, "version": request.version, "outcome": "refused"})
    assert Answer.objects.get().authority is None


def test_staff_cannot_send_it(town: Town, people: People, staff: Client) -> None:
    request = in_progress(town, people)

    response = staff.post(action(request, "submit_answer"), answer(request, text="Gönderemem bunu."))

    assert response.status_code == 403
    assert "Gönderemem bunu." in response.content.decode()
    assert status_of(request) == Status.IN_PROGRESS
    assert not Answer.objects.exists()


def test_staff_are_not_offered_to_send(town: Town, people: People, staff: Client) -> None:
    body = staff.get(page_of(in_progress(town, people))).content.decode()

    assert "submit_answer" not in body
    assert "Taslağı siz kaydedersiniz" in body


@pytest.mark.parametrize(
    ("missing", "field", "message"),
    [
        ({"outcome": ""}, "outcome", "Cevabın ne olduğunu seçin."),
        ({"text": " "}, "text", None),
        ({"outcome": "scheduled", "promised_on": ""}, "promised_on", None),
        ({"outcome": "scheduled", "promised_on": "2020-01-01"}, "promised_on", None),
        ({"outcome": "invented"}, "outcome", "Cevabın ne olduğunu seçin."),
        ({"outcome": "scheduled", "promised_on": "yarın"}, "promised_on", None),
        ({"text": "ç" * 4001}, "text", None),
        ({"text": "NUL \0 içerir"}, "text", None),
    ],
)
def test_an_incomplete_answer_is_refused_beside_the_field(
    missing: dict[str, str], field: str, message: str | None, town: Town, people: People, head: Client
) -> None:
    request = in_progress(town, people)

    response = head.post(action(request, "submit_answer"), answer(request, **missing))

    assert response.status_code == 422
    errors = response.context["forms"]["answer"].errors
    assert list(errors) == [field]
    assert message is None or errors[field] == [message]
    assert status_of(request) == Status.IN_PROGRESS


def test_a_programme_date_is_promised(town: Town, people: People, head: Client) -> None:
    request = in_progress(town, people)
    day = timezone.localdate() + timedelta(days=30)

    head.post(action(request, "submit_answer"), answer(request, outcome="scheduled", promised_on=day.isoformat()))

    assert Answer.objects.get(request=request).promised_on == day


def test_a_date_may_be_written_the_turkish_way(town: Town, people: People, head: Client) -> None:
    request = in_progress(town, people)
    day = timezone.localdate() + timedelta(days=30)

    sent = answer(request, outcome="scheduled", promised_on=f"{day:%d.%m.%Y}")
    head.post(action(request, "submit_answer"), sent)

    assert Answer.objects.get(request=request).promised_on == day


def test_a_scheduled_request_gets_its_final_answer(town: Town, people: People, head: Client) -> None:
    day = timezone.localdate() + timedelta(days=20)
    request = closed(town, people, outcome=Outcome.SCHEDULED, promised_on=day)

    head.post(action(request, "submit_answer"), answer(request))

    assert status_of(request) == Status.ANSWERED


def test_photos_from_the_camera_and_files_are_attached(town: Town, people: People, staff: Client) -> None:
    request = in_progress(town, people)
    sent = answer(request, photo=photo("sahada.jpg"), files=[photo("once.jpg"), photo("sonra.jpg")])

    response = staff.post(action(request, "draft_answer"), sent, follow=True)

    names = Attachment.objects.filter(answer__request=request).values_list("original_name", flat=True)
    assert sorted(names) == ["once.jpg", "sahada.jpg", "sonra.jpg"]
    assert "sahada.jpg" in response.content.decode()


def test_a_file_of_the_draft_can_be_removed(town: Town, people: People, staff: Client) -> None:
    request = in_progress(town, people)
    staff.post(action(request, "draft_answer"), answer(request, files=[photo("yanlis.jpg")]))
    request.refresh_from_db()
    wrong = Attachment.objects.get(answer__request=request)

    staff.post(action(request, "draft_answer"), answer(request, removed_files=[wrong.pk]))

    assert not Attachment.objects.filter(pk=wrong.pk).exists()


@pytest.mark.parametrize("forged", ["x", "-1", "9" * 30, "²"])
def test_a_forged_file_id_is_refused(forged: str, town: Town, people: People, staff: Client) -> None:
    request = in_progress(town, people)

    response = staff.post(action(request, "draft_answer"), answer(request, removed_files=[forged]))

    assert response.status_code == 422


def test_a_file_of_another_request_is_not_removed(town: Town, people: People, staff: Client) -> None:
    request, other = in_progress(town, people), in_progress(town, people)
    staff.post(action(other, "draft_answer"), answer(other, files=[photo()]))
    foreign = Attachment.objects.get(answer__request=other)

    staff.post(action(request, "draft_answer"), answer(request, removed_files=[foreign.pk]))

    assert Attachment.objects.filter(pk=foreign.pk).exists()


def test_something_that_is_no_picture_is_refused_and_the_text_stays(town: Town, people: People, staff: Client) -> None:
    request = in_progress(town, people)
    fake = SimpleUploadedFile("cukur.jpg", b"MZ not a picture", content_type="image/jpeg")

    response = staff.post(action(request, "draft_answer"), answer(request, files=[fake]))

    assert response.status_code == 422
    assert "files" in response.context["forms"]["answer"].errors
    assert "Çukur asfaltla kapatıldı." in response.content.decode()
    assert not Answer.objects.exists()


def test_an_answer_refused_for_its_text_keeps_the_files(town: Town, people: People, head: Client) -> None:
    request = in_progress(town, people)

    response = head.post(action(request, "submit_answer"), answer(request, outcome="", files=[photo("kanit.jpg")]))

    assert response.status_code == 422
    assert "kanit.jpg" in response.content.decode()
    again = answer(request, version=response.context["forms"]["answer"]["version"].value())
    head.post(action(request, "submit_answer"), again)
    assert Answer.objects.get(request=request).attachments.count() == 1


def test_a_standard_reply_is_put_below_what_was_typed(town: Town, people: People, staff: Client) -> None:
    request = in_progress(town, people)
    reply = StandardReply.objects.get(code="kapatildi")

    sent = answer(request, text="Merhaba.", reply=reply.pk, insert="1")
    response = staff.post(action(request, "draft_answer"), sent, follow=True)

    assert response.context["forms"]["answer"]["text"].value() == "Merhaba.\n\nÇukur kapatıldı."


def test_a_standard_reply_only_chosen_is_not_put_in(town: Town, people: People, staff: Client) -> None:
    request = in_progress(town, people)
    reply = StandardReply.objects.get(code="kapatildi")

    staff.post(action(request, "draft_answer"), answer(request, text="Merhaba.", reply=reply.pk))

    assert Answer.objects.get(request=request).text == "Merhaba."


def test_standard_replies_stand_under_the_outcome_they_are_for(town: Town, people: People, staff: Client) -> None:
    for outcome in ("scheduled", "resolved"):
        StandardReply.objects.create(code=outcome, title=f"Metin {outcome}", body="Metin.", outcome=outcome)

    body = staff.get(page_of(in_progress(town, people))).content.decode()

    any_answer, resolved, scheduled = (
        body.index(f'<optgroup label="{group}') for group in ("Her cevap", "Çözüldü", "Programa alındı")
    )
    assert any_answer < body.index("Kapatıldı</option>") < resolved < body.index("Metin resolved") < scheduled
    assert scheduled < body.index("Metin scheduled")


def test_standard_replies_of_another_category_are_not_offered(town: Town, people: People, staff: Client) -> None:
    StandardReply.objects.create(code="budandi", title="Budandı", body="Ağaç budandı.", category=town.tree)

    body = staff.get(page_of(in_progress(town, people))).content.decode()

    assert "Kapatıldı" in body
    assert "Budandı" not in body


def test_a_returned_answer_shows_why_and_by_whom(town: Town, people: People, head: Client) -> None:
    request = answered(town, people)
    actor = Actor.staff(people.specialist)
    answers.return_answer(request_id=request.pk, reason="Tarihi de yazın.", actor=actor)

    body = head.get(page_of(request)).content.decode()

    assert "Elif Denet cevabı geri gönderdi" in body
    assert "Tarihi de yazın." in body
    assert "Çukur kapatıldı." in body


def test_a_reason_already_answered_to_is_not_shown_again(town: Town, people: People, head: Client) -> None:
    request = closed(town, people)

    assert head.get(page_of(request)).context["returned"] is None


def test_everything_typed_survives_a_refusal(town: Town, people: People, head: Client) -> None:
    request = in_progress(town, people)
    typed: dict[str, Any] = {"outcome": "refused", "text": "  ", "promised_on": "2030-01-02"}

    form = head.post(action(request, "submit_answer"), answer(request, **typed)).context["forms"]["answer"]

    assert form["outcome"].value() == "refused"
    assert form["promised_on"].value() == "2030-01-02"
