"""Cleaning a file takes seconds, so nobody's row is locked meanwhile, and only who may send files costs them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from common.errors import DomainError, InvalidInput, NotPermitted, StaleVersion, TransitionRefused
from requests_app.actors import Actor
from requests_app.models import Answer, Attachment, ServiceRequest
from requests_app.services import answers, applicant, attachments, conversation, department, drafts
from requests_app.services.answers import Proposal
from tests import factories
from tests.factories import People, Town

pytestmark = pytest.mark.django_db(transaction=True)


class Watched(SimpleUploadedFile):
    """A photo that runs ``meanwhile`` when it is read, which is when its cleaning begins."""

    def __init__(self, photo: SimpleUploadedFile, meanwhile: Callable[[], object] = lambda: None) -> None:
        super().__init__("foto.jpg", photo.read(), "image/jpeg")
        self.meanwhile = meanwhile
        self.reads = 0
        self.in_transaction: bool | None = None

    def read(self, *args: Any) -> bytes:
        """Note whether anything is locked by us now."""
        self.in_transaction = connection.in_atomic_block
        self.reads += 1
        if self.reads == 1:
            self.meanwhile()
        return super().read(*args)


@pytest.fixture
def town() -> Town:
    return factories.make_town()


@pytest.fixture
def people(town: Town) -> People:
    return factories.make_people(town)


@pytest.fixture
def watched(photo: Callable[..., SimpleUploadedFile]) -> Callable[..., Watched]:
    return lambda meanwhile=lambda: None: Watched(photo(), meanwhile)


def add(request: ServiceRequest, *files: SimpleUploadedFile, actor: Actor | None = None) -> ServiceRequest:
    actor = actor or Actor.applicant(request.pk)
    return conversation.add_information(request_id=request.pk, text="Bir de bu", files=list(files), actor=actor)


def test_a_step_of_a_draft_is_cleaned_unlocked(town: Town, watched: Callable[..., Watched]) -> None:
    _key, draft = drafts.start()
    file = watched()
    drafts.save_step(draft_id=draft.pk, step="what", data={"description": "Çukur"}, files=[file])
    assert file.in_transaction is False
    assert draft.attachments.count() == 1


def test_what_an_applicant_adds_is_cleaned_unlocked(town: Town, watched: Callable[..., Watched]) -> None:
    request, file = factories.submit(town), watched()
    add(request, file)
    assert file.in_transaction is False
    assert request.attachments.count() == 1


@pytest.mark.parametrize("save", [answers.save_draft, answers.submit])
def test_files_of_an_answer_are_cleaned_unlocked(
    save: Callable[..., Answer], town: Town, people: People, watched: Callable[..., Watched]
) -> None:
    request, file = factories.in_progress(town, people), watched()
    proposal = Proposal(outcome="resolved", text="Kapatıldı", files=[file])
    answer = save(request_id=request.pk, proposal=proposal, actor=Actor.staff(people.head_a))
    assert file.in_transaction is False
    assert answer.attachments.count() == 1


def test_a_draft_that_was_sent_costs_no_cleaning(town: Town, watched: Callable[..., Watched]) -> None:
    _key, draft = drafts.start()
    draft.request = factories.submit(town)
    draft.save()
    file = watched()
    with pytest.raises(DomainError):
        drafts.save_step(draft_id=draft.pk, step="what", data={}, files=[file])
    assert not file.reads


def test_who_may_not_add_costs_no_cleaning(town: Town, people: People, watched: Callable[..., Watched]) -> None:
    request, other, file = factories.submit(town), factories.submit(town), watched()
    with pytest.raises(NotPermitted):
        add(request, file, actor=Actor.applicant(other.pk))
    assert not file.reads


@pytest.mark.parametrize("who", ["head_b", "stranger"])
def test_who_may_not_answer_costs_no_cleaning(
    who: str, town: Town, people: People, watched: Callable[..., Watched]
) -> None:
    request, file = factories.in_progress(town, people), watched()
    with pytest.raises((ServiceRequest.DoesNotExist, NotPermitted)):
        answers.save_draft(
            request_id=request.pk, proposal=Proposal(files=[file]), actor=Actor.staff(getattr(people, who))
        )
    assert not file.reads


def test_an_answer_that_is_not_complete_costs_no_cleaning(
    town: Town, people: People, watched: Callable[..., Watched]
) -> None:
    request, file = factories.in_progress(town, people), watched()
    with pytest.raises(InvalidInput):
        answers.submit(request_id=request.pk, proposal=Proposal(files=[file]), actor=Actor.staff(people.head_a))
    assert not file.reads


def test_a_stale_page_costs_no_cleaning(town: Town, people: People, watched: Callable[..., Watched]) -> None:
    request, file = factories.in_progress(town, people), watched()
    with pytest.raises(StaleVersion):
        answers.save_draft(
            request_id=request.pk, proposal=Proposal(files=[file]), actor=Actor.staff(people.head_a), expected_version=1
        )
    assert not file.reads


def test_too_many_files_cost_no_cleaning(town: Town, watched: Callable[..., Watched]) -> None:
    files = [watched() for _ in range(attachments.PER_APPLICATION + 1)]
    with pytest.raises(InvalidInput, match="5"):
        add(factories.submit(town), *files)
    assert not any(file.reads for file in files)


def test_what_became_of_the_request_meanwhile_is_seen_under_the_lock(
    town: Town, watched: Callable[..., Watched]
) -> None:
    request = factories.submit(town)
    actor = Actor.applicant(request.pk)
    with pytest.raises(TransitionRefused):
        add(request, watched(lambda: applicant.withdraw(request_id=request.pk, actor=actor)))
    assert not Attachment.objects.exists()


def test_a_department_that_lost_the_request_meanwhile_leaves_no_answer(
    town: Town, people: People, watched: Callable[..., Watched]
) -> None:
    request, actor = factories.in_progress(town, people), Actor.staff(people.head_a)
    file = watched(lambda: department.return_to_triage(request_id=request.pk, reason="Bizim değil", actor=actor))
    with pytest.raises((DomainError, ServiceRequest.DoesNotExist)):
        answers.save_draft(request_id=request.pk, proposal=Proposal(text="Taslak", files=[file]), actor=actor)
    assert not Answer.objects.exists()
    assert not Attachment.objects.exists()


def test_a_draft_filled_up_meanwhile_takes_no_more(
    town: Town, photo: Callable[..., SimpleUploadedFile], watched: Callable[..., Watched]
) -> None:
    _key, draft = drafts.start()

    def save(*files: SimpleUploadedFile) -> None:
        drafts.save_step(draft_id=draft.pk, step="what", data={"description": "Çukur"}, files=list(files))

    with pytest.raises(InvalidInput, match="5"):
        save(watched(lambda: save(*[photo() for _ in range(5)])))
    assert draft.attachments.count() == 5


def test_an_answer_filled_up_meanwhile_takes_no_more(
    town: Town, people: People, photo: Callable[..., SimpleUploadedFile], watched: Callable[..., Watched]
) -> None:
    request = factories.in_progress(town, people)

    def save(*files: SimpleUploadedFile) -> None:
        proposal = Proposal(text="Taslak", files=list(files))
        answers.save_draft(request_id=request.pk, proposal=proposal, actor=Actor.staff(people.head_a))

    with pytest.raises(InvalidInput, match="5"):
        save(watched(lambda: save(*[photo() for _ in range(5)])))
    assert Attachment.objects.count() == 5


def test_a_file_taken_off_makes_room_for_another(
    town: Town, people: People, photo: Callable[..., SimpleUploadedFile]
) -> None:
    request, actor = factories.in_progress(town, people), Actor.staff(people.head_a)
    full = Proposal(text="Taslak", files=[photo() for _ in range(5)])
    first = answers.save_draft(request_id=request.pk, proposal=full, actor=actor).attachments.first()
    assert first is not None
    swap = Proposal(text="Taslak", files=[photo()], removed_files=(first.pk,))
    assert answers.save_draft(request_id=request.pk, proposal=swap, actor=actor).attachments.count() == 5
