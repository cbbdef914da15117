"""A town's templates, a loopback Twilio, and the broker as the workers see it."""

import ipaddress
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis
from django.conf import settings as project_settings
from django.contrib.auth.models import Permission

from accounts.models import User
from notifications.lanes import Lane
from notifications.models import Message, MessageTemplate
from notifications.services import outbox, rendering
from tests.notifications import gateway_calls
from tests.providers import twilio

PHONE = "+905000000001"
OTHER_PHONE = "+905000000002"

BODIES = {
    ("request_received", "tr"): "Başvurunuz alındı: {number}. {municipality}",
    ("request_received", "en"): "We received your application {number}. {municipality}",
    ("request_answered", "tr"): "{number} numaralı başvurunuz cevaplandı. {municipality}",
    ("opt_out_confirmed", "tr"): "Duyuru almayı bıraktınız. Yeniden almak isterseniz: {page}",
    ("opt_out_how_to_return", "tr"): "Duyuruları yeniden almak için: {page}",
    ("message_where_to_apply", "tr"): "Başvurmak için: {page}",
    ("code_track", "tr"): "Başvurunuzu görme kodunuz: {code}. {minutes} dakika geçerlidir.",
    ("code_contact", "tr"): "İletişim bilgilerini görme kodunuz: {code}. {minutes} dakika geçerlidir.",
}


@pytest.fixture
def templates(db: None) -> None:
    """One template in use for each event."""
    MessageTemplate.objects.bulk_create(
        MessageTemplate(
            event=event,
            language=language,
            version=1,
            title="Başvuru alındı" if event == "request_received" else "",
            body=body,
            fields=rendering.fields_of(body),
            is_active=True,
            source="pack",
        )
        for (event, language), body in BODIES.items()
    )


@pytest.fixture
def queue(templates: None) -> Callable[..., Message]:
    """Queue a message like an upper floor does; arguments change the usual one."""

    def enqueue(**changes: Any) -> Message:
        usual: dict[str, Any] = {
            "event": "request_received",
            "lane": Lane.TRANSACTIONAL,
            "phone": PHONE,
            "language": "tr",
            "context": {"number": "26-0000123-4", "municipality": "Örnek Belediyesi"},
            "reference": "request:26-0000123-4",
        }
        return outbox.enqueue(**(usual | changes))

    return enqueue


@pytest.fixture
def twilio_server() -> Iterator[twilio.TwilioServer]:
    """A Twilio of our own."""
    with twilio.running() as server:
        yield server


@pytest.fixture
def over_twilio(twilio_server: twilio.TwilioServer, settings: Any) -> twilio.TwilioServer:
    """Messages go out over the loopback Twilio."""
    settings.SMS_GATEWAY = "twilio"
    settings.TWILIO_ACCOUNT_SID = twilio.ACCOUNT_SID
    settings.TWILIO_AUTH_TOKEN = twilio.AUTH_TOKEN
    settings.TWILIO_FROM = "ORNEKBLD"
    settings.TWILIO_MESSAGING_SERVICE_SID = ""
    settings.TWILIO_API_BASE = twilio_server.url
    return twilio_server


@pytest.fixture
def doors(settings: Any) -> None:
    """Everything a gateway needs to be let in."""
    settings.TWILIO_AUTH_TOKEN = twilio.AUTH_TOKEN
    settings.WEBHOOK_SECRET = gateway_calls.SECRET
    for gateway in ("VERIMOR", "NETGSM", "ILETIMERKEZI"):
        setattr(settings, f"{gateway}_ADDRESSES", [ipaddress.ip_network("192.0.2.0/24")])


@pytest.fixture
def broker() -> Iterator[Any]:
    """The broker, emptied before and after."""
    client = redis.Redis.from_url(project_settings.REDIS_URL)
    client.flushdb()
    yield client
    client.flushdb()
    client.close()


@pytest.fixture
def clerk(db: None) -> User:
    """Staff without any permission for messages."""
    return User.objects.create_user("clerk@example.org", full_name="Ayşe Memur", is_staff=True)


@pytest.fixture
def operator(db: None) -> User:
    """Staff with every permission for messages."""
    user = User.objects.create_user("operator@example.org", full_name="Deniz Sorumlu", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="notifications"))
    return User.objects.get(pk=user.pk)
