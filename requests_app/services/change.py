"""The one shape of every change: lock, check, change, append to the history.

Used by the other service modules inside their own transaction; not by anything outside this package.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from common.errors import InvalidInput, StaleVersion
from common.workflow import BACK, STAY, Transition
from requests_app import clocks
from requests_app.actors import Actor
from requests_app.models import Note, RequestEvent, ServiceRequest
from requests_app.policies import check
from requests_app.vocabulary import ActorKind, NoteKind
from requests_app.workflow import FINISHED, Status, Verb


@dataclass(slots=True)
class Change:
    """A request locked for one verb, on its way to being saved."""

    request: ServiceRequest
    transition: Transition
    actor: Actor
    now: datetime
    from_status: str

    def note(self, kind: NoteKind, text: str) -> Note:
        """Write a note that belongs to this change."""
        return Note.objects.create(
            request=self.request, kind=kind, text=text.strip(), author=self.actor.user, created_at=self.now
        )


def begin(*, request_id: int, verb: Verb, actor: Actor, expected_version: int | None = None) -> Change:
    """Lock the request and make sure that ``actor`` may do ``verb`` to it now.

    ``expected_version`` is the version the actor saw; None where a person cannot have seen one. Must be
    called inside a transaction. Raises ServiceRequest.DoesNotExist outside the actor's scope, StaleVersion
    where somebody was quicker, TransitionRefused, NotPermitted, DomainError.
    """
    request = _lock(request_id, actor)
    transition = _permitted(request, verb, actor, expected_version)
    return Change(request, transition, actor, timezone.now(), request.status)


def look(*, request_id: int, verb: Verb, actor: Actor, expected_version: int | None = None) -> ServiceRequest:
    """What ``begin`` would refuse now is refused here without a lock, before work that takes long.

    Only ``begin`` decides: much may have happened when the work is done. Raises what ``begin`` raises.
    """
    request = _in_scope(actor).get(pk=request_id)
    _permitted(request, verb, actor, expected_version)
    return request


def _permitted(request: ServiceRequest, verb: Verb, actor: Actor, expected_version: int | None) -> Transition:
    if expected_version is not None and expected_version != request.version:
        raise StaleVersion(_last_change(request))
    return check(actor, verb, request)


def hold(*request_ids: int) -> None:
    """Lock several requests before the first of them is begun, so that no two changes wait for each other.

    The order is the same everywhere: by id; requests that others were merged into before those others.
    """
    list(ServiceRequest.objects.filter(pk__in=request_ids).order_by("pk").select_for_update().values_list("pk"))


def finish(change: Change, *, fields: tuple[str, ...] = (), note: Note | None = None, **facts: Any) -> ServiceRequest:
    """Move to the verb's target, recount the clocks, save exactly what changed and append the history row.

    ``fields`` names the request's fields that the caller set; ``facts`` are ids and codes for the history,
    never a citizen's words.
    """
    request = change.request
    _move(change)
    clocks.set_clock(request)
    request.version += 1
    request.updated_at = change.now
    request.save(update_fields={*fields, *_STATUS_FIELDS, *clocks.CLOCK_FIELDS})
    _append(change, note, facts)
    return request


def needed_reason(reason: str, *, field: str = "reason") -> str:
    """``reason``, or InvalidInput on ``field`` where there is none."""
    if not reason.strip():
        raise InvalidInput(field, _("Write the reason."))
    return reason


_STATUS_FIELDS = (
    "status",
    "resume_status",
    "closed_at",
    "paused_at",
    "pauses",
    "clock_started_at",
    "extended",
    "version",
    "updated_at",
)


def _in_scope(actor: Actor) -> QuerySet[ServiceRequest]:
    scope = ServiceRequest.objects.all()
    if actor.kind == ActorKind.USER and actor.user is not None:
        scope = scope.visible_to(actor.user)
    return scope.select_related("applicant")


def _lock(request_id: int, actor: Actor) -> ServiceRequest:
    return _in_scope(actor).select_for_update(of=("self",)).get(pk=request_id)


def _move(change: Change) -> None:
    request = change.request
    target = change.transition.target
    if target == BACK:
        request.status = request.resume_status or Status.RECEIVED
    elif target != STAY:
        request.status = target
    _pause_or_resume(change)
    request.closed_at = (request.closed_at or change.now) if request.status in FINISHED else None


def _pause_or_resume(change: Change) -> None:
    request = change.request
    if request.status == change.from_status:
        return
    if request.status == Status.WAITING_FOR_APPLICANT:
        request.resume_status = change.from_status
        clocks.pause(request, change.now)
    elif change.from_status == Status.WAITING_FOR_APPLICANT:
        request.resume_status = ""
        clocks.resume(request, change.now)


def _append(change: Change, note: Note | None, facts: dict[str, Any]) -> None:
    request, actor = change.request, change.actor
    RequestEvent.objects.create(
        request=request,
        at=change.now,
        verb=change.transition.verb,
        from_status=change.from_status,
        to_status=request.status,
        actor_kind=actor.kind,
        actor=actor.user,
        department_id=request.department_id,
        note=note,
        facts=facts,
        version=request.version,
    )


def _last_change(request: ServiceRequest) -> str:
    event = request.events.select_related("actor").order_by("-version").first()
    if event is None:
        return _("Somebody else has changed this request. Nothing was saved; please look again.")
    who = event.actor.full_name if event.actor else event.get_actor_kind_display()
    return _("%(who)s changed this request at %(time)s: %(what)s. Nothing of yours was lost; please look again.") % {
        "who": who,
        "time": formats.time_format(timezone.localtime(event.at), "H.i"),
        "what": event.get_verb_display(),
    }
