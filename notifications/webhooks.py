"""The door for gateways: check who knocks, write down what they say, answer. Everything else happens later.

Twilio signs. The others sign nothing: they must come from an address on the list and know the secret in the path.
Whoever is refused learns nothing but that. Served without sessions and templates (config/middleware.py).
"""

import ipaddress
import json
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from twilio.request_validator import RequestValidator

from common.addresses import client_address
from notifications.gateways.notices import Form, NotUnderstood, form_of, reader_of
from notifications.models import InboundNotice
from notifications.services import notices

# Bytes of one call; Verimor's lists are the longest.
MOST_BYTES = 1_000_000
FORM = "application/x-www-form-urlencoded"
TWILIO = "twilio"


@csrf_exempt
@require_POST
def twilio(request: HttpRequest, kind: InboundNotice.Kind, message_id: UUID | None = None) -> HttpResponse:
    """A status callback or an incoming message of Twilio's, signed over the exact public address."""
    body = _body_of(request)
    if body is None:
        return HttpResponse(status=413)
    form = _signed_form(request, body)
    if form is None:
        return _refused(TWILIO, "signature")
    arrived = reader_of(TWILIO).arrived(form, kind)
    notices.keep(TWILIO, [each.about(message_id) for each in arrived])
    return HttpResponse(status=204)


@csrf_exempt
@require_POST
def listed(request: HttpRequest, gateway: str, secret: str, kind: InboundNotice.Kind | None = None) -> HttpResponse:
    """JSON of a gateway that signs nothing."""
    if not _is_on_the_list(request, gateway):
        return _refused(gateway, "address")
    if not settings.WEBHOOK_SECRET or not constant_time_compare(secret, settings.WEBHOOK_SECRET):
        return _refused(gateway, "secret")
    body = _body_of(request)
    if body is None:
        return HttpResponse(status=413)
    try:
        arrived = reader_of(gateway).arrived(_json(body), kind)
    except NotUnderstood:
        notices.refused(gateway, "unreadable")
        return HttpResponse(status=400)
    notices.keep(gateway, arrived)
    return HttpResponse("OK", content_type="text/plain")


def _body_of(request: HttpRequest) -> bytes | None:
    """The body; None where it is larger than anything a gateway says, or broke off."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > MOST_BYTES:
        return None
    try:
        return request.body
    except (SuspiciousOperation, UnreadablePostError):
        return None


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise NotUnderstood("json") from None


def _signed_form(request: HttpRequest, body: bytes) -> Form | None:
    """The form, if Twilio signed it for this address. The address is ours, never what the Host header claims."""
    if not settings.TWILIO_AUTH_TOKEN or request.content_type != FORM:
        return None
    try:
        form = form_of(body)
    except NotUnderstood:
        return None
    address = f"{settings.PUBLIC_BASE_URL}{request.get_full_path()}"
    signature = request.headers.get("X-Twilio-Signature", "")
    signed = RequestValidator(settings.TWILIO_AUTH_TOKEN).validate(address, form.fields, signature)
    return form if signed else None


def _is_on_the_list(request: HttpRequest, gateway: str) -> bool:
    try:
        address = ipaddress.ip_address(client_address(request))
    except ValueError:
        return False
    networks = getattr(settings, f"{gateway.upper()}_ADDRESSES")
    return any(address in network for network in networks)


def _refused(gateway: str, reason: str) -> HttpResponse:
    notices.refused(gateway, reason)
    return HttpResponse(status=403)
