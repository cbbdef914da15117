"""What the applicant decides about the own request."""

from django.utils.translation import gettext_lazy as _

from common.errors import InvalidInput
from common.transactions import one_transaction
from requests_app import clocks
from requests_app.actors import Actor
from requests_app.models import AnswerState, Feedback, ServiceRequest
from requests_app.services import attachments, merging
from requests_app.services.change import begin, finish, needed_reason
from requests_app.services.department import return_from_closed
from requests_app.services.open_departments import takes_requests
from requests_app.services.telling import tell, tell_everybody
from requests_app.vocabulary import ActorKind, NoteKind
from requests_app.workflow import Verb


@one_transaction()
def withdraw(*, request_id: int, actor: Actor) -> ServiceRequest:
    """The applicant wants nothing any more. An unfinished answer draft is dropped, others' requests go on.

    The applicant is told, because a stranger may hold the link; ``triage.restore`` takes it back.
    """
    change = begin(request_id=request_id, verb=Verb.WITHDRAW, actor=actor)
    for draft in change.request.answers.filter(state=AnswerState.DRAFT):
        for attachment in draft.attachments.all():
            attachments.remove(attachment)
        draft.delete()
    merging.let_go(change.request)
    request = finish(change)
    tell(request, "request_withdrawn")
    return request


@one_transaction()
def reopen(*, request_id: int, reason: str, actor: Actor, expected_version: int | None = None) -> ServiceRequest:
    """Not solved: back to the department with fresh clocks. The applicant within the window, or review staff.

    Where the department takes no requests any more, the request goes on to triage; so does one that was merged,
    which leaves the other to itself.
    """
    change = begin(request_id=request_id, verb=Verb.REOPEN, actor=actor, expected_version=expected_version)
    kind = NoteKind.INFORMATION if actor.kind == ActorKind.APPLICANT else NoteKind.REASON
    note = change.note(kind, needed_reason(reason))
    change.request.reopened_times = change.request.closing + 1
    change.request.promised_on = change.request.merged_into = None
    clocks.restart(change.request, change.now)
    request = finish(change, fields=("reopened_times", "promised_on", "merged_into"), note=note)
    if request.department is not None and not takes_requests(request.department):
        request = return_from_closed(request)
    tell_everybody(request, "request_reopened")
    return request


@one_transaction()
def rate(*, request_id: int, solved: bool, score: int, comment: str, actor: Actor) -> Feedback:
    """ "Was this solved?" with 1 to 5 and a word; once for each closing."""
    change = begin(request_id=request_id, verb=Verb.RATE, actor=actor)
    if not 1 <= score <= 5:
        raise InvalidInput("score", _("Choose a number from 1 to 5."))
    feedback = Feedback.objects.create(
        request=change.request,
        closing=change.request.closing,
        solved=solved,
        score=score,
        comment=comment.strip()[:500],
        created_at=change.now,
    )
    finish(change, score=score, solved=solved)
    return feedback
