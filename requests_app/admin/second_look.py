"""What is shown before something is done that the applicant is told of at once and that cannot be untold."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications.services.rendering import Preview
from requests_app import presentation
from requests_app.actors import Actor
from requests_app.models import ServiceRequest
from requests_app.policies import check
from requests_app.services import merging
from requests_app.services.telling import preview
from requests_app.workflow import Verb

# The name of the button on the second page.
CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Side:
    """One of two requests side by side. ``already`` is how many were merged into it before."""

    request: ServiceRequest
    place: str
    already: int


@dataclass(frozen=True, slots=True)
class Merge:
    """Both requests as they are, and the message that the first one's applicant would get."""

    goes: Side
    stays: Side
    sms: Preview | None
    title: Promise = _("Merge these two applications?")


def of_merge(request: ServiceRequest, actor: Actor, form: Any) -> Merge:
    """What a merge would join. Raises what the service would raise now."""
    check(actor, Verb.MERGE, request)
    target = merging.target_for(request, form.cleaned_data["into_number"])
    return Merge(_side(request), _side(target), preview(request, "request_merged", other=target.number))


def _side(request: ServiceRequest) -> Side:
    return Side(request, presentation.place_of(request), request.merged.count())
