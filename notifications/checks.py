"""Start-up checks: a route that cannot work stops the start instead of failing every message."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core import checks

from notifications import gateways


def register_all() -> None:
    """Add the checks of this app to Django's."""
    checks.register(check_gateway)


def check_gateway(app_configs: Sequence[Any] | None, **options: Any) -> list[checks.CheckMessage]:
    """SMS_GATEWAY names a gateway we have, and that gateway has what it needs to sign in and send."""
    name = settings.SMS_GATEWAY
    if name not in gateways.NAMES:
        known = ", ".join(gateways.NAMES)
        return [checks.Error(f"SMS_GATEWAY must be one of: {known}.", id="notifications.E001")]
    missing = gateways.missing_settings(name)
    return [checks.Error(f"SMS_GATEWAY={name} needs {setting}.", id="notifications.E002") for setting in missing]
