"""What public-relations staff decide about a received request."""

from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import DomainError, InvalidInput
from common.transactions import one_transaction
from departments.models import Department
from requests_app import clocks
from requests_app.actors import Actor
from requests_app.models import Authority, Category, RoutingDecision, ServiceRequest
from requests_app.services import merging, routing
from requests_app.services.change import Change, begin, finish, hold, needed_reason
from requests_app.services.intake import Place, check_name, searchable
from requests_app.services.open_departments import takes_requests
from requests_app.services.telling import tell
from requests_app.vocabulary import Kind, NoteKind
from requests_app.workflow import Status, Verb


@one_transaction()
def route(
    *,
    request_id: int,
    department: Department,
    actor: Actor,
    category: Category | None = None,
    expected_version: int | None = None,
) -> ServiceRequest:
    """Send a received request to ``department``. Needs ``requests_app.triage``.

    ``category`` is that of the suggestion which was accepted: a request without one takes it over, and its
    clocks follow.
    """
    change = begin(request_id=request_id, verb=Verb.ROUTE, actor=actor, expected_version=expected_version)
    return _send_to(change, department, category=category)


@one_transaction()
def reroute(
    *, request_id: int, department: Department, actor: Actor, reason: str = "", expected_version: int | None = None
) -> ServiceRequest:
    """Send a request that lies at one department to another. Needs ``requests_app.triage``.

    The correction is kept as a history row that names both departments.
    """
    change = begin(request_id=request_id, verb=Verb.REROUTE, actor=actor, expected_version=expected_version)
    if department.pk == change.request.department_id:
        raise InvalidInput("department", _("The request is at this department already."))
    return _send_to(change, department, reason)


def route_many(
    *, versions: dict[int, int], department: Department | None, actor: Actor
) -> tuple[list[ServiceRequest], list[tuple[int, DomainError]]]:
    """Route several requests, each in its own transaction, so that one refusal does not hold up the rest.

    ``versions`` maps request ids to the versions the actor saw. ``department`` None means each to the
    department suggested for it, with the suggestion's category. Returns what was routed and (id, why not) of
    the others.
    """
    done: list[ServiceRequest] = []
    refused: list[tuple[int, DomainError]] = []
    suggested = _suggested(versions)
    for request_id, version in versions.items():
        target, category = (department, None) if department else suggested.get(request_id, (None, None))
        try:
            if target is None:
                raise InvalidInput("department", _("No department is suggested for this request."))
            done.append(
                route(
                    request_id=request_id, department=target, category=category, actor=actor, expected_version=version
                )
            )
        except DomainError as error:
            refused.append((request_id, error))
    return done, refused


@one_transaction()
def reject(*, request_id: int, reason: str, actor: Actor, expected_version: int | None = None) -> ServiceRequest:
    """Do not take the request up, and tell the applicant why. Needs ``requests_app.triage``."""
    change = begin(request_id=request_id, verb=Verb.REJECT, actor=actor, expected_version=expected_version)
    note = change.note(NoteKind.REASON, needed_reason(reason))
    merging.let_go(change.request)
    request = finish(change, note=note)
    tell(request, "request_rejected")
    return request


@one_transaction()
def forward(
    *, request_id: int, authority: Authority, actor: Actor, reason: str = "", expected_version: int | None = None
) -> ServiceRequest:
    """Forward to the authority in charge and tell the applicant (Law 3071, art. 5). Needs triage."""
    change = begin(request_id=request_id, verb=Verb.FORWARD, actor=actor, expected_version=expected_version)
    change.request.authority = authority
    note = change.note(NoteKind.REASON, reason) if reason.strip() else None
    merging.let_go(change.request)
    request = finish(change, fields=("authority",), note=note, authority=authority.pk)
    tell(request, "request_forwarded", authority=authority.name)
    return request


@one_transaction()
def merge(*, request_id: int, into_number: str, actor: Actor, expected_version: int | None = None) -> ServiceRequest:
    """Declare the request the same matter as another one; both keep their numbers. Needs triage.

    Whoever was merged into it moves along. Raises InvalidInput on ``into_number`` for an unknown, finished,
    merged or the very same request.
    """
    hold(request_id, *ServiceRequest.objects.filter(number=into_number).values_list("pk", flat=True))
    change = begin(request_id=request_id, verb=Verb.MERGE, actor=actor, expected_version=expected_version)
    target = merging.target_for(change.request, into_number)
    moved = merging.move_along(change.request, target)
    change.request.merged_into = target
    request = finish(change, fields=("merged_into",), into=target.pk)
    tell(request, "request_merged", other=target.number)
    if target.promised_on and target.promised_on >= timezone.localdate():
        for told in (request, *moved):
            tell(told, "request_scheduled", date=target.promised_on)
    return request


@one_transaction()
def restore(*, request_id: int, actor: Actor, expected_version: int | None = None) -> ServiceRequest:
    """Take back a rejection, a forwarding, a merge or a withdrawal, and tell the applicant. Whoever moved along with
    a merge comes back with it.

    Needs ``requests_app.triage``. A withdrawal is taken back by the applicant too, within the time for reopening; its
    clocks start anew, and what was promised before is not.
    """
    hold(request_id, *merging.followers_of(request_id))
    change = begin(request_id=request_id, verb=Verb.RESTORE, actor=actor, expected_version=expected_version)
    followers = merging.followers_of(request_id)
    change.request.merged_into = change.request.authority = change.request.department = None
    if change.from_status == Status.WITHDRAWN:
        change.request.promised_on = None
        clocks.restart(change.request, change.now)
    request = finish(change, fields=("merged_into", "authority", "department", "promised_on"))
    merging.move_back(followers, request)
    tell(request, "request_restored")
    return request


@one_transaction()
def reclassify(
    *,
    request_id: int,
    kind: Kind,
    category: Category | None,
    place: Place,
    actor: Actor,
    expected_version: int | None = None,
) -> ServiceRequest:
    """Correct kind, category and place; suggestions and clocks follow. Needs ``requests_app.triage``.

    Raises InvalidInput on ``kind`` where that kind needs a name and the request has none.
    """
    change = begin(request_id=request_id, verb=Verb.RECLASSIFY, actor=actor, expected_version=expected_version)
    request = change.request
    check_name(kind, request.applicant, field="kind")
    before = {"kind": request.kind, "category": request.category_id}
    request.kind, request.category = kind, category
    request.neighbourhood_id, request.address = place.neighbourhood_id, place.address
    request.latitude, request.longitude = place.latitude, place.longitude
    request.search_text = searchable(request)
    routing.suggest(request, now=change.now)
    return finish(change, fields=_CLASSIFICATION, before=before)


_CLASSIFICATION = (
    "kind",
    "category",
    "neighbourhood",
    "address",
    "latitude",
    "longitude",
    "search_text",
    "suggested_department",
    "routed_by_rule_at",
)


def _send_to(
    change: Change, department: Department, reason: str = "", category: Category | None = None
) -> ServiceRequest:
    if not takes_requests(department):
        raise InvalidInput("department", _("No application can be sent to this department."))
    request = change.request
    before, request.department = request.department_id, department
    note = change.note(NoteKind.REASON, reason) if reason.strip() else None
    facts = {"before": before, "suggested": request.suggested_department_id == department.pk}
    if category is not None and request.category_id is None:
        request.category, facts["category"] = category, category.pk
    return finish(change, fields=("department", "category"), note=note, **facts)


def _suggested(versions: Iterable[int]) -> dict[int, tuple[Department | None, Category | None]]:
    newest = RoutingDecision.objects.filter(request__in=list(versions), rank=1).order_by("request_id", "-at")
    decisions = newest.distinct("request_id").select_related("department", "category")
    return {decision.request_id: (decision.department, decision.category) for decision in decisions}
