"""Changes of the organisation: the municipality's data, departments, who works where, who acts for whom.

``actor`` is the user who asks. Every function raises NotPermitted where the policy says no and InvalidInput,
naming the field, where a rule does.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import InvalidInput, NotPermitted
from common.events import department_closing
from common.memo import memo
from common.saving import Row, save_valid
from common.turkish import fold
from departments import policies
from departments.models import Delegation, Department, Membership, Municipality, Neighbourhood
from departments.services.working_calendar import announce

if TYPE_CHECKING:
    from accounts.models import User

# Fields that a form may change; everything else about a row is decided by its service.
MUNICIPALITY_FIELDS: Final = frozenset(
    field.name for field in Municipality._meta.concrete_fields if field.name not in ("id", "source")
)
WORKING_HOURS: Final = frozenset({"work_start", "work_end", "half_day_end"})
DEPARTMENT_FIELDS: Final = frozenset({"code", "name", "short_name", "parent", "takes_requests", "valid_from", "phone"})
NEIGHBOURHOOD_FIELDS: Final = frozenset({"name", "is_active"})
LONGEST_DELEGATION_DAYS: Final = 366


@memo(seconds=30)
def municipality() -> Municipality | None:
    """The municipality of this installation, remembered 30 s; None before reference data was loaded."""
    return Municipality.objects.first()


@transaction.atomic
def change_municipality(*, actor: User, changes: Mapping[str, Any]) -> Municipality:
    """Change the municipality's own data. From then on no reference pack overwrites them.

    New working hours publish ``calendar_changed``. Needs ``departments.change_department``.
    """
    _require(policies.can_change_organisation(actor))
    row = Municipality.objects.select_for_update().get()
    changed = _change(row, changes, allowed=MUNICIPALITY_FIELDS, actor=actor)
    if WORKING_HOURS & changes.keys():
        announce(())
    return changed


@transaction.atomic
def open_department(*, actor: User, code: str, name: str, valid_from: date, **details: Any) -> Department:
    """Add a department to the tree. ``details`` are its other fields (short_name, parent, takes_requests, phone).

    Needs ``departments.change_department``.
    """
    _require(policies.can_change_organisation(actor))
    department = Department()
    check_parent(department, details.get("parent"))
    return _change(
        department,
        {"code": code, "name": name, "valid_from": valid_from, **details},
        allowed=DEPARTMENT_FIELDS,
        actor=actor,
    )


@transaction.atomic
def change_department(*, actor: User, department: Department, changes: Mapping[str, Any]) -> Department:
    """Change a department. From then on no reference pack overwrites it.

    Raises InvalidInput where the new parent stands below the department itself. Needs
    ``departments.change_department``.
    """
    _require(policies.can_change_organisation(actor))
    row = Department.objects.select_for_update().get(pk=department.pk)
    check_parent(row, changes.get("parent"))
    return _change(row, changes, allowed=DEPARTMENT_FIELDS, actor=actor)


@transaction.atomic
def close_department(*, actor: User, department: Department, on: date) -> Department:
    """End a department: ``on`` is the first day on which it exists no longer. Its memberships end with it.

    Raises InvalidInput where open departments answer to it, or where a subscriber of ``department_closing``
    still needs it. Needs ``departments.change_department``.
    """
    _require(policies.can_change_organisation(actor))
    row = Department.objects.select_for_update().get(pk=department.pk)
    check_closing(row, on)
    end_memberships(row, on)
    return _change(row, {"valid_to": on}, allowed={"valid_to"}, actor=actor)


def end_memberships(department: Department, on: date) -> None:
    """End on the day, as part of closing the department, whatever membership would last longer."""
    longer = Q(valid_to=None) | Q(valid_to__gt=on)
    department.memberships.filter(longer, valid_from__lt=on).update(valid_to=on)


def check_parent(department: Department, parent: Department | None) -> None:
    """Raise InvalidInput where ``parent`` is closed, or is the department itself or stands below it."""
    if parent and parent.valid_to:
        raise InvalidInput("parent", _("This department is closed."))
    if parent and department.pk and Department.objects.descendants_of(department).filter(pk=parent.pk).exists():
        raise InvalidInput("parent", _("A department cannot answer to itself or to one below it."))


def check_closing(department: Department, on: date) -> None:
    """Raise InvalidInput where the department cannot be closed on the day."""
    if on <= department.valid_from:
        raise InvalidInput("valid_to", _("The closing day must be after the first day."))
    below = department.children.active(on).first()
    if below:
        raise InvalidInput(
            "valid_to", _("Close or move %(department)s first: it answers to this one.") % {"department": below}
        )
    department_closing.publish(department=department)


@transaction.atomic
def add_neighbourhood(*, actor: User, code: str, name: str) -> Neighbourhood:
    """Add a neighbourhood without a boundary: citizens can choose it from the list.

    Needs ``departments.change_department``.
    """
    _require(policies.can_change_organisation(actor))
    return save_valid(Neighbourhood(code=code, name=name, folded_name=fold(name)), actor=actor)


@transaction.atomic
def change_neighbourhood(*, actor: User, neighbourhood: Neighbourhood, changes: Mapping[str, Any]) -> Neighbourhood:
    """Rename a neighbourhood or take it out of use. From then on no reference pack overwrites it.

    Needs ``departments.change_department``.
    """
    _require(policies.can_change_organisation(actor))
    row = Neighbourhood.objects.select_for_update().get(pk=neighbourhood.pk)
    row.folded_name = fold(changes.get("name", row.name))
    return _change(row, changes, allowed=NEIGHBOURHOOD_FIELDS, actor=actor)


@transaction.atomic
def appoint(
    *, actor: User, user: User, department: Department, role: str, valid_from: date, valid_to: date | None = None
) -> Membership:
    """Make somebody head or staff of a department from a day on.

    Raises InvalidInput where the same role of the same person in the department would overlap in time, or
    where the person's account is closed. Needs ``departments.change_department``.
    """
    _require(policies.can_change_organisation(actor))
    check_appointment(user=user, department=department, valid_from=valid_from)
    check_end(valid_from, valid_to)
    membership = Membership(user=user, department=department, role=role, valid_from=valid_from, valid_to=valid_to)
    return save_valid(membership, actor=actor)


def check_appointment(*, user: User, department: Department, valid_from: date) -> None:
    """Raise InvalidInput where nobody can be appointed any more: to a closed department, or with a closed account."""
    if not user.is_active:
        raise InvalidInput("user", _("This account is closed."))
    if department.valid_to and department.valid_to <= valid_from:
        raise InvalidInput("department", _("This department is closed."))


def check_end(valid_from: date, valid_to: date | None) -> None:
    """Raise InvalidInput where a membership would end before its first day is over.

    Asked before the constraints: the one on overlaps cannot be computed for such days.
    """
    if valid_to and valid_to <= valid_from:
        raise InvalidInput("valid_to", _("The last day must be after the first day."))


@transaction.atomic
def end_membership(*, actor: User, membership: Membership, on: date) -> Membership:
    """End a membership: ``on`` is the first day on which it holds no longer.

    Needs ``departments.change_department``.
    """
    _require(policies.can_change_organisation(actor))
    row = Membership.objects.select_for_update().get(pk=membership.pk)
    check_end(row.valid_from, on)
    row.valid_to = on
    return save_valid(row, actor=actor, update_fields=["valid_to"])


@transaction.atomic
def name_delegate(
    *,
    actor: User,
    department: Department,
    delegate: User,
    starts_on: date,
    ends_on: date,
    reason: str = "",
    head: User | None = None,
) -> Delegation:
    """Let ``delegate`` act as head of the department from ``starts_on`` to ``ends_on``, both included.

    ``head`` is the absent head; without one it is the actor, or the department's only head where an
    administrator acts. The delegate must work for the municipality in some department on the first day.
    Raises InvalidInput where a rule is broken. Needs the department's head or an administrator.
    """
    _require(policies.can_name_delegate(actor, department))
    absent = head or _absent_head(actor, department, starts_on)
    # A head names delegates for the own absence only.
    _require(absent == actor or policies.can_change_organisation(actor))
    check_delegation(department=department, head=absent, delegate=delegate, starts_on=starts_on, ends_on=ends_on)
    delegation = Delegation(
        department=department, head=absent, delegate=delegate, starts_on=starts_on, ends_on=ends_on, reason=reason
    )
    return save_valid(delegation, actor=actor)


def check_delegation(*, department: Department, head: User, delegate: User, starts_on: date, ends_on: date) -> None:
    """Raise InvalidInput where the delegate cannot be named for these days."""
    if not policies.heads(head, department, starts_on):
        raise InvalidInput("head", _("This person does not head the department on the first day."))
    if delegate == head:
        raise InvalidInput("delegate", _("The delegate must be somebody else."))
    if not delegate.is_active or not delegate.memberships.active(starts_on).exists():
        raise InvalidInput("delegate", _("The delegate must work in a department on the first day."))
    if ends_on < timezone.localdate():
        raise InvalidInput("ends_on", _("The last day has passed already."))
    if (ends_on - starts_on).days >= LONGEST_DELEGATION_DAYS:
        raise InvalidInput("ends_on", _("A delegation lasts at most a year."))


@transaction.atomic
def revoke_delegation(*, actor: User, delegation: Delegation) -> Delegation:
    """End a delegation at once. Revoking twice changes nothing.

    Needs the head who named the delegate, or an administrator.
    """
    row = Delegation.objects.select_for_update().get(pk=delegation.pk)
    _require(policies.can_revoke_delegation(actor, row))
    if row.revoked_at is None:
        row.revoked_at = timezone.now()
        save_valid(row, actor=actor, update_fields=["revoked_at"])
    return row


def _absent_head(actor: User, department: Department, on: date) -> User:
    heads = [membership.user for membership in Membership.objects.heads_of(department, on)]
    if actor in heads:
        return actor
    if len(heads) != 1:
        raise InvalidInput("head", _("Say for which head of the department the delegate acts."))
    return heads[0]


def _change(row: Row, changes: Mapping[str, Any], *, allowed: AbstractSet[str], actor: User) -> Row:
    """Save the changes as the staff's own: without a source no reference pack touches the row again."""
    unknown = changes.keys() - allowed
    if unknown:
        raise ValueError(f"cannot change {sorted(unknown)}")
    for field, value in {**changes, "source": ""}.items():
        setattr(row, field, value)
    return save_valid(row, actor=actor)


def _require(allowed: bool) -> None:
    if not allowed:
        raise NotPermitted
