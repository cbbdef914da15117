"""Erasure: rows, texts, files and messages; totals stay."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from common.errors import DomainError
from notifications.models import Message
from requests_app.actors import Actor
from requests_app.models import Answer, ApplicationDraft, Attachment, Note, ServiceRequest
from requests_app.policies import verbs_for
from requests_app.services import answers, applicant, attachments, conversation, drafts, retention, triage
from requests_app.workflow import Verb
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


def test_writing_the_mark_of_erasure_keeps_nobody_from_being_erased(town: Town, people: People) -> None:
    request = factories.closed(town, people, description=retention.ERASED)
    assert retention.erase_personal_data(timezone.now() + YEARS_LATER) == 1
    request.refresh_from_db()
    assert request.erased_at is not None
    assert not request.address


def test_nothing_can_be_done_to_an_erased_request(town: Town, people: People) -> None:
    request = factories.submit(town)
    triage.reject(request_id=request.pk, reason="Yinelenen", actor=Actor.staff(people.clerk))
    assert Verb.RESTORE in verbs_for(Actor.staff(people.clerk), ServiceRequest.objects.get(pk=request.pk))
    retention.erase_request(request.pk)
    assert not verbs_for(Actor.staff(people.clerk), ServiceRequest.objects.get(pk=request.pk))
    with pytest.raises(DomainError):
        triage.restore(request_id=request.pk, actor=Actor.staff(people.clerk))
    with pytest.raises(DomainError):
        conversation.add_note(request_id=request.pk, text="Zeynep Hanım aradı", actor=Actor.staff(people.clerk))


def test_an_open_request_cannot_be_marked_as_erased(town: Town) -> None:
    request = factories.submit(town)
    with pytest.raises(IntegrityError, match="request_erased_is_finished"), transaction.atomic():
        retention.erase_request(request.pk)
    request.refresh_from_db()
    assert request.address


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


@pytest.fixture
def kept_file(town: Town, photo: Any) -> Attachment:
    _key, draft = drafts.start()
    drafts.save_step(draft_id=draft.pk, step="what", data={}, files=[photo()])
    return Attachment.objects.get()


def test_a_file_whose_transaction_was_rolled_back_is_removed_after_a_day(
    kept_file: Attachment, photo: Any, private_files: Path
) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        drafts.save_step(draft_id=kept_file.draft_id, step="what", data={}, files=[photo()])
        raise RuntimeError("the power is gone")
    assert len(files_in(private_files)) == 4  # each picture whole and small
    assert retention.remove_orphaned_files() == 0
    assert retention.remove_orphaned_files(timezone.now() + timedelta(days=1, minutes=1)) == 2
    kept = {Path(file.name).name for file in (kept_file.file, kept_file.thumbnail)}
    assert {path.name for path in files_in(private_files)} == kept


def test_a_file_that_a_row_knows_stays_however_old(kept_file: Attachment, private_files: Path) -> None:
    assert retention.remove_orphaned_files(timezone.now() + YEARS_LATER) == 0
    assert len(files_in(private_files)) == 2


def test_what_is_not_an_attachment_is_left_alone(kept_file: Attachment, private_files: Path) -> None:
    (private_files / "logo.png").write_bytes(b"x")
    assert retention.remove_orphaned_files(timezone.now() + YEARS_LATER) == 0
    assert (private_files / "logo.png").exists()


def test_before_the_database_is_restored_no_file_is_removed(kept_file: Attachment, private_files: Path) -> None:
    Attachment.objects.all().delete()
    assert retention.remove_orphaned_files(timezone.now() + YEARS_LATER) == 0
    assert len(files_in(private_files)) == 2


def test_without_a_folder_there_is_nothing_to_remove(kept_file: Attachment, private_files: Path) -> None:
    shutil.rmtree(private_files)
    assert retention.remove_orphaned_files() == 0


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_files_removed_in_a_rolled_back_change_stay(town: Town, photo: Any, private_files: Path) -> None:
    _, draft = drafts.start()
    drafts.save_step(draft_id=draft.pk, step="what", data={}, files=[photo()])
    attachments.remove(Attachment.objects.get())  # never committed: the test's transaction is rolled back
    assert [path for path in private_files.rglob("*") if path.is_file()]
