"""Mistakes in the settings that only show when the settings are seen together."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.db import DatabaseError

from notifications.channels import GatewayName
from notifications.models import Route


def register_all() -> None:
    """Make the checks known to Django."""
    register(demo_is_not_deployed, Tags.security, deploy=True)
    register(messages_reach_people, Tags.security, deploy=True)


def demo_is_not_deployed(app_configs: Any, **kwargs: Any) -> list[Error]:
    """A deployment has no accounts with known passwords."""
    if settings.DEMO:
        return [Error("DEMO is on: a deployment must not have accounts with known passwords.", id="config.E001")]
    return []


def messages_reach_people(app_configs: Any, **kwargs: Any) -> list[Warning]:
    """A deployment sends messages to people, not to a page on this machine."""
    try:
        simulated = list(Route.objects.in_use().filter(gateway=GatewayName.LOCAL))
    except DatabaseError:  # not there, or not migrated yet
        return []
    text = "Route {} is simulated and in use: what goes by it does not leave this machine."
    return [Warning(text.format(route.code), id="config.W001") for route in simulated]
