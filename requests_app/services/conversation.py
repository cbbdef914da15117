"""Questions, replies and notes on a request."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from common.errors import InvalidInput
from common.transactions import one_transaction
from requests_app.actors import Actor
from requests_app.models import ServiceRequest
from requests_app.services import attachments
from requests_app.services.change import Change, begin, finish
from requests_app.services.telling import tell
from requests_app.vocabulary import NoteKind
from requests_app.workflow import Verb

TEXT_MAX = 4000
FILES_PER_REQUEST = 20


@one_transaction()
def ask(*, request_id: int, question: str, actor: Actor, expected_version: int | None = None) -> ServiceRequest:
    """Ask the applicant something; the clocks stand until the reply. Triage or the request's department."""
    change = begin(request_id=request_id, verb=Verb.ASK, actor=actor, expected_version=expected_version)
    note = change.note(NoteKind.QUESTION, _text(question, "question"))
    request = finish(change, note=note)
    tell(request, "request_question")
    return request


@one_transaction()
def reply(*, request_id: int, text: str, files: list[Any], actor: Actor) -> ServiceRequest:
    """The applicant answers our question; the request goes back to where it was."""
    return _applicant_says(request_id, Verb.REPLY, NoteKind.REPLY, text, files, actor)


@one_transaction()
def add_information(*, request_id: int, text: str, files: list[Any], actor: Actor) -> ServiceRequest:
    """The applicant adds something unasked; the status stays."""
    return _applicant_says(request_id, Verb.ADD_INFORMATION, NoteKind.INFORMATION, text, files, actor)


@one_transaction()
def resume(*, request_id: int, actor: Actor, expected_version: int | None = None) -> ServiceRequest:
    """Go on without the applicant's reply. Triage or the request's department."""
    change = begin(request_id=request_id, verb=Verb.RESUME, actor=actor, expected_version=expected_version)
    return finish(change)


@one_transaction()
def add_note(*, request_id: int, text: str, actor: Actor) -> ServiceRequest:
    """Write an internal note that the applicant never sees. Anybody on the staff side who sees the request."""
    change = begin(request_id=request_id, verb=Verb.ADD_NOTE, actor=actor)
    return finish(change, note=change.note(NoteKind.INTERNAL, _text(text, "text")))


def _applicant_says(
    request_id: int, verb: Verb, kind: NoteKind, text: str, files: list[Any], actor: Actor
) -> ServiceRequest:
    change = begin(request_id=request_id, verb=verb, actor=actor)
    note = change.note(kind, _text(text, "text"))
    _attach(change, files, note)
    return finish(change, note=note)


def _attach(change: Change, files: list[Any], note: Any) -> None:
    already = change.request.attachments.filter(answer__isnull=True).count()
    limit = min(FILES_PER_REQUEST, already + attachments.PER_APPLICATION)
    uploads = attachments.clean_all(files, already=already, limit=limit)
    attachments.store(uploads, actor=change.actor, request=change.request, note=note)


def _text(text: str, field: str) -> str:
    if not text.strip():
        raise InvalidInput(field, _("Write something before you send it."))
    if len(text) > TEXT_MAX:
        raise InvalidInput(field, _("At most %(limit)d characters.") % {"limit": TEXT_MAX})
    return text
