"""Requests about the same matter: one is worked on, the others are merged into it and hear how it ends.

The tree is one deep, held by triggers: where a request is merged that others were merged into, they move along
with it; where it ends without an answer, they go back to triage. Used by other services in their transaction.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from common.errors import InvalidInput
from requests_app.actors import Actor
from requests_app.models import RequestEvent, ServiceRequest
from requests_app.services.change import begin, finish
from requests_app.services.telling import tell
from requests_app.workflow import FINISHED, Verb


def target_for(request: ServiceRequest, number: str) -> ServiceRequest:
    """The request with this number, if ``request`` may be merged into it; InvalidInput on ``into_number`` if not."""
    target = ServiceRequest.objects.select_related("merged_into").filter(number=number).first()
    if target is None:
        raise InvalidInput("into_number", _("There is no request with this number."))
    if target.pk == request.pk:
        raise InvalidInput("into_number", _("This is the request itself."))
    if target.merged_into is not None:
        message = _("That request was itself merged into %(number)s. Write that number.")
        raise InvalidInput("into_number", message % {"number": target.merged_into.number})
    if target.status in FINISHED:
        raise InvalidInput("into_number", _("That request is finished; merge into one that is still open."))
    return target


def move_along(request: ServiceRequest, target: ServiceRequest) -> list[ServiceRequest]:
    """Merge into ``target`` whoever is merged into ``request``, which is about to be merged; returns them."""
    return [_move(child, target, along=request.pk) for child in _lock_merged_into(request)]


def followers_of(request_id: int) -> list[int]:
    """Ids of those who moved along when this request was merged, and are still where it is."""
    moves = RequestEvent.objects.filter(verb=Verb.MERGE, request__merged_into__merged=request_id).order_by("version")
    latest = {move.request_id: move.facts.get("along") for move in moves}
    return sorted(follower for follower, along in latest.items() if along == request_id)


def move_back(followers: list[int], request: ServiceRequest) -> None:
    """Merge the followers into ``request`` again, which was taken back. They must be locked."""
    for follower in followers:
        _move(follower, request)


def let_go(request: ServiceRequest) -> None:
    """Take whoever is merged into ``request`` back to triage and tell them: it is about to end without an answer."""
    for child in _lock_merged_into(request):
        change = begin(request_id=child, verb=Verb.RESTORE, actor=Actor.system())
        change.request.merged_into = None
        tell(finish(change, fields=("merged_into",), left=request.pk), "request_restored")


def _move(child: int, target: ServiceRequest, **facts: Any) -> ServiceRequest:
    change = begin(request_id=child, verb=Verb.MERGE, actor=Actor.system())
    change.request.merged_into = target
    return finish(change, fields=("merged_into",), into=target.pk, **facts)


def _lock_merged_into(request: ServiceRequest) -> list[int]:
    return list(request.merged.order_by("pk").select_for_update().values_list("pk", flat=True))
