"""Opening and changing accounts."""

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.test import Client

from accounts import services
from accounts.models import User
from common.errors import InvalidInput, NotPermitted
from tests.accounts.conftest import sign_in
from tests.factories import PASSWORD


def open_account(actor: User | None, **changes: object) -> User:
    facts: dict[str, object] = {"email": "Yeni.Biri@Example.ORG", "full_name": "Yeni Biri", "roles": ["call_agent"]}
    return services.create_staff_account(actor=actor, **{**facts, **changes})  # type: ignore[arg-type]


def test_a_new_account_has_its_roles_and_no_password(administrator: User) -> None:
    user = open_account(administrator, title="Memur", language="en")
    assert (user.email, user.title, user.language) == ("yeni.biri@example.org", "Memur", "en")
    assert [group.name for group in user.groups.all()] == ["call_agent"]
    assert user.is_staff
    assert not user.has_usable_password()


def test_an_account_for_the_desk_only_is_not_staff(administrator: User) -> None:
    assert not open_account(administrator, roles=["department_user"]).is_staff


def test_the_installation_opens_accounts_with_a_password(roles: None) -> None:
    assert open_account(None, password=PASSWORD).check_password(PASSWORD)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", ""),
        ("email", "yeni"),
        ("email", "yeni@"),
        ("email", "a\x00b@example.org"),
        ("email", "a" * 250 + "@example.org"),
        ("email", "yeni@ornek.example"),
        ("full_name", ""),
        ("full_name", "   "),
        ("full_name", "a" * 151),
        ("full_name", "a\x00b"),
        ("title", "a" * 121),
        ("language", "xx"),
        ("roles", ["king"]),
    ],
)
def test_what_cannot_be_taken_is_named_and_nothing_is_written(administrator: User, field: str, value: object) -> None:
    with pytest.raises(InvalidInput) as refusal:
        open_account(administrator, **{field: value})
    assert refusal.value.field == field
    assert User.objects.count() == 1


def test_a_demonstration_address_is_taken_in_a_demonstration(roles: None, settings) -> None:
    settings.DEMO = True
    assert open_account(None, email="yeni@ornek.example").pk


def test_an_address_has_one_account_whatever_case_it_is_typed_in(administrator: User) -> None:
    open_account(administrator)
    with pytest.raises(InvalidInput) as refusal:
        open_account(administrator, email="YENI.BIRI@example.org")
    assert refusal.value.field == "email"


def test_the_database_refuses_a_second_case_of_the_same_address(clerk: User, desk_user: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=desk_user.pk).update(email=clerk.email.upper())


def test_the_database_holds_addresses_in_lower_case_however_they_are_written(clerk: User) -> None:
    User.objects.filter(pk=clerk.pk).update(email="KAYIT2@example.org")
    assert User.objects.get(email="Kayit2@EXAMPLE.org").email == "kayit2@example.org"


@pytest.mark.parametrize("who", ["clerk", "manager", "desk_user"])
def test_only_administrators_open_accounts(request: pytest.FixtureRequest, who: str) -> None:
    with pytest.raises(NotPermitted):
        open_account(request.getfixturevalue(who))
    assert not User.objects.filter(email="yeni.biri@example.org").exists()


def change(actor: User | None, user: User, **changes: str) -> User:
    facts = {"email": user.email, "full_name": user.full_name, "title": user.title, "language": user.language}
    return services.change_account(actor=actor, user_id=user.pk, **{**facts, **changes})


def test_what_an_account_says_about_a_person_is_changed(clerk: User, administrator: User) -> None:
    user = change(administrator, clerk, full_name="Ayşe Yeni", title="Şef", language="en")
    assert (user.full_name, user.title, user.language) == ("Ayşe Yeni", "Şef", "en")


def test_a_taken_address_is_refused(clerk: User, desk_user: User, administrator: User) -> None:
    with pytest.raises(InvalidInput) as refusal:
        change(administrator, clerk, email=desk_user.email.upper())
    assert refusal.value.field == "email"
    clerk.refresh_from_db()
    assert clerk.email == "kayit@example.org"


@pytest.mark.usefixtures("without_second_factor")
def test_the_old_address_opens_nothing_any_more(client: Client, clerk: User, administrator: User) -> None:
    EmailAddress.objects.create(user=clerk, email=clerk.email, primary=True, verified=True)
    change(administrator, clerk, email="yeni@example.org")
    assert sign_in(client, "kayit@example.org").status_code == 422
    assert sign_in(client, "yeni@example.org").status_code == 302


def test_only_administrators_change_accounts(clerk: User, manager: User) -> None:
    with pytest.raises(NotPermitted):
        change(manager, clerk, full_name="Başka Biri")


def test_an_account_that_may_do_everything_is_changed_only_by_its_like(administrator: User, superuser: User) -> None:
    with pytest.raises(NotPermitted):
        change(administrator, superuser, full_name="Başka Biri")
    assert change(superuser, superuser, full_name="Kurucu").full_name == "Kurucu"
