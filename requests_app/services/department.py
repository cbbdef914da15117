"""What a department does with a request before it answers."""

from common.transactions import one_transaction
from requests_app.actors import Actor
from requests_app.models import ServiceRequest
from requests_app.services.change import begin, finish, needed_reason
from requests_app.services.telling import tell_everybody
from requests_app.vocabulary import NoteKind
from requests_app.workflow import Verb


@one_transaction()
def accept(*, request_id: int, actor: Actor, expected_version: int | None = None) -> ServiceRequest:
    """Take the request into work. Head or staff of its department."""
    change = begin(request_id=request_id, verb=Verb.ACCEPT, actor=actor, expected_version=expected_version)
    return finish(change)


@one_transaction()
def return_to_triage(
    *, request_id: int, reason: str, actor: Actor, expected_version: int | None = None
) -> ServiceRequest:
    """Say that the request belongs elsewhere. Head or staff of its department; the reason is for triage."""
    change = begin(request_id=request_id, verb=Verb.RETURN_TO_TRIAGE, actor=actor, expected_version=expected_version)
    note = change.note(NoteKind.REASON, needed_reason(reason))
    before, change.request.department = change.request.department_id, None
    return finish(change, fields=("department",), note=note, before=before)


def return_from_closed(request: ServiceRequest) -> ServiceRequest:
    """Triage decides about a request whose department takes none any more. Part of the change that led there."""
    change = begin(request_id=request.pk, verb=Verb.RETURN_TO_TRIAGE, actor=Actor.system())
    before, change.request.department = change.request.department_id, None
    return finish(change, fields=("department",), before=before)


@one_transaction()
def extend(*, request_id: int, reason: str, actor: Actor, expected_version: int | None = None) -> ServiceRequest:
    """Extend the period of an information request where another body is asked, and tell the applicant.

    Head or triage. Law 4982, art. 11: the applicant is told of it before the first period ends.
    """
    change = begin(request_id=request_id, verb=Verb.EXTEND, actor=actor, expected_version=expected_version)
    note = change.note(NoteKind.REASON, needed_reason(reason))
    change.request.extended = True
    request = finish(change, note=note)
    tell_everybody(request, "request_extended", due=request.legal_due_at)
    return request
