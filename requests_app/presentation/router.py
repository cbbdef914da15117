"""What the router thought, and why, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from requests_app.models import RoutingDecision, ServiceRequest
from requests_app.services.routing import Suggestion
from requests_app.vocabulary import ActorKind
from requests_app.workflow import Verb

Reason = RoutingDecision.Reason


def routing_reason(found: RoutingDecision | Suggestion, request: ServiceRequest) -> str:
    """Why the router thinks of this department. No query when category and neighbourhood are selected already."""
    words = _words(found, request)
    if found.reason == Reason.RULE:
        return _("Rule: %(category)s in %(neighbourhood)s") % words
    if found.reason == Reason.KEYWORDS:
        return _("Words: %(words)s (%(category)s)") % words
    return _("Category: %(category)s") % words


def why_no_department(found: RoutingDecision | Suggestion) -> str:
    """Why ``found`` leads nowhere: nothing was known, or its department is closed by now."""
    reason = Reason.DEPARTMENT_CLOSED if found.department else Reason(found.reason)
    return ": ".join(filter(None, (found.category.label if found.category else "", str(reason.label))))


def sent_by_router(request: ServiceRequest) -> str:
    """By which rule the router itself sent ``request`` to where it lies now, and how sure it was; else nothing.

    At most two queries when the neighbourhood is selected already.
    """
    if request.department_id is None or not _was_last_sent_by_router(request):
        return ""
    found = request.routing_decisions.filter(applied=True).select_related("category").latest("at")
    words = {**_words(found, request), "percent": round(100 * found.confidence)}
    if found.reason == Reason.RULE:
        return _("Sent by rule: %(category)s in %(neighbourhood)s (%(percent)d%%)") % words
    return _("Sent by rule: %(category)s (%(percent)d%%)") % words


def _was_last_sent_by_router(request: ServiceRequest) -> bool:
    sent = request.events.filter(verb__in=(Verb.ROUTE, Verb.REROUTE)).order_by("-version")
    return sent.values_list("actor_kind", flat=True).first() == ActorKind.SYSTEM


def _words(found: RoutingDecision | Suggestion, request: ServiceRequest) -> dict[str, str]:
    return {
        "category": found.category.label if found.category else "",
        "neighbourhood": str(request.neighbourhood or ""),
        "words": ", ".join(found.words),
    }
