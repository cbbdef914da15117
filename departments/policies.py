"""Who may change the organisation. Permissions come from the roles in ``accounts.roles``."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from departments.models import Delegation, Department, Membership

if TYPE_CHECKING:
    from accounts.models import User


def can_change_organisation(user: User) -> bool:
    """Departments, memberships, neighbourhoods and the municipality's own data: administrators."""
    return user.has_perm("departments.change_department")


def can_change_calendar(user: User) -> bool:
    """Days that differ from the official calendar."""
    return user.has_perm("departments.change_calendarday")


def can_publish_legal_text(user: User) -> bool:
    """New versions of legal texts."""
    return user.has_perm("departments.add_legaltext")


def heads(user: User, department: Department, on: date | None = None) -> bool:
    """Whether the user is the department's own head on the day. A delegate is not: nobody passes on
    what was only lent.
    """
    return Membership.objects.heads_of(department, on).filter(user=user).exists()


def can_name_delegate(user: User, department: Department) -> bool:
    """The head of that department for the own absence, or an administrator."""
    return can_change_organisation(user) or heads(user, department)


def can_revoke_delegation(user: User, delegation: Delegation) -> bool:
    """The head who named the delegate, or an administrator."""
    return can_change_organisation(user) or delegation.head_id == user.pk
