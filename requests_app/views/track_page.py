"""Everything the tracking page shows, gathered with a bounded number of queries."""

from dataclasses import dataclass
from typing import Any

from notifications.models import Consent
from notifications.services import consents
from requests_app import policies, presentation
from requests_app.actors import Actor
from requests_app.forms.track import RateForm, ReplyForm
from requests_app.grants import Level
from requests_app.models import Answer, AnswerState, ServiceRequest
from requests_app.presentation import Entry
from requests_app.questions import answers_of
from requests_app.views.shown import ShownFile, shown_contact, shown_files
from requests_app.vocabulary import NoteKind
from requests_app.workflow import Status, Verb


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """An entry of the time line with the addresses of its files."""

    entry: Entry
    files: list[ShownFile]


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """The answer in its frame. ``other`` is the number of the request it was given to, if that is another one."""

    answer: Answer
    files: list[ShownFile]
    other: str = ""


def page_of(request: ServiceRequest, *, level: Level | None) -> dict[str, Any]:
    """The context of the tracking page and of the pages of its actions."""
    verbs = policies.verbs_for(Actor.applicant(request.pk), request)
    return {
        "found": request,
        "status": presentation.public_status(request),
        "answer": _answer(request),
        "timeline": [
            ShownEntry(entry, shown_files(entry.attachments)) for entry in presentation.public_timeline(request)
        ],
        "extra_answers": answers_of(request),
        "files": shown_files(request.attachments.filter(answer=None, note=None)),
        "contact": shown_contact(request.applicant, whole=level == Level.PHONE),
        "announcements": _consent(request) if level == Level.PHONE else None,
        "can_confirm_phone": can_confirm_phone(request, level),
        "question": _question(request) if Verb.REPLY in verbs else None,
        "reply_form": ReplyForm() if Verb.REPLY in verbs else None,
        "rate_form": RateForm() if Verb.RATE in verbs else None,
        "can_add": Verb.ADD_INFORMATION in verbs,
        "can_withdraw": Verb.WITHDRAW in verbs,
        "can_restore": Verb.RESTORE in verbs,
        "can_reopen": Verb.REOPEN in verbs,
        "taken_up_until": policies.reopen_until(request),
    }


def can_confirm_phone(request: ServiceRequest, level: Level | None) -> bool:
    """Whether there is a phone that this visitor has not confirmed, or not for an hour."""
    return bool(request.applicant and request.applicant.phone and level != Level.PHONE)


def _answer(request: ServiceRequest) -> ShownAnswer | None:
    """The newest approved answer; of a merged request the one that holds for the other now."""
    source = request.worked_on
    if request.merged_into and source.status != Status.CLOSED and not source.promised_on:
        return None
    approved = source.answers.filter(state=AnswerState.APPROVED).select_related("department")
    answer = approved.order_by("-reviewed_at", "-pk").first()
    if answer is None:
        return None
    other = source.number if request.merged_into else ""
    return ShownAnswer(answer, shown_files(answer.attachments.all()), other)


def _consent(request: ServiceRequest) -> Consent | None:
    """That the applicant agreed to announcements, while it holds."""
    phone = request.applicant.phone if request.applicant else ""
    return consents.in_force(phone=phone) if phone else None


def _question(request: ServiceRequest) -> str:
    """What we asked last."""
    note = request.notes.filter(kind=NoteKind.QUESTION).order_by("-created_at", "-pk").first()
    return note.text if note else ""
