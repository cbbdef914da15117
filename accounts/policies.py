"""Who may sign in, and who may change whose account. Permissions come from the roles in ``accounts.roles``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.roles import DEMO_DOMAIN

DEMO_ONLY: Final = _("Addresses of this domain are for the demonstration only.")

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


def is_demo_address(email: str) -> bool:
    """Whether an account of this address belongs to the demonstration, whose passwords everybody knows."""
    return email.lower().endswith(f"@{DEMO_DOMAIN}")


def is_address_allowed(email: str) -> bool:
    """Whether an account may have this address; where not, ``DEMO_ONLY`` says why."""
    return settings.DEMO or not is_demo_address(email)


def can_sign_in(user: User) -> bool:
    """Accounts that are not disabled; those of the demonstration only where ``settings.DEMO`` is on.

    Asked at sign-in and again at every request, so a disabled account is out at its next click.
    """
    return user.is_active and is_address_allowed(user.email)


def needs_second_factor(user: User | AnonymousUser) -> bool:
    """Everybody who signs in is staff, so everybody needs one where ``settings.STAFF_MFA_REQUIRED`` is on."""
    return bool(user.is_authenticated and settings.STAFF_MFA_REQUIRED)


def can_create_account(actor: User) -> bool:
    """Needs ``accounts.add_user``."""
    return actor.has_perm("accounts.add_user")


def can_change_account(actor: User, user: User) -> bool:
    """Needs ``accounts.change_user``; an account that may do everything is changed only by its like."""
    return actor.has_perm("accounts.change_user") and (actor.is_superuser or not user.is_superuser)


def can_change_another_account(actor: User, user: User) -> bool:
    """For what nobody may do to themselves: roles, disabling, the second factor."""
    return actor.pk != user.pk and can_change_account(actor, user)


# The verbs of services that share a rule, so that pages and services ask by the verb's own name.
can_change_roles = can_change_another_account
can_disable_account = can_change_another_account
can_enable_account = can_change_another_account
can_reset_second_factor = can_change_another_account
can_invite = can_change_another_account
