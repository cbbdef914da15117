"""Roles as data, and who holds them."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ImproperlyConfigured

from accounts import services
from accounts.models import User
from accounts.roles import ROLES, Role
from accounts.services import load_roles
from common.errors import InvalidInput, NotPermitted


def held() -> dict[str, set[str]]:
    groups = Group.objects.prefetch_related("permissions__content_type")
    return {
        group.name: {f"{p.content_type.app_label}.{p.codename}" for p in group.permissions.all()} for group in groups
    }


def roles_of(user: User) -> set[str]:
    return set(user.groups.values_list("name", flat=True))


def test_every_role_becomes_a_group_of_its_code_with_exactly_its_permissions(db: None) -> None:
    load_roles()
    assert held() == {code: set(role.permissions) for code, role in ROLES.items()}


def test_loading_again_changes_nothing(db: None, django_assert_num_queries) -> None:
    load_roles()
    before = {group.name: group.pk for group in Group.objects.all()}
    with django_assert_num_queries(6):  # savepoint, what there is, nothing written but the groups that exist
        load_roles()
    assert {group.name: group.pk for group in Group.objects.all()} == before
    assert held() == {code: set(role.permissions) for code, role in ROLES.items()}


def test_permissions_given_by_hand_are_taken_back(db: None) -> None:
    load_roles()
    clerk = Group.objects.get(name="triage_clerk")
    clerk.permissions.add(Permission.objects.get(codename="delete_user"))
    clerk.permissions.remove(*clerk.permissions.filter(codename="triage"))
    load_roles()
    assert held()["triage_clerk"] == set(ROLES["triage_clerk"].permissions)


def test_groups_of_others_are_left_alone(db: None) -> None:
    other = Group.objects.create(name="yangin-tatbikati")
    other.permissions.add(Permission.objects.get(codename="view_user"))
    load_roles()
    assert held()["yangin-tatbikati"] == {"accounts.view_user"}


def test_a_permission_that_does_not_exist_is_named(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = Role(code="odd", name="Odd", description="", permissions=("accounts.view_user", "accounts.fly"))
    monkeypatch.setitem(ROLES, "odd", odd)
    with pytest.raises(ImproperlyConfigured, match=r"accounts\.fly"):
        load_roles()
    assert not Group.objects.exists()


def test_no_role_may_delete_anything() -> None:
    assert not [name for role in ROLES.values() for name in role.permissions if ".delete_" in name]


def test_only_the_administrator_manages_accounts() -> None:
    managing = {code for code, role in ROLES.items() if "accounts.change_user" in role.permissions}
    assert managing == {"administrator"}


def test_the_administrator_does_not_read_applications() -> None:
    reading = {"requests_app.view_all", "requests_app.view_servicerequest", "requests_app.reveal_contact"}
    assert not reading & set(ROLES["administrator"].permissions)


def test_an_account_gets_exactly_the_given_roles(clerk: User, administrator: User) -> None:
    services.change_roles(actor=administrator, user_id=clerk.pk, roles=["call_agent", "department_user"])
    assert roles_of(clerk) == {"call_agent", "department_user"}


def test_who_has_only_the_desk_leaves_the_administration(clerk: User, administrator: User) -> None:
    assert not services.change_roles(actor=administrator, user_id=clerk.pk, roles=["department_user"]).is_staff
    assert services.change_roles(actor=administrator, user_id=clerk.pk, roles=["call_agent"]).is_staff


def test_groups_that_are_no_roles_stay_with_the_account(clerk: User, administrator: User) -> None:
    clerk.groups.add(Group.objects.create(name="yangin-tatbikati"))
    services.change_roles(actor=administrator, user_id=clerk.pk, roles=[])
    assert roles_of(clerk) == {"yangin-tatbikati"}


def test_an_unknown_role_is_refused_and_nothing_changes(clerk: User, administrator: User) -> None:
    with pytest.raises(InvalidInput) as refusal:
        services.change_roles(actor=administrator, user_id=clerk.pk, roles=["call_agent", "king"])
    assert refusal.value.field == "roles"
    assert roles_of(clerk) == {"triage_clerk"}


def test_nobody_changes_the_own_roles(administrator: User) -> None:
    with pytest.raises(NotPermitted):
        services.change_roles(actor=administrator, user_id=administrator.pk, roles=["pr_manager"])


@pytest.mark.parametrize("who", ["clerk", "manager"])
def test_who_does_not_manage_accounts_gives_no_roles(request: pytest.FixtureRequest, desk_user: User, who: str) -> None:
    with pytest.raises(NotPermitted):
        services.change_roles(actor=request.getfixturevalue(who), user_id=desk_user.pk, roles=["administrator"])


def test_a_change_of_roles_counts_at_the_next_question(clerk: User, administrator: User) -> None:
    services.change_roles(actor=administrator, user_id=clerk.pk, roles=["call_agent"])
    now = User.objects.get(pk=clerk.pk)
    assert now.has_perm("requests_app.enter")
    assert not now.has_perm("requests_app.triage")
