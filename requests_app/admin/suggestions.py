"""The router's suggestions as the triage page offers them: a department and the reason in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from departments.models import Department
from requests_app.admin import cells
from requests_app.models import Category, RoutingDecision, ServiceRequest
from requests_app.services.routing import SUGGESTIONS, Suggestion, suggestions_for

Reason = RoutingDecision.Reason


@dataclass(frozen=True, slots=True)
class Offer:
    """A department to choose with one press. ``key`` is the digit that chooses it."""

    key: int
    department: Department
    reason: str
    confidence: str
    category: Category | None = None
    was_returned: bool = False


def offers_for(
    request: ServiceRequest, *, open_departments: Iterable[Department], returned_by: int | None
) -> list[Offer]:
    """At most three departments that exist, the surest first. Two queries at most.

    A department that returned the request (``returned_by``, its id) comes last and says so.
    """
    active = {department.pk for department in open_departments}
    found = [(each.department, each) for each in _newest(request) if each.department and each.department.pk in active]
    found.sort(key=lambda pair: pair[0].pk == returned_by)
    return [
        Offer(
            key=key,
            department=department,
            reason=_reason(each, request),
            confidence=cells.confidence(each.confidence),
            category=each.category,
            was_returned=department.pk == returned_by,
        )
        for key, (department, each) in enumerate(found, start=1)
    ]


def _newest(request: ServiceRequest) -> Sequence[RoutingDecision | Suggestion]:
    if request.routed_by_rule_at is None:
        return suggestions_for(request)
    stored = list(
        request.routing_decisions.select_related("department", "category").order_by("-at", "rank")[:SUGGESTIONS]
    )
    return [decision for decision in stored if decision.at == stored[0].at]


def _reason(found: RoutingDecision | Suggestion, request: ServiceRequest) -> str:
    words = {
        "category": found.category.label if found.category else "",
        "neighbourhood": str(request.neighbourhood or ""),
        "words": ", ".join(found.words),
    }
    if found.reason == Reason.RULE:
        return _("Rule: %(category)s in %(neighbourhood)s") % words
    if found.reason == Reason.KEYWORDS:
        return _("Words: %(words)s (%(category)s)") % words
    return _("Category: %(category)s") % words
