"""Who may do what with messages. Reading is scoped by ``visible_to`` in querysets.py."""

from django.contrib.auth.models import AnonymousUser

from accounts.models import User


def can_retry(user: User | AnonymousUser) -> bool:
    """Send a failed message again."""
    return user.has_perm("notifications.retry_message")


def can_keep_routes(user: User | AnonymousUser, *, new: bool) -> bool:
    """Add a route (``new``), or change how one is used."""
    return user.has_perm(f"notifications.{'add' if new else 'change'}_route")


def can_withdraw_consents(user: User | AnonymousUser) -> bool:
    """Withdraw a consent for its owner, who said so."""
    return user.has_perm("notifications.withdraw_consent")


def can_revise_templates(user: User | AnonymousUser) -> bool:
    """Add a version of a template and take it into use."""
    return user.has_perm("notifications.change_messagetemplate")
