"""What the applicant is told by message. Called inside the transaction that makes it true."""

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import formats, timezone, translation

from common.inserting import insert
from departments.services.organisation import municipality
from notifications.models import Lane, Message
from notifications.services import outbox, rendering
from requests_app.models import ServiceRequest

# A message about a request that could not be sent for this long is of no use any more.
USELESS_AFTER = timedelta(days=2)


def tell(request: ServiceRequest, event: str, **context: Any) -> None:
    """Queue the message ``event`` to the applicant in the applicant's language, if there is a phone.

    ``context`` are the template's fields besides number, municipality and page; dates are written out in the
    applicant's language. No answer text, no name and no tracking secret ever goes into a message.
    """
    message = message_about(request, event, **context)
    if message is not None:
        insert(message)


def message_about(request: ServiceRequest, event: str, **context: Any) -> Message | None:
    """The row that ``tell`` inserts, for a caller who inserts it together with others; None without a phone."""
    applicant = request.applicant
    if applicant is None or not applicant.phone:
        return None
    return outbox.compose(
        event=event,
        lane=Lane.TRANSACTIONAL,
        phone=applicant.phone,
        language=request.language,
        context=_fields(request, context),
        reference=f"request:{request.number}",
        expires_in=USELESS_AFTER,
    )


def was_told(request: ServiceRequest) -> bool:
    """Whether any message with the number has gone to the applicant. A one-time code names no number."""
    return Message.objects.for_reference(f"request:{request.number}").filter(lane=Lane.TRANSACTIONAL).exists()


def tell_everybody(request: ServiceRequest, event: str, **context: Any) -> None:
    """``tell`` the applicant and everybody whose request was merged into this one, each with the own number."""
    for told in (request, *request.merged.select_related("applicant")):
        tell(told, event, **context)


def preview(request: ServiceRequest, event: str, **context: Any) -> rendering.Preview | None:
    """What ``tell`` would send now. None where there is no phone, or where a field of the text is still missing."""
    if request.applicant is None or not request.applicant.phone:
        return None
    try:
        return rendering.preview(event, request.language, _fields(request, context))
    except rendering.NotRenderable:
        return None


def _fields(request: ServiceRequest, context: dict[str, Any]) -> dict[str, str]:
    place = municipality()
    with translation.override(request.language):
        written = {key: _written(value) for key, value in context.items()}
        written["page"] = _tracking_page()
    return {"number": request.number, "municipality": place.short_name if place else "", **written}


def _tracking_page() -> str:
    """Where number and phone open a request, as short as one would type it: ``basvuru.ornek.bel.tr/takip``."""
    host: str = urlsplit(settings.PUBLIC_BASE_URL).netloc
    return (host + reverse("portal:track")).rstrip("/")


def _written(value: Any) -> str:
    if isinstance(value, datetime):
        value = timezone.localdate(value)
    return formats.date_format(value, "j F Y") if isinstance(value, date) else str(value)
