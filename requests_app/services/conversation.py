"""Questions, replies and notes on a request."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from common.errors import InvalidInput
from common.transactions import one_transaction
from common.uploads import CleanUpload
from requests_app.actors import Actor
from requests_app.models import ServiceRequest
from requests_app.models.history import NOTE_MAX
from requests_app.repeats import just_done
from requests_app.services import attachments
from requests_app.services.change import Change, begin, finish, look
from requests_app.services.telling import tell
from requests_app.services.unanswered import reply_until
from requests_app.vocabulary import ActorKind, NoteKind
from requests_app.workflow import Verb

FILES_PER_REQUEST = 20
_SAID_BY_APPLICANT = (Verb.REPLY, Verb.ADD_INFORMATION)


@one_transaction()
def ask(*, request_id: int, question: str, actor: Actor, expected_version: int | None = None) -> ServiceRequest:
    """Ask the applicant something; the clocks stand until the reply. Triage or the request's department.

    Raises DomainError where there is no phone to tell of the question. Without a reply ``unanswered`` goes on.
    """
    change = begin(request_id=request_id, verb=Verb.ASK, actor=actor, expected_version=expected_version)
    note = change.note(NoteKind.QUESTION, _text(question, "question"))
    request = finish(change, note=note)
    tell(request, "request_question", date=reply_until(request))
    return request


def reply(*, request_id: int, text: str, files: list[Any], actor: Actor) -> ServiceRequest:
    """The applicant answers our question; the request goes back to where it was."""
    return _applicant_says(request_id, Verb.REPLY, NoteKind.REPLY, text, files, actor)


def add_information(*, request_id: int, text: str, files: list[Any], actor: Actor) -> ServiceRequest:
    """The applicant adds something unasked; the status stays.

    The same words and files a moment later, also after a reply, are a second press and change nothing.
    """
    return _applicant_says(request_id, Verb.ADD_INFORMATION, NoteKind.INFORMATION, text, files, actor)


@one_transaction()
def resume(*, request_id: int, actor: Actor, expected_version: int | None = None) -> ServiceRequest:
    """Go on without the applicant's reply. Triage or the request's department."""
    change = begin(request_id=request_id, verb=Verb.RESUME, actor=actor, expected_version=expected_version)
    return finish(change)


@one_transaction()
def add_note(*, request_id: int, text: str, actor: Actor) -> ServiceRequest:
    """Write an internal note that the applicant never sees. Anybody on the staff side who sees the request.

    The same words by the same person a moment later are a second press of the button and change nothing.
    """
    change = begin(request_id=request_id, verb=Verb.ADD_NOTE, actor=actor)
    if _said_just_now(change, text):
        return change.request
    return finish(change, note=change.note(NoteKind.INTERNAL, _text(text, "text")))


def _applicant_says(
    request_id: int, verb: Verb, kind: NoteKind, text: str, files: list[Any], actor: Actor
) -> ServiceRequest:
    """Files are cleaned before the request is locked, and before that it is seen whether they may be added."""
    words = _text(text, "text")
    uploads = _cleaned(request_id, verb, files, actor) if files else []
    with one_transaction():
        change = begin(request_id=request_id, verb=verb, actor=actor)
        if _said_just_now(change, words, uploads):
            return change.request
        note = change.note(kind, words)
        _check_room(change.request, len(uploads))
        attachments.store(uploads, actor=actor, request=change.request, note=note)
        return finish(change, note=note)


def _said_just_now(change: Change, words: str, uploads: Sequence[CleanUpload] = ()) -> bool:
    """Whether the last change was the same actor saying the same, with the same files."""
    verbs = _SAID_BY_APPLICANT if change.actor.kind == ActorKind.APPLICANT else (Verb.ADD_NOTE,)
    event = just_done(
        request_id=change.request.pk,
        verbs=verbs,
        actor=change.actor,
        seen=change.request.version - 1,
        words=words,
    )
    if event is None or event.note is None:
        return False
    return sorted(event.note.attachments.values_list("sha256", flat=True)) == sorted(file.sha256 for file in uploads)


def _cleaned(request_id: int, verb: Verb, files: list[Any], actor: Actor) -> list[CleanUpload]:
    _check_room(look(request_id=request_id, verb=verb, actor=actor), len(files))
    return attachments.clean_all(files)


def _check_room(request: ServiceRequest, more: int) -> None:
    already = request.attachments.filter(answer__isnull=True).count()
    limit = min(FILES_PER_REQUEST, already + attachments.PER_APPLICATION)
    attachments.check_room(more, already=already, limit=limit)


def _text(text: str, field: str) -> str:
    if not text.strip():
        raise InvalidInput(field, _("Write something before you send it."))
    if len(text) > NOTE_MAX:
        raise InvalidInput(field, _("At most %(limit)d characters.") % {"limit": NOTE_MAX})
    return text
