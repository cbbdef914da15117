"""What was just done, said on the page that opens next, with the way back where there is one.

The page gets the request's id in its address (``?done=``) and reads the rest from the history, so the
message never says more than what is true.
"""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.current import signed_in
from requests_app.actors import Actor
from requests_app.models import RequestEvent, ServiceRequest
from requests_app.policies import can
from requests_app.workflow import Verb

PARAMETER = "done"

_SENTENCES: dict[str, str | Promise] = {
    Verb.ROUTE: _("%(number)s was sent to: %(department)s."),
    Verb.REROUTE: _("%(number)s was sent to: %(department)s."),
    Verb.REJECT: _("%(number)s was not taken up."),
    Verb.FORWARD: _("%(number)s was forwarded to: %(authority)s."),
    Verb.MERGE: _("%(number)s was merged with %(other)s."),
    Verb.ASK: _("The question about %(number)s was sent to the applicant."),
    Verb.RESTORE: _("%(number)s is waiting for triage again."),
    Verb.APPROVE_ANSWER: _("The answer to %(number)s was approved. The application is closed."),
    Verb.APPROVE_DATE: _("The programme date of %(number)s was approved."),
    Verb.APPROVE_FORWARDING: _("%(number)s was forwarded to: %(authority)s."),
    Verb.RETURN_ANSWER: _("The answer to %(number)s went back to: %(department)s."),
    Verb.RECLASSIFY: _("%(number)s was corrected."),
    Verb.RESUME: _("%(number)s goes on without the applicant's reply."),
    Verb.ADD_NOTE: _("The note on %(number)s was kept."),
    Verb.EXTEND: _("The legal period of %(number)s was extended."),
    Verb.REOPEN: _("%(number)s was reopened and lies at: %(department)s."),
}

_RESTORABLE = (Verb.REJECT, Verb.FORWARD, Verb.APPROVE_FORWARDING, Verb.MERGE)
_REROUTABLE = (Verb.ROUTE, Verb.REROUTE)


@dataclass(frozen=True, slots=True)
class Done:
    """One sentence about ``request``, and what can still be undone: restored, or sent elsewhere."""

    request: ServiceRequest
    sentence: str
    can_restore: bool
    can_reroute: bool


def take_done(request: HttpRequest) -> Done | None:
    """What ``?done=`` names, if the reader may see it; the parameter is taken out of ``request.GET``."""
    value = request.GET.get(PARAMETER)
    if value is None:
        return None
    kept = request.GET.copy()
    del kept[PARAMETER]
    request.GET = kept  # type: ignore[assignment]
    if not value.isdecimal() or len(value) > 18:
        return None
    visible = ServiceRequest.objects.visible_to(signed_in(request))
    found = visible.select_related("department", "authority", "merged_into").filter(pk=value).first()
    return _done(found, Actor.staff(signed_in(request))) if found else None


def _done(found: ServiceRequest, actor: Actor) -> Done | None:
    event = found.events.order_by("-version").first()
    if event is None or event.verb not in _SENTENCES or event.actor_id != (actor.user and actor.user.pk):
        return None
    return Done(
        request=found,
        sentence=_sentence(found, event),
        can_restore=event.verb in _RESTORABLE and can(actor, Verb.RESTORE, found),
        can_reroute=event.verb in _REROUTABLE and can(actor, Verb.REROUTE, found),
    )


def _sentence(found: ServiceRequest, event: RequestEvent) -> str:
    return str(_SENTENCES[event.verb]) % {
        "number": found.number,
        "department": found.department or "",
        "authority": found.authority or "",
        "other": found.merged_into or "",
    }
