"""Which gateway is in use. The only place that knows their names."""

from functools import cache

from django.conf import settings

from notifications.gateways.base import Gateway
from notifications.gateways.local import LocalGateway
from notifications.gateways.twilio import TwilioConfig, TwilioGateway

NAMES = (LocalGateway.name, TwilioGateway.name)


def current() -> Gateway:
    """The gateway that new messages go out through: settings.SMS_GATEWAY."""
    gateway = named(settings.SMS_GATEWAY)
    if gateway is None:
        raise LookupError(f"SMS_GATEWAY {settings.SMS_GATEWAY!r} is unknown or not set up")
    return gateway


def named(name: str) -> Gateway | None:
    """The gateway of this name, or None where it is not set up here (any more)."""
    if missing_settings(name):
        return None
    if name == TwilioGateway.name:
        return _twilio(_twilio_config())
    return _local() if name == LocalGateway.name else None


def missing_settings(name: str) -> list[str]:
    """Names of the settings that gateway ``name`` needs and does not have."""
    if name != TwilioGateway.name:
        return []
    missing = [key for key in ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN") if not getattr(settings, key)]
    if not (settings.TWILIO_MESSAGING_SERVICE_SID or settings.TWILIO_FROM):
        missing.append("TWILIO_MESSAGING_SERVICE_SID or TWILIO_FROM")
    return missing


def _twilio_config() -> TwilioConfig:
    return TwilioConfig(
        account_sid=settings.TWILIO_ACCOUNT_SID,
        auth_token=settings.TWILIO_AUTH_TOKEN,
        messaging_service_sid=settings.TWILIO_MESSAGING_SERVICE_SID,
        sender=settings.TWILIO_FROM,
        api_base=settings.TWILIO_API_BASE,
    )


# One adapter a process and set-up: it holds the connections.
_twilio = cache(TwilioGateway)
_local = cache(LocalGateway)
