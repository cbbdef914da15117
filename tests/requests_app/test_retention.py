"""Erasure: rows, texts, files and messages; totals stay."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from notifications.models import Message
from requests_app.actors import Actor
from requests_app.models import Answer, ApplicationDraft, Attachment, Note, ServiceRequest
from requests_app.services import answers, applicant, attachments, conversation, drafts, retention
from tests import factories
from tests.factories import People, Town

YEARS_LATER = timedelta(days=365 * 6)


def test_a_request_finished_long_ago_loses_everything_personal(
    town: Town, people: People, photo: Any, private_files: Path, django_capture_on_commit_callbacks: Any
) -> None:
    request = factories.submit(town)
    conversation.add_information(
        request_id=request.pk, text="Evim 5 numara", files=[photo()], actor=Actor.applicant(request.pk)
    )
    closed = factories.closed(town, people)
    ServiceRequest.objects.filter(pk=request.pk).update(status="withdrawn", closed_at=closed.closed_at)
    with django_capture_on_commit_callbacks(execute=True):
        assert retention.erase_personal_data(timezone.now() + YEARS_LATER) == 2
    request.refresh_from_db()
    left = str(request.__dict__) + str(request.applicant.__dict__) + str(list(Note.objects.values()))
    for personal in ("Zeynep", "+90500", "Çiçek Sokak", "çukur", "5 numara"):
        assert personal not in left
    assert not Attachment.objects.exists()
    assert not [path for path in private_files.rglob("*") if path.is_file()]
    assert not Message.objects.exists()
    assert "kapatıldı" not in str(list(Answer.objects.values()))
    assert request.events.count() == 2


def test_a_request_finished_lately_keeps_everything(town: Town, people: People) -> None:
    factories.closed(town, people)
    assert retention.erase_personal_data(timezone.now() + timedelta(days=300)) == 0


def test_an_open_request_is_never_erased(town: Town) -> None:
    factories.submit(town)
    assert retention.erase_personal_data(timezone.now() + YEARS_LATER) == 0


def test_erasing_twice_finds_nothing_more(town: Town, people: People) -> None:
    factories.closed(town, people)
    retention.erase_personal_data(timezone.now() + YEARS_LATER)
    assert retention.erase_personal_data(timezone.now() + YEARS_LATER) == 0


def test_a_draft_nobody_touched_for_a_week_goes_with_its_files(
    town: Town, photo: Any, private_files: Path, django_capture_on_commit_callbacks: Any
) -> None:
    key, draft = drafts.start()
    drafts.save_step(draft_id=draft.pk, step="what", data={"description": "Yarım"}, files=[photo()])
    with django_capture_on_commit_callbacks(execute=True):
        assert retention.erase_drafts(timezone.now() + timedelta(days=8)) == 1
    assert not ApplicationDraft.objects.exists()
    assert not [path for path in private_files.rglob("*") if path.is_file()]
    assert drafts.find(key) is None


def test_a_fresh_draft_stays(town: Town) -> None:
    drafts.start()
    assert retention.erase_drafts() == 0


def test_withdrawing_removes_the_files_of_an_unfinished_answer(
    town: Town, people: People, photo: Any, private_files: Path, django_capture_on_commit_callbacks: Any
) -> None:
    request = factories.in_progress(town, people)
    proposal = answers.Proposal(text="Yarım", files=[photo()])
    answers.save_draft(request_id=request.pk, proposal=proposal, actor=Actor.staff(people.head_a))
    with django_capture_on_commit_callbacks(execute=True):
        applicant.withdraw(request_id=request.pk, actor=Actor.applicant(request.pk))
    assert not [path for path in private_files.rglob("*") if path.is_file()]


def test_files_removed_in_a_rolled_back_change_stay(town: Town, photo: Any, private_files: Path) -> None:
    _, draft = drafts.start()
    drafts.save_step(draft_id=draft.pk, step="what", data={}, files=[photo()])
    attachments.remove(Attachment.objects.get())  # never committed: the test's transaction is rolled back
    assert [path for path in private_files.rglob("*") if path.is_file()]
