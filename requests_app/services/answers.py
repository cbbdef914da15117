"""From a department's draft to the approved answer."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import InvalidInput, StaleVersion
from common.transactions import one_transaction
from common.uploads import CleanUpload
from requests_app.actors import Actor
from requests_app.models import Answer, AnswerState, Attachment, Authority, ServiceRequest
from requests_app.models.answer import ANSWER_MAX
from requests_app.policies import approving
from requests_app.services import attachments, merging
from requests_app.services.change import Change, begin, finish, hold, look, needed_reason
from requests_app.services.telling import tell_everybody
from requests_app.vocabulary import NoteKind, Outcome
from requests_app.workflow import Verb


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a department wants to answer. ``promised_on`` only with the outcome SCHEDULED, ``authority`` only with
    NOT_OURS.
    """

    outcome: str = ""
    text: str = ""
    promised_on: date | None = None
    authority: Authority | None = None
    files: list[Any] = field(default_factory=list)
    removed_files: tuple[int, ...] = ()


def save_draft(*, request_id: int, proposal: Proposal, actor: Actor, expected_version: int | None = None) -> Answer:
    """Keep an unfinished answer. Head or staff of the request's department; nothing has to be complete.

    Files are cleaned before the request is locked, so neither this nor ``submit`` belongs inside a transaction
    where there are any.
    """
    uploads = _cleaned(request_id, Verb.DRAFT_ANSWER, proposal, actor, expected_version)
    with one_transaction():
        change = begin(request_id=request_id, verb=Verb.DRAFT_ANSWER, actor=actor, expected_version=expected_version)
        answer = _write(change, proposal, uploads)
        finish(change, answer=answer.pk)
    return answer


def submit(*, request_id: int, proposal: Proposal, actor: Actor, expected_version: int | None = None) -> Answer:
    """Send the answer for review. The department's head, or the head's delegate while named.

    Raises InvalidInput on ``outcome``, ``text``, ``promised_on`` or ``authority`` where something is missing.
    """
    uploads = _cleaned(request_id, Verb.SUBMIT_ANSWER, proposal, actor, expected_version)
    with one_transaction():
        change = begin(request_id=request_id, verb=Verb.SUBMIT_ANSWER, actor=actor, expected_version=expected_version)
        InvalidInput.raise_all(_missing(proposal))
        answer = _write(change, proposal, uploads)
        answer.state, answer.submitted_by, answer.submitted_at = AnswerState.SUBMITTED, actor.user, change.now
        answer.save(update_fields=["state", "submitted_by", "submitted_at"])
        finish(change, answer=answer.pk, outcome=answer.outcome)
    return answer


@one_transaction()
def approve(*, request_id: int, actor: Actor, expected_version: int | None = None) -> ServiceRequest:
    """Approve the submitted answer and tell the applicant, and everybody merged into it. Needs review.

    A final answer closes the request; a programme date schedules it; what is not ours is forwarded to the
    authority in charge (Law 3071, art. 5), and whoever was merged into it goes back to triage.
    """
    hold(request_id)  # the answer decides which verb it is
    waiting = Answer.objects.filter(request_id=request_id, state=AnswerState.SUBMITTED)
    verb = approving(waiting.values_list("outcome", flat=True).first() or "")
    change = begin(request_id=request_id, verb=verb, actor=actor, expected_version=expected_version)
    answer = _submitted(request_id)
    if verb == Verb.APPROVE_DATE:
        InvalidInput.raise_all(_not_future(answer.promised_on))
    _review(answer, AnswerState.APPROVED, change)
    request = _conclude(change, answer)
    event, context = message_of(answer.outcome, answer.promised_on, answer.authority)
    tell_everybody(request, event, **context)
    return request


def message_of(outcome: str, promised_on: date | None, authority: Authority | None) -> tuple[str, dict[str, Any]]:
    """The message that approving an answer sends: its event, and what ``tell`` needs for it."""
    if outcome == Outcome.SCHEDULED:
        return "request_scheduled", {"date": promised_on}
    if outcome == Outcome.NOT_OURS:
        return "request_forwarded", {"authority": authority}
    return "request_answered", {}


def _conclude(change: Change, answer: Answer) -> ServiceRequest:
    facts: dict[str, Any] = {"answer": answer.pk, "outcome": answer.outcome}
    if answer.authority_id is not None:
        merging.let_go(change.request)
        facts["authority"] = answer.authority_id
    change.request.promised_on, change.request.authority = answer.promised_on, answer.authority
    return finish(change, fields=("promised_on", "authority"), **facts)


@one_transaction()
def return_answer(*, request_id: int, reason: str, actor: Actor, expected_version: int | None = None) -> ServiceRequest:
    """Send the answer back to the department with a reason; its text becomes a new draft. Needs review."""
    change = begin(request_id=request_id, verb=Verb.RETURN_ANSWER, actor=actor, expected_version=expected_version)
    answer = _submitted(request_id)
    note = change.note(NoteKind.REASON, needed_reason(reason))
    _review(answer, AnswerState.RETURNED, change)
    draft = _copy(answer, change)
    return finish(change, note=note, answer=answer.pk, draft=draft.pk)


def _missing(proposal: Proposal) -> Iterator[InvalidInput]:
    if proposal.outcome not in Outcome.values:
        yield InvalidInput("outcome", _("Choose what the answer is."))
    if proposal.outcome == Outcome.SCHEDULED:
        yield from _not_future(proposal.promised_on)
    if proposal.outcome == Outcome.NOT_OURS and proposal.authority is None:
        yield InvalidInput("authority", _("Choose the authority in charge: the application is passed on to it."))
    if not proposal.text.strip():
        yield InvalidInput("text", _("Write the answer that the applicant will read."))
    if len(proposal.text) > ANSWER_MAX:
        yield InvalidInput("text", _("At most %(limit)d characters.") % {"limit": ANSWER_MAX})


def _not_future(promised_on: date | None) -> Iterator[InvalidInput]:
    if promised_on is None:
        yield InvalidInput("promised_on", _("Give the date that the applicant may rely on."))
    elif promised_on <= timezone.localdate():
        yield InvalidInput("promised_on", _("The date must be after today."))


def _cleaned(
    request_id: int, verb: Verb, proposal: Proposal, actor: Actor, expected_version: int | None
) -> list[CleanUpload]:
    """The files, cleaned; not for somebody who may not send them, nor beside what is refused anyway."""
    if not proposal.files:
        return []
    request = look(request_id=request_id, verb=verb, actor=actor, expected_version=expected_version)
    if verb == Verb.SUBMIT_ANSWER:
        InvalidInput.raise_all(_missing(proposal))
    _check_room(request, proposal)
    return attachments.clean_all(proposal.files)


def _check_room(request: ServiceRequest, proposal: Proposal) -> None:
    kept = Attachment.objects.filter(answer__request=request, answer__state=AnswerState.DRAFT)
    already = kept.exclude(pk__in=proposal.removed_files).count()
    attachments.check_room(len(proposal.files), already=already, limit=attachments.PER_ANSWER)


def _write(change: Change, proposal: Proposal, uploads: list[CleanUpload]) -> Answer:
    request, actor = change.request, change.actor
    begun = Answer(request=request, department=request.department, drafted_by=actor.user, created_at=change.now)
    answer = request.answers.filter(state=AnswerState.DRAFT).first() or begun
    answer.outcome, answer.text, answer.updated_at = proposal.outcome, proposal.text.strip(), change.now
    if answer.department_id != begun.department_id:  # begun elsewhere, before the request was sent on
        answer.department, answer.drafted_by = begun.department, begun.drafted_by
    answer.promised_on = proposal.promised_on if proposal.outcome == Outcome.SCHEDULED else None
    answer.authority = proposal.authority if proposal.outcome == Outcome.NOT_OURS else None
    answer.save()
    _check_room(request, proposal)
    for attachment in Attachment.objects.filter(answer=answer, pk__in=proposal.removed_files):
        attachments.remove(attachment)
    attachments.store(uploads, actor=actor, request=request, answer=answer)
    return answer


def _submitted(request_id: int) -> Answer:
    answer = Answer.objects.filter(request_id=request_id, state=AnswerState.SUBMITTED).first()
    if answer is None:
        raise StaleVersion(_("There is no answer to review any more; somebody else was quicker."))
    return answer


def _review(answer: Answer, state: AnswerState, change: Change) -> None:
    answer.state, answer.reviewed_by, answer.reviewed_at = state, change.actor.user, change.now
    answer.save(update_fields=["state", "reviewed_by", "reviewed_at"])


def _copy(answer: Answer, change: Change) -> Answer:
    draft = Answer.objects.create(
        request=answer.request,
        outcome=answer.outcome,
        text=answer.text,
        promised_on=answer.promised_on,
        authority_id=answer.authority_id,
        department_id=answer.department_id,
        drafted_by=answer.drafted_by,
        created_at=change.now,
        updated_at=change.now,
    )
    answer.attachments.update(answer=draft)
    return draft
