"""Locking an account ends its sessions at once."""

import pytest
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from accounts import services
from accounts.models import User
from common.errors import NotPermitted
from tests.accounts.conftest import is_signed_in, sign_in

pytestmark = pytest.mark.usefixtures("without_second_factor")


def test_a_disabled_person_is_out_at_the_next_click(client: Client, clerk: User, administrator: User) -> None:
    sign_in(client, clerk.email)
    assert client.get("/admin/").status_code == 200
    services.disable_account(actor=administrator, user_id=clerk.pk)
    assert client.get("/admin/").status_code == 302
    assert not is_signed_in(client)


def test_enabling_does_not_bring_old_sessions_back(client: Client, clerk: User, administrator: User) -> None:
    sign_in(client, clerk.email)
    services.disable_account(actor=administrator, user_id=clerk.pk)
    services.enable_account(actor=administrator, user_id=clerk.pk)
    assert not is_signed_in(client)
    sign_in(client, clerk.email)
    assert is_signed_in(client)


def test_who_disabled_an_account_and_when_is_kept(clerk: User, administrator: User) -> None:
    before = timezone.now()
    user = services.disable_account(actor=administrator, user_id=clerk.pk)
    assert (user.is_active, user.disabled_by) == (False, administrator)
    assert user.disabled_at is not None
    assert before <= user.disabled_at <= timezone.now()


def test_disabling_twice_keeps_the_first_time(clerk: User, administrator: User, superuser: User) -> None:
    first = services.disable_account(actor=administrator, user_id=clerk.pk)
    second = services.disable_account(actor=superuser, user_id=clerk.pk)
    assert (second.disabled_at, second.disabled_by) == (first.disabled_at, administrator)


def test_an_enabled_account_is_as_if_it_had_never_been_disabled(clerk: User, administrator: User) -> None:
    services.disable_account(actor=administrator, user_id=clerk.pk)
    user = services.enable_account(actor=administrator, user_id=clerk.pk)
    assert (user.is_active, user.disabled_at, user.disabled_by) == (True, None, None)


def test_nobody_disables_themselves(administrator: User) -> None:
    with pytest.raises(NotPermitted):
        services.disable_account(actor=administrator, user_id=administrator.pk)


@pytest.mark.parametrize("who", ["clerk", "manager", "desk_user"])
def test_only_administrators_disable_accounts(request: pytest.FixtureRequest, administrator: User, who: str) -> None:
    actor = request.getfixturevalue(who)
    with pytest.raises(NotPermitted):
        services.disable_account(actor=actor, user_id=administrator.pk)
    administrator.refresh_from_db()
    assert administrator.is_active


def test_an_account_that_may_do_everything_is_disabled_only_by_its_like(administrator: User, superuser: User) -> None:
    with pytest.raises(NotPermitted):
        services.disable_account(actor=administrator, user_id=superuser.pk)


def test_a_disabled_administrator_disables_nobody(administrator: User, clerk: User, superuser: User) -> None:
    actor = services.disable_account(actor=superuser, user_id=administrator.pk)
    with pytest.raises(NotPermitted):
        services.disable_account(actor=actor, user_id=clerk.pk)


def test_the_installation_itself_may_disable_anybody(superuser: User) -> None:
    assert not services.disable_account(actor=None, user_id=superuser.pk).is_active


def test_the_database_refuses_an_active_account_that_is_marked_as_disabled(clerk: User) -> None:
    with pytest.raises(IntegrityError, match="accounts_user_active_is_not_disabled"):
        User.objects.filter(pk=clerk.pk).update(disabled_at=timezone.now())
