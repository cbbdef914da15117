"""The router: suggests departments for new requests, and sends on those whose category allows it.

Runs in a worker, rung by the intake and by a periodic sweep. What it decided and why is stored.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError, transaction
from django.utils import timezone

from common.memo import memo
from departments.models import Department
from requests_app import keywords
from requests_app.actors import Actor
from requests_app.models import Category, RoutingDecision, RoutingRule, ServiceRequest
from requests_app.services.change import begin, finish
from requests_app.services.open_departments import takes_requests
from requests_app.workflow import Verb

log = logging.getLogger(__name__)

BATCH = 50
SUGGESTIONS = 3
SURE = 1.0
# A category for everything else says nothing about who is responsible.
NOT_FIXED = 0.0
PER_WORD = 0.3
MOST_BY_KEYWORDS = 0.9

Reason = RoutingDecision.Reason


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A department the router would choose, and why. ``confidence`` is between 0 and 1."""

    department: Department | None
    reason: Reason
    category: Category | None = None
    rule: RoutingRule | None = None
    words: tuple[str, ...] = ()
    confidence: float = 0.0


def route_waiting() -> int:
    """Look at every request the router has not seen yet; returns how many there were.

    Several workers may do this at once: each takes rows nobody else holds.
    """
    seen = 0
    while batch := _route_batch():
        seen += batch
    return seen


@transaction.atomic
def _route_batch() -> int:
    waiting = ServiceRequest.objects.waiting_for_router().order_by("submitted_at")
    locked = list(waiting.select_for_update(skip_locked=True, of=("self",)).select_related("category")[:BATCH])
    for request in locked:
        _consider_safely(request)
    return len(locked)


def _consider_safely(request: ServiceRequest) -> None:
    """One request that cannot be considered goes to triage without a suggestion and holds up no other."""
    try:
        with transaction.atomic():
            _consider(request)
    except (OperationalError, SoftTimeLimitExceeded):
        raise  # of the moment, not of the request: the sweep comes again
    except Exception:
        log.exception("routing.failed", extra={"request": request.pk})
        ServiceRequest.objects.filter(pk=request.pk).update(routed_by_rule_at=timezone.now())


def _consider(request: ServiceRequest) -> None:
    now = timezone.now()
    best = suggest(request, now=now)
    request.save(update_fields=["suggested_department", "routed_by_rule_at"])
    if best.department is None or best.confidence < SURE or not (best.category and best.category.auto_route):
        return
    if not takes_requests(best.department):  # closed since it was suggested
        return
    if not Department.objects.staffed().filter(pk=best.department.pk).exists():  # no desk would show it
        return
    change = begin(request_id=request.pk, verb=Verb.ROUTE, actor=Actor.system())
    change.request.department = best.department
    finish(change, fields=("department",), rule=best.rule.pk if best.rule else None, reason=best.reason)
    request.routing_decisions.filter(at=now, rank=1).update(applied=True)


def suggest(request: ServiceRequest, *, now: datetime) -> Suggestion:
    """Store up to three suggestions for ``request`` and set the best on it in memory; the caller saves."""
    suggestions = suggestions_for(request)
    RoutingDecision.objects.bulk_create(
        RoutingDecision(
            request=request,
            department=suggestion.department,
            category=suggestion.category,
            rule=suggestion.rule,
            reason=suggestion.reason,
            words=list(suggestion.words),
            confidence=suggestion.confidence,
            rank=rank,
            at=now,
        )
        for rank, suggestion in enumerate(suggestions, start=1)
    )
    request.suggested_department = suggestions[0].department
    request.routed_by_rule_at = now
    return suggestions[0]


def suggestions_for(request: ServiceRequest) -> list[Suggestion]:
    """At most three departments for ``request``, the best first; never empty."""
    found = [by_category] if (by_category := _by_category(request)) else []
    best_first = sorted([*found, *_by_keywords(request)], key=lambda suggestion: -suggestion.confidence)
    unique: dict[Department | None, Suggestion] = {}
    for suggestion in best_first:
        unique.setdefault(suggestion.department, suggestion)
    return [*unique.values()][:SUGGESTIONS] or [Suggestion(None, Reason.NO_CATEGORY)]


def categories_for(text: str) -> list[Category]:
    """At most three categories whose keywords stand in ``text``, the best matched first."""
    return [category for category, _words in _ranked(text)[:SUGGESTIONS]]


def _by_category(request: ServiceRequest) -> Suggestion | None:
    category = request.category
    if category is None:
        return None
    rule = (
        RoutingRule.objects.filter(category=category, neighbourhood=request.neighbourhood_id, is_active=True)
        .select_related("department")
        .first()
    )
    department = rule.department if rule else category.department
    if not Department.objects.taking_requests().filter(pk=department.pk).exists():
        return Suggestion(None, Reason.DEPARTMENT_CLOSED, category, rule)
    if rule:
        return Suggestion(department, Reason.RULE, category, rule, confidence=SURE)
    return Suggestion(department, Reason.CATEGORY, category, confidence=NOT_FIXED if category.catch_all else SURE)


def _by_keywords(request: ServiceRequest) -> list[Suggestion]:
    return [
        Suggestion(
            category.department,
            Reason.KEYWORDS,
            category,
            words=found,
            confidence=min(MOST_BY_KEYWORDS, PER_WORD * keywords.weight(found)),
        )
        for category, found in _ranked(request.description)
    ]


def _ranked(text: str) -> list[tuple[Category, tuple[str, ...]]]:
    readable = keywords.readable(text)
    matches = [(category, keywords.matching(category.keywords, readable)) for category in _categories()]
    return sorted((match for match in matches if match[1]), key=lambda match: -keywords.weight(match[1]))


@memo(seconds=30)
def _categories() -> tuple[Category, ...]:
    open_to_requests = Category.objects.filter(is_active=True, department__in=Department.objects.taking_requests())
    return tuple(open_to_requests.select_related("department"))
