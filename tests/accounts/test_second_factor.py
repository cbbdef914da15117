"""The second step at sign-in: set up, asked for, required, reset."""

import re

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from accounts import services
from accounts.models import User
from tests.accounts.conftest import code_at, give_second_factor, is_signed_in, second_factors, sign_in

NOON = 1_795_168_800.0  # 2026-11-20 09:00 UTC
SET_UP = "/hesap/iki-adim/kur/"
REFUSED = 422


@pytest.fixture(autouse=True)
def required(settings) -> None:
    settings.STAFF_MFA_REQUIRED = True


def send_code(client: Client, code: str):
    return client.post(reverse("mfa_authenticate"), {"code": code})


@pytest.mark.parametrize("page", ["/admin/", "/masa/", "/"])
def test_a_person_without_second_step_is_sent_to_set_it_up(client: Client, clerk: User, page: str) -> None:
    client.force_login(clerk)
    assert client.get(page).url == SET_UP


def test_department_staff_need_a_second_step_too(client: Client, desk_user: User) -> None:
    sign_in(client, desk_user.email)
    assert client.get("/masa/").url == SET_UP


def test_forms_are_not_taken_before_the_second_step_is_set_up(client: Client, administrator: User) -> None:
    client.force_login(administrator)
    response = client.post(reverse("admin:accounts_user_add"), {"email": "x@example.org"})
    assert response.url == SET_UP
    assert not User.objects.filter(email="x@example.org").exists()


def test_where_it_is_not_required_nobody_is_sent_anywhere(client: Client, clerk: User, settings) -> None:
    settings.STAFF_MFA_REQUIRED = False
    client.force_login(clerk)
    assert client.get("/admin/").status_code == 200


def test_visitors_are_not_asked_for_anything(client: Client, db: None) -> None:
    assert client.get("/livez").status_code == 200
    assert client.get("/hesap/giris/").status_code == 200


def test_signing_out_works_before_the_second_step_is_set_up(client: Client, clerk: User) -> None:
    client.force_login(clerk)
    client.post(reverse("account_logout"))
    assert not is_signed_in(client)


def test_a_second_step_is_set_up_with_a_real_code_right_after_signing_in(client: Client, clerk: User) -> None:
    with time_machine.travel(NOON, tick=False):
        sign_in(client, clerk.email)
        page = client.get("/admin/", follow=True)
        secret = page.context["form"].secret
        assert page.status_code == 200
        assert secret in page.content.decode()
        done = client.post(SET_UP, {"code": code_at(secret, NOON)})
        assert done.url == reverse("mfa_view_recovery_codes")
        assert second_factors(clerk) == 2
        assert client.get("/admin/").status_code == 200


def test_recovery_codes_are_shown_after_the_set_up(client: Client, clerk: User) -> None:
    with time_machine.travel(NOON, tick=False):
        sign_in(client, clerk.email)
        secret = client.get("/admin/", follow=True).context["form"].secret
        page = client.post(SET_UP, {"code": code_at(secret, NOON)}, follow=True)
    assert len(page.context["unused_codes"]) == 10
    assert page.context["unused_codes"][0] in page.content.decode()


def test_a_wrong_code_sets_nothing_up(client: Client, clerk: User) -> None:
    with time_machine.travel(NOON, tick=False):
        sign_in(client, clerk.email)
        secret = client.get("/admin/", follow=True).context["form"].secret
        wrong = code_at(secret, NOON + 3600)
        answer = client.post(SET_UP, {"code": wrong})
    assert answer.status_code == REFUSED
    assert "şu an gösterdiği altı rakamı" in answer.content.decode()
    assert second_factors(clerk) == 0


def test_the_password_alone_opens_nothing_once_there_is_a_second_step(client: Client, clerk: User) -> None:
    give_second_factor(clerk)
    assert sign_in(client, clerk.email).url == reverse("mfa_authenticate")
    assert not is_signed_in(client)
    assert client.get("/admin/").status_code == 302


def test_password_and_code_open_the_account(client: Client, clerk: User) -> None:
    secret = give_second_factor(clerk)
    with time_machine.travel(NOON, tick=False):
        sign_in(client, clerk.email)
        assert send_code(client, code_at(secret, NOON)).url == "/admin/"
        assert client.get("/admin/").status_code == 200


def test_the_page_asked_for_is_remembered_over_both_steps(client: Client, clerk: User) -> None:
    secret = give_second_factor(clerk)
    with time_machine.travel(NOON, tick=False):
        sign_in(client, clerk.email, next="/hesap/parola/")
        assert send_code(client, code_at(secret, NOON)).url == "/hesap/parola/"


@pytest.mark.parametrize("seconds", [-30, 30])
def test_a_phone_whose_clock_is_half_a_minute_off_still_works(client: Client, clerk: User, seconds: int) -> None:
    secret = give_second_factor(clerk)
    with time_machine.travel(NOON, tick=False):
        sign_in(client, clerk.email)
        assert send_code(client, code_at(secret, NOON + seconds)).status_code == 302


def test_an_old_code_is_refused(client: Client, clerk: User) -> None:
    secret = give_second_factor(clerk)
    with time_machine.travel(NOON, tick=False):
        sign_in(client, clerk.email)
        assert send_code(client, code_at(secret, NOON - 120)).status_code == REFUSED
    assert not is_signed_in(client)


def test_a_code_works_once(client: Client, clerk: User) -> None:
    secret = give_second_factor(clerk)
    with time_machine.travel(NOON, tick=False):
        for browser in (client, Client()):
            sign_in(browser, clerk.email)
            answer = send_code(browser, code_at(secret, NOON))
    assert answer.status_code == REFUSED


def test_guessing_codes_is_stopped(client: Client, clerk: User) -> None:
    secret = give_second_factor(clerk)
    with time_machine.travel(NOON, tick=False):
        sign_in(client, clerk.email)
        for _ in range(5):
            send_code(client, code_at(secret, NOON + 3600))
        assert send_code(client, code_at(secret, NOON)).status_code == REFUSED
    assert not is_signed_in(client)


def test_a_recovery_code_opens_the_account_once(client: Client, clerk: User) -> None:
    with time_machine.travel(NOON, tick=False):
        sign_in(client, clerk.email)
        secret = client.get("/admin/", follow=True).context["form"].secret
        page = client.post(SET_UP, {"code": code_at(secret, NOON)}, follow=True)
        code = page.context["unused_codes"][0]
        first, second = Client(), Client()
        sign_in(first, clerk.email)
        assert send_code(first, code).status_code == 302
        sign_in(second, clerk.email)
        assert send_code(second, code).status_code == REFUSED


def test_the_secret_does_not_stand_in_the_database(clerk: User) -> None:
    secret = give_second_factor(clerk)
    stored = Authenticator.objects.get(user=clerk).data
    assert secret not in str(stored)


def test_a_new_secret_key_with_the_old_one_as_fallback_keeps_second_steps(
    client: Client, clerk: User, settings
) -> None:
    secret = give_second_factor(clerk)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key, long and random enough for a test"
    with time_machine.travel(NOON, tick=False):
        sign_in(client, clerk.email)
        assert send_code(client, code_at(secret, NOON)).status_code == 302


def test_a_lost_secret_key_refuses_codes_instead_of_failing(client: Client, clerk: User, settings) -> None:
    secret = give_second_factor(clerk)
    settings.SECRET_KEY = "another key, long and random enough for a test"
    with time_machine.travel(NOON, tick=False):
        sign_in(client, clerk.email)
        assert send_code(client, code_at(secret, NOON)).status_code == REFUSED


def deactivate(client: Client, user: User):
    secret = give_second_factor(user)
    with time_machine.travel(NOON, tick=False):
        sign_in(client, user.email)
        send_code(client, code_at(secret, NOON))
        return client.post(reverse("mfa_deactivate_totp"))


def test_a_required_second_step_cannot_be_switched_off(client: Client, clerk: User) -> None:
    assert deactivate(client, clerk).status_code == REFUSED
    assert second_factors(clerk) == 1


def test_what_cannot_be_removed_is_not_offered(client: Client, clerk: User, settings) -> None:
    give_second_factor(clerk)
    client.force_login(clerk)
    assert reverse("mfa_deactivate_totp") not in client.get(reverse("mfa_index")).content.decode()
    settings.STAFF_MFA_REQUIRED = False
    assert reverse("mfa_deactivate_totp") in client.get(reverse("mfa_index")).content.decode()


def test_a_second_step_of_choice_can_be_switched_off(client: Client, clerk: User, settings) -> None:
    settings.STAFF_MFA_REQUIRED = False
    assert deactivate(client, clerk).status_code == 302
    assert second_factors(clerk) == 0


def test_after_a_reset_every_session_ends_and_a_new_second_step_is_set_up(
    client: Client, clerk: User, administrator: User
) -> None:
    secret = give_second_factor(clerk)
    with time_machine.travel(NOON, tick=False):
        sign_in(client, clerk.email)
        send_code(client, code_at(secret, NOON))
        services.reset_second_factor(actor=administrator, user_id=clerk.pk)
        assert not is_signed_in(client)
        sign_in(client, clerk.email)
        assert client.get("/admin/").url == SET_UP


def test_the_set_up_page_explains_itself_in_turkish(client: Client, clerk: User) -> None:
    sign_in(client, clerk.email)
    page = client.get("/admin/", follow=True).content.decode()
    assert re.search(r"ikinci (bir )?adım|iki adım", page, re.IGNORECASE)
