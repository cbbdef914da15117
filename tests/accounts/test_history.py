"""The database keeps who changed which account, without secrets."""

import pghistory
import pytest
from django.apps import apps
from django.db import InternalError, transaction
from django.test import Client

from accounts import services
from accounts.models import User
from tests.accounts.conftest import sign_in

UserEvent = apps.get_model("accounts", "UserEvent")
RoleChange = apps.get_model("accounts", "RoleChange")


def test_a_change_is_kept_with_the_person_who_made_it(clerk: User, administrator: User) -> None:
    services.disable_account(actor=administrator, user_id=clerk.pk)
    event = UserEvent.objects.filter(pgh_obj=clerk).latest("pgh_id")
    assert (event.pgh_label, event.is_active) == ("update", False)
    assert event.pgh_context.metadata == {"actor": administrator.pk}


def test_roles_given_and_taken_are_kept(clerk: User, administrator: User) -> None:
    services.change_roles(actor=administrator, user_id=clerk.pk, roles=["call_agent"])
    changes = RoleChange.objects.filter(user=clerk, pgh_context__isnull=False)
    assert {(change.pgh_label, change.group.name) for change in changes} == {
        ("withdrawn", "triage_clerk"),
        ("granted", "call_agent"),
    }
    assert {change.pgh_context.metadata["actor"] for change in changes} == {administrator.pk}


def test_changes_around_the_services_are_kept_too(clerk: User) -> None:
    User.objects.filter(pk=clerk.pk).update(is_superuser=True)
    assert UserEvent.objects.filter(pgh_obj=clerk).latest("pgh_id").is_superuser


def test_passwords_and_sign_ins_are_not_kept(client: Client, clerk: User, settings) -> None:
    settings.STAFF_MFA_REQUIRED = False
    before = UserEvent.objects.count()
    sign_in(client, clerk.email)
    clerk.set_password("yeni-uzun-parola-5")
    clerk.save(update_fields=["password"])
    assert UserEvent.objects.count() == before
    assert not {"password", "last_login", "session_generation"} & {f.name for f in UserEvent._meta.get_fields()}


@pytest.mark.parametrize("model", [UserEvent, RoleChange])
def test_what_is_kept_cannot_be_changed_or_deleted(clerk: User, model: type) -> None:
    for attempt in (lambda: model.objects.update(pgh_label="x"), lambda: model.objects.all().delete()):
        with pytest.raises(InternalError), transaction.atomic():
            attempt()


def test_the_installation_itself_is_kept_as_nobody(clerk: User) -> None:
    services.disable_account(actor=None, user_id=clerk.pk)
    event = UserEvent.objects.filter(pgh_obj=clerk).latest("pgh_id")
    assert event.pgh_context.metadata == {"actor": None}


def test_an_outer_note_is_kept_beside_the_actor(clerk: User, administrator: User) -> None:
    with pghistory.context(reason="left"):
        services.disable_account(actor=administrator, user_id=clerk.pk)
    event = UserEvent.objects.filter(pgh_obj=clerk).latest("pgh_id")
    assert event.pgh_context.metadata == {"reason": "left", "actor": administrator.pk}
