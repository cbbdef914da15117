"""System checks: settings and rows that would open a door."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError, connections

from accounts.models import User

BACKEND = "accounts.backends.StaffBackend"


def register_all() -> None:
    """Make the checks known to Django."""
    register(one_way_in, Tags.security)
    register(second_factor_in_deployment, Tags.security, deploy=True)
    register(no_demo_accounts, Tags.database)


def one_way_in(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Another backend would let disabled and demonstration accounts in."""
    if list(settings.AUTHENTICATION_BACKENDS) == [BACKEND]:
        return []
    return [Error(f"AUTHENTICATION_BACKENDS must be exactly ['{BACKEND}'].", id="accounts.E001")]


def second_factor_in_deployment(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Staff see personal data of citizens: a password alone is too little."""
    if settings.STAFF_MFA_REQUIRED:
        return []
    return [Warning("STAFF_MFA_REQUIRED is off: staff sign in with a password alone.", id="accounts.W001")]


def no_demo_accounts(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Demonstration accounts cannot sign in here, but they do not belong into a real database either."""
    if settings.DEMO or not any(_has_demo_accounts(alias) for alias in databases or ()):
        return []
    return [Warning("There are demonstration accounts in the database and DEMO is off.", id="accounts.W002")]


def _has_demo_accounts(alias: str) -> bool:
    if User._meta.db_table not in connections[alias].introspection.table_names():
        return False  # before the first migration
    try:
        return User.objects.using(alias).demo().active().exists()
    except DatabaseError:
        return False  # between two migrations the columns may differ
