"""The router's suggestions as the triage page offers them: a department and the reason in words."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from departments.models import Department
from requests_app import presentation
from requests_app.admin import cells
from requests_app.models import Category, RoutingDecision, ServiceRequest
from requests_app.services.routing import SUGGESTIONS, Suggestion, suggestions_for

Found = Sequence[RoutingDecision | Suggestion]


@dataclass(frozen=True, slots=True)
class Offer:
    """A department to choose with one press. ``key`` is the digit that chooses it."""

    key: int
    department: Department
    reason: str
    confidence: str
    category: Category | None = None
    was_returned: bool = False
    nobody_works: bool = False


def offers_for(
    request: ServiceRequest,
    found: Found,
    *,
    open_departments: Iterable[Department],
    staffed: Container[int],
    returned_by: int | None,
) -> list[Offer]:
    """At most three departments that exist, the surest first. No query.

    A department that returned the request (``returned_by``, its id) comes last and says so; one that is not among
    ``staffed`` (ids) says that nobody works there.
    """
    active = {department.pk for department in open_departments}
    offered = [(each.department, each) for each in found if each.department and each.department.pk in active]
    offered.sort(key=lambda pair: pair[0].pk == returned_by)
    return [
        Offer(
            key=key,
            department=department,
            reason=presentation.routing_reason(each, request),
            confidence=cells.confidence(each.confidence),
            category=each.category,
            was_returned=department.pk == returned_by,
            nobody_works=department.pk not in staffed,
        )
        for key, (department, each) in enumerate(offered, start=1)
    ]


def gap_in(found: Found, *, open_departments: Iterable[Department]) -> str:
    """Why the router has no department for the category, where it has none. No query."""
    active = {department.pk for department in open_departments}
    gap = next((each for each in found if each.department is None or each.department.pk not in active), None)
    return presentation.why_no_department(gap) if gap else ""


def newest(request: ServiceRequest) -> Found:
    """What the router thought of ``request`` last; what it would think where it has not looked yet."""
    if request.routed_by_rule_at is None:
        return suggestions_for(request)
    stored = list(
        request.routing_decisions.select_related("department", "category").order_by("-at", "rank")[:SUGGESTIONS]
    )
    return [decision for decision in stored if decision.at == stored[0].at]
