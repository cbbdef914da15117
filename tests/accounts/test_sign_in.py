"""Signing in and out with e-mail address and password."""

import re

import pytest
import time_machine
from django.conf import settings as project_settings
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.accounts.conftest import is_signed_in, sign_in
from tests.factories import PASSWORD

pytestmark = pytest.mark.usefixtures("without_second_factor")


def text_of(response) -> str:
    """The page without what differs between any two answers."""
    page = response.content.decode()
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"|[\w.]+@example\.org', "", page)


def test_public_relations_staff_come_to_the_administration(client: Client, clerk: User) -> None:
    assert sign_in(client, clerk.email).url == reverse("admin:index")
    assert is_signed_in(client)


def test_department_staff_come_to_their_desk(client: Client, desk_user: User) -> None:
    assert sign_in(client, desk_user.email).url == "/masa/"


def test_a_person_comes_to_pages_in_the_own_language(client: Client, clerk: User) -> None:
    User.objects.filter(pk=clerk.pk).update(language="en")
    assert sign_in(client, clerk.email).url == "/en/admin/"


def test_letter_case_and_spaces_around_the_address_do_not_matter(client: Client, clerk: User) -> None:
    assert sign_in(client, f" {clerk.email.upper()} ").status_code == 302
    assert is_signed_in(client)


def test_a_wrong_password_is_refused(client: Client, clerk: User) -> None:
    response = sign_in(client, clerk.email, "yanlış parola")
    assert response.status_code == 422
    assert "yanlış" in response.content.decode()
    assert not is_signed_in(client)


def test_nobody_learns_which_addresses_have_an_account(client: Client, clerk: User) -> None:
    known = sign_in(client, clerk.email, "yanlış parola")
    unknown = sign_in(Client(), "yabanci@example.org", "yanlış parola")
    assert text_of(known) == text_of(unknown)
    assert known.status_code == unknown.status_code


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("", ""),
        ("kayit", "x"),
        ("a\x00@example.org", "x"),
        ("a@example.org", "\x00"),
        ("a" * 5000 + "@example.org", "x"),
    ],
)
def test_bad_input_is_refused_on_the_page(client: Client, db: None, login: str, password: str) -> None:
    assert sign_in(client, login, password).status_code == 422


def test_a_disabled_account_cannot_sign_in(client: Client, clerk: User) -> None:
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    assert sign_in(client, clerk.email).url == reverse("account_inactive")
    assert client.get(reverse("account_inactive")).status_code == 200
    assert not is_signed_in(client)


def test_a_demonstration_account_cannot_sign_in_outside_of_a_demonstration(client: Client, clerk: User) -> None:
    User.objects.filter(pk=clerk.pk).update(email="kayit@ornek.example")
    assert sign_in(client, "kayit@ornek.example").url == reverse("account_inactive")
    assert not is_signed_in(client)


def test_a_demonstration_account_signs_in_to_a_demonstration(client: Client, clerk: User, settings) -> None:
    User.objects.filter(pk=clerk.pk).update(email="kayit@ornek.example")
    settings.DEMO = True
    sign_in(client, "kayit@ornek.example")
    assert is_signed_in(client)


def test_a_session_of_a_demonstration_account_ends_with_the_demonstration(
    client: Client, clerk: User, settings
) -> None:
    User.objects.filter(pk=clerk.pk).update(email="kayit@ornek.example")
    settings.DEMO = True
    sign_in(client, "kayit@ornek.example")
    settings.DEMO = False
    assert not is_signed_in(client)


def test_the_session_key_changes_at_sign_in(client: Client, clerk: User) -> None:
    sign_in(client, clerk.email, "yanlış parola")
    client.session["anything"] = 1
    client.session.save()
    before = client.session.session_key
    sign_in(client, clerk.email)
    assert client.session.session_key != before


def test_the_session_ends_with_the_browser(client: Client, clerk: User) -> None:
    response = sign_in(client, clerk.email)
    cookie = response.cookies[project_settings.SESSION_COOKIE_NAME]
    assert cookie["max-age"] == ""
    assert cookie["httponly"]


def test_a_person_returns_to_the_page_that_asked_for_the_sign_in(client: Client, clerk: User) -> None:
    assert sign_in(client, clerk.email, next="/hesap/parola/?a=1").url == "/hesap/parola/?a=1"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "http:///evil.example/",
        "\\\\evil.example\\",
        "/\\evil.example/",
        "javascript:alert(1)",
        "https:evil.example",
        "http://localhost/elsewhere",
        "\x00//evil.example/",
    ],
)
def test_nobody_is_sent_to_another_site_after_sign_in(client: Client, clerk: User, target: str, settings) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "localhost", "evil.example"]
    assert sign_in(client, clerk.email, next=target).url == reverse("admin:index")


def test_signing_in_needs_the_forms_own_token(clerk: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert sign_in(strict, clerk.email).status_code == 403


def test_five_wrong_passwords_close_the_account_for_five_minutes(client: Client, clerk: User) -> None:
    with time_machine.travel("2026-11-20 10:00:00+03:00", tick=False) as clock:
        for _ in range(5):
            sign_in(client, clerk.email, "yanlış parola")
        refused = sign_in(client, clerk.email)
        assert refused.status_code == 422
        assert "Beş dakika" in refused.content.decode()
        clock.shift(301)
        assert sign_in(client, clerk.email).status_code == 302


def test_wrong_passwords_for_one_account_do_not_close_another(client: Client, clerk: User, desk_user: User) -> None:
    for _ in range(6):
        sign_in(client, clerk.email, "yanlış parola")
    assert sign_in(client, desk_user.email).status_code == 302


def test_an_account_that_does_not_exist_is_closed_in_the_same_way(client: Client, db: None) -> None:
    for _ in range(5):
        sign_in(client, "yabanci@example.org", "yanlış parola")
    assert "Beş dakika" in sign_in(client, "yabanci@example.org", "yanlış parola").content.decode()


def test_too_many_attempts_from_one_address_are_turned_away(client: Client, db: None) -> None:
    answers = [sign_in(client, f"a{n}@example.org", "x").status_code for n in range(61)]
    assert answers[-1] == 429


def test_signing_out_takes_a_button(client: Client, clerk: User) -> None:
    client.force_login(clerk)
    client.get(reverse("account_logout"))
    assert is_signed_in(client)
    client.post(reverse("account_logout"))
    assert not is_signed_in(client)


def test_the_administration_has_no_sign_in_of_its_own(client: Client, clerk: User) -> None:
    asked = client.get("/admin/", follow=True)
    assert asked.redirect_chain[-1][0].startswith(reverse("account_login"))
    answer = client.post("/admin/login/", {"username": clerk.email, "password": PASSWORD})
    assert answer.url.startswith(reverse("account_login"))
    assert not is_signed_in(client)


def test_department_staff_do_not_get_into_the_administration(client: Client, desk_user: User) -> None:
    client.force_login(desk_user)
    assert client.get("/admin/", follow=True).status_code == 403


@pytest.mark.parametrize(
    "address",
    [
        "/hesap/",
        "/hesap/signup/",
        "/hesap/email/",
        "/hesap/login/",
        "/hesap/3rdparty/",
        "/hesap/social/signup/",
        "/hesap/login/code/",
        "/hesap/password/set/",
        "/hesap/iki-adim/webauthn/",
        "/hesap/2fa/",
    ],
)
def test_there_is_no_sign_up_and_no_other_way_in(client: Client, db: None, address: str) -> None:
    assert client.get(address).status_code == 404


def test_a_forgotten_password_is_set_anew_through_a_link_on_the_public_address(
    client: Client, clerk: User, settings
) -> None:
    settings.PUBLIC_BASE_URL = "https://basvuru.example.org"
    client.post(reverse("account_reset_password"), {"email": clerk.email})
    [message] = mail.outbox
    [link] = re.findall(r"https://basvuru\.example\.org(/\S+)", message.body)
    page = client.get(link, follow=True)
    new = "yeni-uzun-parola-5"
    client.post(page.redirect_chain[-1][0], {"password1": new, "password2": new})
    assert sign_in(Client(), clerk.email, new).status_code == 302
    assert sign_in(Client(), clerk.email).status_code == 422


def test_nobody_learns_from_a_forgotten_password_which_addresses_have_an_account(client: Client, clerk: User) -> None:
    known = client.post(reverse("account_reset_password"), {"email": clerk.email}, follow=True)
    unknown = Client().post(reverse("account_reset_password"), {"email": "yabanci@example.org"}, follow=True)
    assert text_of(known) == text_of(unknown)
    assert [message.to for message in mail.outbox] == [[clerk.email]]


def test_a_disabled_account_gets_no_link(client: Client, clerk: User) -> None:
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    client.post(reverse("account_reset_password"), {"email": clerk.email})
    assert not mail.outbox


def test_a_changed_password_ends_every_other_session(client: Client, clerk: User) -> None:
    elsewhere = Client()
    sign_in(elsewhere, clerk.email)
    sign_in(client, clerk.email)
    new = "yeni-uzun-parola-5"
    client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)
