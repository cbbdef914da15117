"""Every read of the organisation that has a name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.utils import timezone

from common.turkish import LETTERS, PLACES

if TYPE_CHECKING:
    from accounts.models import User

    # Named in strings below.
    from departments.models import (  # noqa: F401
        Delegation,
        Department,
        LegalText,
        Membership,
        Neighbourhood,
    )

_DESCENDANTS = """
    WITH RECURSIVE down(id) AS (
        SELECT id FROM departments_department WHERE id = ANY(%s)
        UNION
        SELECT child.id FROM departments_department child JOIN down ON child.parent_id = down.id
    )
    SELECT id FROM down
"""

# The names from the root down to the row itself, as the Turkish alphabet orders them (the code tells namesakes
# apart); sorting by it puts every department below its parent.
_PATH = """(
    WITH RECURSIVE steps AS (
        SELECT id, parent_id, (translate(name, %s, %s) || ' ' || code) COLLATE "C" AS step FROM departments_department
    ), up(parent_id, path) AS (
        SELECT parent_id, ARRAY[step] FROM steps WHERE id = departments_department.id
        UNION ALL
        SELECT steps.parent_id, steps.step || up.path FROM steps JOIN up ON steps.id = up.parent_id
    )
    SELECT path FROM up WHERE parent_id IS NULL
)"""


@dataclass(frozen=True, slots=True)
class DepartmentRoles:
    """For which departments (by id) somebody acts as head and in which somebody is staff.

    ``head_of`` holds everything below the departments headed as well, closed departments included, so that
    no work is left without a head. Who is named delegate counts as head while the delegation runs.
    """

    head_of: frozenset[int] = frozenset()
    staff_of: frozenset[int] = frozenset()

    @property
    def all(self) -> frozenset[int]:
        """Every department the person works for in one of the two roles."""
        return self.head_of | self.staff_of


def tree_path() -> RawSQL:
    """The way from the root down to a department, as an expression to order or annotate departments by."""
    return RawSQL(_PATH, [LETTERS, PLACES], output_field=ArrayField(models.TextField()))  # noqa: S611  (constant text)


class DepartmentQuerySet(models.QuerySet["Department"]):
    """Reads of the organisation tree."""

    def active(self, on: date | None = None) -> DepartmentQuerySet:
        """Departments that exist on the day (today without one)."""
        return self.filter(_running(on))

    def taking_requests(self, on: date | None = None) -> DepartmentQuerySet:
        """Departments that applications can be sent to on the day (today without one)."""
        return self.active(on).filter(takes_requests=True)

    def staffed(self, on: date | None = None) -> DepartmentQuerySet:
        """Departments for which somebody with an active account acts on the day (today without one): a head or
        staff of their own, a head above them, or a delegate of such a head. One small query at once.
        """
        membership: Any = apps.get_model("departments", "Membership")._default_manager
        delegation: Any = apps.get_model("departments", "Delegation")._default_manager
        working = membership.active(on).filter(user__is_active=True)
        own = working.filter(role="head").order_by().values_list("department_id", flat=True)
        headed = own.union(delegation.running(on).order_by().values_list("department_id", flat=True))
        below = self.model._default_manager.all().descendants_of(*headed)
        return self.filter(Q(pk__in=below.values("pk")) | Q(pk__in=working.values("department")))

    def descendants_of(self, *departments: Department | int) -> DepartmentQuerySet:
        """The departments themselves and everything below them."""
        roots = [getattr(department, "pk", department) for department in departments]
        return self.filter(pk__in=RawSQL(_DESCENDANTS, [roots]))  # noqa: S611  (constant text)

    def in_tree_order(self) -> DepartmentQuerySet:
        """Each department below its parent, with ``path`` (one step for each department from the root down)."""
        return self.annotate(path=tree_path()).order_by("path", "valid_from")


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Reads of who works where."""

    def active(self, on: date | None = None) -> MembershipQuerySet:
        """Memberships that hold on the day (today without one)."""
        return self.filter(_running(on))

    def heads_of(self, department: Department | int, on: date | None = None) -> MembershipQuerySet:
        """The department's own heads on the day; delegates and superior heads are not among them."""
        return self.active(on).filter(department=department, role="head").select_related("user")


class DelegationQuerySet(models.QuerySet["Delegation"]):
    """Reads of who acts for whom."""

    def running(self, on: date | None = None) -> DelegationQuerySet:
        """Delegations in force on the day: not revoked, their head still heads the department, and the
        delegate still works somewhere in the municipality.
        """
        day = on or timezone.localdate()
        membership: Any = apps.get_model("departments", "Membership")._default_manager
        # No two memberships of one head and department overlap, so the join finds at most one row.
        return self.filter(
            Exists(membership.active(day).filter(user=OuterRef("delegate"))),
            _running(day, "department__memberships__"),
            delegate__is_active=True,
            department__memberships__user=F("head"),
            department__memberships__role="head",
            revoked_at=None,
            starts_on__lte=day,
            ends_on__gte=day,
        )


class NeighbourhoodQuerySet(models.QuerySet["Neighbourhood"]):
    """Reads of places."""

    def active(self) -> NeighbourhoodQuerySet:
        """Neighbourhoods that may be chosen."""
        return self.filter(is_active=True)

    def with_polygon(self) -> NeighbourhoodQuerySet:
        """Neighbourhoods whose boundary is known."""
        return self.filter(polygon__isnull=False)


class LegalTextQuerySet(models.QuerySet["LegalText"]):
    """Reads of legal texts."""

    def effective(self, on: date | None = None) -> LegalTextQuerySet:
        """Texts in force on the day or before it, the newest version first."""
        return self.filter(effective_from__lte=on or timezone.localdate()).order_by("-effective_from", "-version")


def roles_of(user: User, on: date | None = None) -> DepartmentRoles:
    """The departments somebody acts for on the day (today without one). At most three queries."""
    if not user.is_active:
        return DepartmentRoles()
    department: Any = apps.get_model("departments", "Department")._default_manager
    own = list(user.memberships.active(on).values_list("role", "department_id"))
    delegated = user.delegations.running(on).values_list("department_id", flat=True)
    headed = {pk for role, pk in own if role == "head"} | set(delegated)
    return DepartmentRoles(
        head_of=_ids(department.descendants_of(*headed).values_list("pk", flat=True)) if headed else frozenset(),
        staff_of=_ids(pk for role, pk in own if role == "staff"),
    )


def _ids(found: Iterable[int]) -> frozenset[int]:
    return frozenset(found)


def _running(on: date | None, through: str = "") -> Q:
    day = on or timezone.localdate()
    started = Q(**{f"{through}valid_from__lte": day})
    return started & (Q(**{f"{through}valid_to": None}) | Q(**{f"{through}valid_to__gt": day}))
