"""Gateways that call us, for the tests of receipts and incoming messages."""

import json
from typing import Any

from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.providers import twilio

SECRET = "s" * 40
LISTED = "192.0.2.7"


def address(name: str, *args: Any) -> str:
    """The public address of a door."""
    return f"{settings.PUBLIC_BASE_URL}{reverse(f'webhooks:{name}', args=args)}"


def post(call: twilio.Call, **headers: str) -> int:
    """Send a call of Twilio's; returns the status."""
    answer = Client().post(
        call.path,
        data=call.body,
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": call.signature, **headers},
    )
    return int(answer.status_code)


def report(message: Any, status: str, *, error: int | None = None, sid: str = "") -> int:
    """Twilio's callback for ``message``, with our id in the address."""
    to = address("twilio_receipt", message.pk)
    return post(twilio.receipt(to, sid or message.provider_id, status, error=error))


def write(text: str, **more: str) -> int:
    """Somebody writes to us by way of Twilio."""
    return post(twilio.inbound(address("twilio_messages"), text, **more))


def push(name: str, body: Any, *, secret: str = SECRET, remote: str = LISTED, **extra: str) -> int:
    """JSON of a gateway that signs nothing."""
    content = body if isinstance(body, bytes | str) else json.dumps(body)
    answer = Client().post(
        reverse(f"webhooks:{name}", args=[secret]),
        data=content,
        content_type="application/json",
        REMOTE_ADDR=remote,
        **extra,
    )
    return int(answer.status_code)
