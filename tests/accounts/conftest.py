"""People of an installation, each with one part and none with a second factor unless a test sets one up."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client

from accounts.models import User
from accounts.services import load_roles
from tests.factories import PASSWORD, make_user


@pytest.fixture(autouse=True)
def real_installation(settings) -> None:
    """Not the demonstration, where everybody knows the passwords."""
    settings.DEMO = False


@pytest.fixture
def roles(db: None) -> None:
    load_roles()


@pytest.fixture
def administrator(roles: None) -> User:
    return make_user("yonetici", "Yaman Kurucu", "administrator")


@pytest.fixture
def manager(roles: None) -> User:
    return make_user("mudur", "Mine Güler", "pr_manager")


@pytest.fixture
def clerk(roles: None) -> User:
    return make_user("kayit", "Ayşe Kayıt", "triage_clerk")


@pytest.fixture
def desk_user(roles: None) -> User:
    return make_user("masa", "Selin Usta", "department_user")


@pytest.fixture
def superuser(db: None) -> User:
    return User.objects.create_superuser("kurulum@example.org", PASSWORD, full_name="Kurulum Hesabı")


@pytest.fixture
def without_second_factor(settings) -> None:
    """The installation asks for a password only."""
    settings.STAFF_MFA_REQUIRED = False


def give_second_factor(user: User) -> str:
    """Set up an authenticator app as the person would; returns its secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def code_at(secret: str, moment: float) -> str:
    """What the app shows at ``moment`` (seconds since 1970)."""
    return format_hotp_value(hotp_value(secret, int(moment) // 30))


def second_factors(user: User) -> int:
    return Authenticator.objects.filter(user=user).count()


def sign_in(client: Client, email: str, password: str = PASSWORD, **more: str):
    """Send the sign-in form."""
    return client.post("/hesap/giris/", {"login": email, "password": password, **more})


def is_signed_in(client: Client) -> bool:
    """Asked as a browser would ask: the page of the own password opens only for a signed-in person."""
    return client.get("/hesap/parola/").status_code == 200
