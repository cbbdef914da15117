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
from notifications.models import Campaign, Message, MessageTemplate, Route
from notifications.services import outbox, rendering
from notifications.services.campaigns import approval
from tests.notifications import gateway_calls
from tests.providers import iletimerkezi, twilio, verimor

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
    """One template in use for each event, and messages that stay on this machine."""
    use_route("local", reserved_units=5)
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


def use_route(gateway: str, *, code: str = "", alone: bool = True, **changes: Any) -> Route:
    """A route in use; ``alone`` takes every other one out of use."""
    if alone:
        Route.objects.update(is_active=False)
    usual = {"name": gateway, "gateway": gateway, "lanes": list(Lane), "is_active": True}
    return Route.objects.update_or_create(code=code or gateway, defaults=usual | changes)[0]


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
def over_twilio(templates: None, twilio_server: twilio.TwilioServer, settings: Any) -> twilio.TwilioServer:
    """Messages go out over the loopback Twilio."""
    use_route("twilio", sender="ORNEKBLD", links_allowed=False)
    settings.TWILIO_ACCOUNT_SID = twilio.ACCOUNT_SID
    settings.TWILIO_AUTH_TOKEN = twilio.AUTH_TOKEN
    settings.TWILIO_API_BASE = twilio_server.url
    return twilio_server


@pytest.fixture
def over_verimor(templates: None, settings: Any) -> Iterator[verimor.VerimorServer]:
    """Messages go out over a loopback Verimor."""
    use_route("verimor", sender="ORNEKBLD")
    settings.VERIMOR_USERNAME, settings.VERIMOR_PASSWORD = verimor.USERNAME, verimor.PASSWORD
    with verimor.running() as server:
        settings.VERIMOR_API_BASE = server.url
        yield server


@pytest.fixture
def over_iletimerkezi(templates: None, settings: Any) -> Iterator[iletimerkezi.IletimerkeziServer]:
    """Messages go out over a loopback İleti Merkezi."""
    use_route("iletimerkezi", sender="ORNEKBLD")
    settings.ILETIMERKEZI_KEY, settings.ILETIMERKEZI_HASH = iletimerkezi.KEY, iletimerkezi.HASH
    with iletimerkezi.running() as server:
        settings.ILETIMERKEZI_API_BASE = server.url
        yield server


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


@pytest.fixture
def author(db: None) -> User:
    return _staff("author@example.org", "view_campaign", "add_campaign")


@pytest.fixture
def approver(db: None) -> User:
    return _staff("approver@example.org", "view_campaign", "add_campaign", "approve_campaign")


def _staff(email: str, *permissions: str) -> User:
    user = User.objects.create_user(email, full_name="Ayşe Yazar", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return User.objects.get(pk=user.pk)


@pytest.fixture
def approved(author: User, approver: User) -> Callable[..., Campaign]:
    """An approved campaign; arguments change the usual one."""

    def make(**changes: Any) -> Campaign:
        usual: dict[str, Any] = {
            "name": "Su kesintisi",
            "bodies": {"tr": "Yarın su kesilecektir.", "en": "No water tomorrow."},
            "purpose": Campaign.Purpose.PUBLIC_INFORMATION,
            "actor": author,
        }
        campaign = approval.create(**(usual | changes))
        campaign = approval.submit(actor=author, campaign_id=campaign.pk, expected_version=campaign.version)
        return approval.approve(actor=approver, campaign_id=campaign.pk, expected_version=campaign.version)

    return make
