"""The demonstration: complete where it is wanted, impossible where it is not."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import ROLES
from config import demo
from notifications.ids import first_id
from notifications.models import Campaign, Consent, Message
from requests_app.models import ContactReveal, ServiceRequest
from requests_app.workflow import Status
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def demonstration(settings: Any) -> None:
    settings.DEMO = True
    call_command("load_reference_data", "ornek", verbosity=0)
    call_command("load_demo_data", verbosity=0)


def test_outside_of_the_demonstration_there_are_no_demo_accounts(settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO is off"):
        call_command("load_demo_data")
    assert not User.objects.exists()


@pytest.mark.parametrize("options", [{"check": True}, {}], ids=["asked before anything is changed", "asked to load"])
def test_a_database_in_which_people_work_stays_as_it_is(settings: Any, options: dict[str, bool]) -> None:
    settings.DEMO = True
    User.objects.create_user(email="zeynep@belediye.example", full_name="Zeynep Deneme")
    with pytest.raises(CommandError, match="not the demonstration's.*DEMO=0"):
        call_command("load_demo_data", **options)
    assert not User.objects.demo().exists()


def test_a_database_with_applications_of_citizens_stays_as_it_is(town: factories.Town, settings: Any) -> None:
    settings.DEMO = True
    factories.submit(town)
    User.objects.all().delete()
    with pytest.raises(CommandError, match="not the demonstration's"):
        call_command("load_demo_data")
    assert not User.objects.exists()


def test_an_empty_database_may_be_filled_and_asking_fills_nothing(settings: Any) -> None:
    settings.DEMO = True
    call_command("load_demo_data", check=True)
    assert not User.objects.exists()


def test_a_demonstration_in_which_somebody_made_an_account_stays_one(demonstration: None) -> None:
    User.objects.create_user(email="zeynep@belediye.example", full_name="Zeynep Deneme")
    call_command("load_demo_data", check=True)
    call_command("load_demo_data", verbosity=0)


def test_the_tables_of_another_program_are_somebody_elses() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE django_migrations RENAME TO another_programs_table")
    assert demo.is_somebody_elses()


def test_every_status_but_merged_can_be_seen(demonstration: None) -> None:
    seen = set(ServiceRequest.objects.values_list("status", flat=True))
    assert set(Status) - seen == {Status.MERGED}


def test_every_role_has_an_account() -> None:
    assert {account.role for account in demo.ACCOUNTS} == ROLES.keys()


def test_what_the_manager_keeps_an_eye_on_can_be_seen(demonstration: None) -> None:
    assert ContactReveal.objects.exists()
    assert Consent.objects.exists()


def test_an_announcement_reached_its_receivers_and_another_waits(demonstration: None) -> None:
    finished, waiting = Campaign.objects.order_by("pk")
    assert (finished.status, finished.planned, finished.totals["by_state"]) == ("finished", 8, {"accepted": 8})
    assert waiting.status == "awaiting_approval"


def test_loading_again_changes_nothing(demonstration: None) -> None:
    before = (User.objects.count(), ServiceRequest.objects.count(), Campaign.objects.count())
    call_command("load_demo_data", verbosity=0)
    assert (User.objects.count(), ServiceRequest.objects.count(), Campaign.objects.count()) == before


def test_the_past_lies_in_the_past_and_in_order(demonstration: None) -> None:
    now = timezone.now()
    assert ServiceRequest.objects.filter(submitted_at__lt=now - timedelta(days=30)).exists()
    assert ServiceRequest.objects.overdue().exists()
    for request in ServiceRequest.objects.all():
        times = list(request.events.order_by("version").values_list("at", flat=True))
        assert times == sorted(times)
        assert request.submitted_at <= times[0]
        assert times[-1] < now


def test_a_message_of_the_past_has_an_id_of_that_time(demonstration: None) -> None:
    for message in Message.objects.all():
        assert first_id(message.created_at - timedelta(seconds=1)) < message.id
        assert message.id < first_id(message.created_at + timedelta(seconds=1))


@pytest.mark.parametrize("account", demo.ACCOUNTS, ids=lambda account: account.role)
def test_every_demo_account_can_sign_in(account: demo.Account, demonstration: None, settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = False
    answer = Client().post(reverse("account_login"), {"login": account.email, "password": demo.PASSWORD})
    assert answer.status_code == 302


def test_the_demo_accounts_are_useless_once_the_demonstration_is_off(demonstration: None, settings: Any) -> None:
    settings.DEMO = False
    client = Client()
    client.post(reverse("account_login"), {"login": demo.ACCOUNTS[0].email, "password": demo.PASSWORD})
    assert client.get("/admin/").status_code == 302
