"""Memberships, and for which departments somebody acts."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError

from accounts.models import User
from common.errors import InvalidInput, NotPermitted
from departments.models import Delegation, Department, Membership
from departments.querysets import DepartmentRoles, roles_of
from departments.services import organisation
from tests.departments.conftest import LONG_AGO, Tree

pytestmark = pytest.mark.django_db

Maker = Callable[..., User]


def test_a_head_heads_everything_below(person: Maker, tree: Tree) -> None:
    roles = roles_of(person("yardımcı", head_of=tree.technical))
    assert roles.head_of == {tree.technical.pk, tree.roads.pk, tree.parks.pk}
    assert roles.staff_of == frozenset()


def test_staff_belong_to_their_own_department_only(person: Maker, tree: Tree) -> None:
    roles = roles_of(person("usta", staff_of=tree.technical))
    assert roles == DepartmentRoles(staff_of=frozenset({tree.technical.pk}))


def test_both_roles_together_are_all(person: Maker, tree: Tree) -> None:
    roles = roles_of(person("iki", head_of=tree.roads, staff_of=tree.culture))
    assert roles.all == {tree.roads.pk, tree.culture.pk}


def test_who_is_in_no_department_has_no_role(person: Maker, tree: Tree) -> None:
    assert roles_of(person("yabancı")) == DepartmentRoles()


def test_a_closed_account_has_no_role(person: Maker, tree: Tree) -> None:
    user = person("giden", head_of=tree.roads)
    user.is_active = False
    assert roles_of(user) == DepartmentRoles()


def test_a_membership_holds_until_the_day_it_ends(person: Maker, administrator: User, tree: Tree) -> None:
    user = person("usta", staff_of=tree.roads)
    organisation.end_membership(actor=administrator, membership=user.memberships.get(), on=date(2026, 6, 1))
    assert roles_of(user, date(2026, 5, 31)).staff_of == {tree.roads.pk}
    assert roles_of(user, date(2026, 6, 1)).staff_of == frozenset()


def test_the_head_above_keeps_what_a_closed_department_left(person: Maker, administrator: User, tree: Tree) -> None:
    above = person("yardımcı", head_of=tree.technical)
    organisation.close_department(actor=administrator, department=tree.roads, on=date(2026, 1, 1))
    assert tree.roads.pk in roles_of(above).head_of


def test_a_department_is_staffed_by_its_head_and_by_its_staff(person: Maker, tree: Tree) -> None:
    person("baş", head_of=tree.roads)
    person("usta", staff_of=tree.culture)
    assert set(Department.objects.staffed()) == {tree.roads, tree.culture}


def test_a_head_above_staffs_everything_below_and_staff_above_do_not(person: Maker, tree: Tree) -> None:
    person("usta", staff_of=tree.technical)
    assert set(Department.objects.staffed()) == {tree.technical}
    person("yardımcı", head_of=tree.technical)
    assert set(Department.objects.staffed()) == {tree.technical, tree.roads, tree.parks}


def test_a_closed_account_staffs_nothing(person: Maker, tree: Tree) -> None:
    User.objects.filter(pk=person("giden", head_of=tree.roads).pk).update(is_active=False)
    assert not Department.objects.staffed().exists()


def test_a_membership_staffs_until_the_day_it_ends(person: Maker, tree: Tree) -> None:
    person("usta", staff_of=tree.roads).memberships.update(valid_to=date(2026, 6, 1))
    assert tree.roads in Department.objects.staffed(date(2026, 5, 31))
    assert not Department.objects.staffed(date(2026, 6, 1)).exists()


def test_a_delegate_staffs_while_the_heads_account_is_closed(person: Maker, tree: Tree) -> None:
    head, delegate = person("giden", head_of=tree.roads), person("vekil", staff_of=tree.culture)
    Delegation.objects.create(
        department=tree.roads, head=head, delegate=delegate, starts_on=LONG_AGO, ends_on=date(2026, 6, 1)
    )
    User.objects.filter(pk=head.pk).update(is_active=False)
    assert tree.roads in Department.objects.staffed(date(2026, 6, 1))
    assert tree.roads not in Department.objects.staffed(date(2026, 6, 2))


def test_roles_cost_three_queries_at_most(
    person: Maker, tree: Tree, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    user = person("yardımcı", head_of=tree.technical, staff_of=tree.culture)
    with django_assert_max_num_queries(3):
        roles_of(user)


def test_an_administrator_appoints(person: Maker, administrator: User, tree: Tree) -> None:
    user = person("yeni")
    organisation.appoint(
        actor=administrator, user=user, department=tree.roads, role=Membership.Role.HEAD, valid_from=LONG_AGO
    )
    assert roles_of(user).head_of == {tree.roads.pk}


def test_a_head_does_not_appoint(person: Maker, tree: Tree) -> None:
    with pytest.raises(NotPermitted):
        organisation.appoint(
            actor=person("baş", head_of=tree.roads),
            user=person("yeni"),
            department=tree.roads,
            role=Membership.Role.STAFF,
            valid_from=LONG_AGO,
        )


def test_a_closed_account_is_not_appointed(person: Maker, administrator: User, tree: Tree) -> None:
    user = person("giden")
    user.is_active = False
    with pytest.raises(InvalidInput) as refusal:
        organisation.appoint(actor=administrator, user=user, department=tree.roads, role="staff", valid_from=LONG_AGO)
    assert refusal.value.field == "user"


def test_nobody_is_appointed_to_a_closed_department(person: Maker, administrator: User, tree: Tree) -> None:
    closed = organisation.close_department(actor=administrator, department=tree.roads, on=date(2026, 1, 1))
    with pytest.raises(InvalidInput) as refusal:
        organisation.appoint(
            actor=administrator, user=person("yeni"), department=closed, role="staff", valid_from=date(2026, 1, 1)
        )
    assert refusal.value.field == "department"


def test_the_same_role_twice_at_one_time_is_refused(person: Maker, administrator: User, tree: Tree) -> None:
    user = person("usta", staff_of=tree.roads)
    with pytest.raises(InvalidInput):
        organisation.appoint(
            actor=administrator, user=user, department=tree.roads, role="staff", valid_from=date(2026, 1, 1)
        )


def test_the_database_refuses_it_too(person: Maker, tree: Tree) -> None:
    user = person("usta", staff_of=tree.roads)
    with pytest.raises(IntegrityError):
        Membership.objects.create(user=user, department=tree.roads, role="staff", valid_from=date(2026, 1, 1))


def test_somebody_may_come_back_after_a_time(person: Maker, administrator: User, tree: Tree) -> None:
    user = person("usta", staff_of=tree.roads)
    organisation.end_membership(actor=administrator, membership=user.memberships.get(), on=date(2025, 1, 1))
    organisation.appoint(
        actor=administrator, user=user, department=tree.roads, role="staff", valid_from=date(2026, 1, 1)
    )
    assert user.memberships.count() == 2


def test_a_membership_cannot_end_before_it_began(person: Maker, administrator: User, tree: Tree) -> None:
    user = person("usta", staff_of=tree.roads)
    with pytest.raises(InvalidInput):
        organisation.end_membership(actor=administrator, membership=user.memberships.get(), on=LONG_AGO)
    with pytest.raises(InvalidInput) as refusal:
        organisation.end_membership(actor=administrator, membership=user.memberships.get(), on=date(1990, 1, 1))
    assert refusal.value.field == "valid_to"


def test_an_unknown_role_is_refused(person: Maker, administrator: User, tree: Tree) -> None:
    with pytest.raises(InvalidInput) as refusal:
        organisation.appoint(
            actor=administrator, user=person("yeni"), department=tree.roads, role="king", valid_from=LONG_AGO
        )
    assert refusal.value.field == "role"
