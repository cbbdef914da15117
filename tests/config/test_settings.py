"""Settings fail closed: what is missing or dangerous stops the start."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

SAFE = {
    "SECRET_KEY": "k" * 60,
    "ALLOWED_HOSTS": "basvuru.ornek.example",
    "PUBLIC_BASE_URL": "https://basvuru.ornek.example",
    "DATABASE_URL": "postgres://nobody@127.0.0.1/none",
    "REDIS_URL": "redis://127.0.0.1/0",
    "SMS_GATEWAY": "twilio",
    "TWILIO_ACCOUNT_SID": "AC0",
    "TWILIO_AUTH_TOKEN": "t",
    "TWILIO_FROM": "ORNEK",
    "EMAIL_URL": "smtp://localhost",
}


def start(**changes: str | None) -> "subprocess.CompletedProcess[str]":
    """Load the settings in a process of their own and say whether DEBUG is on."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(settings.BASE_DIR)}
    environment |= {name: value for name, value in {**SAFE, **changes}.items() if value is not None}
    code = "from django.conf import settings; print(settings.DEBUG, settings.SESSION_COOKIE_SECURE)"
    command = [sys.executable, "-c", f"import os; os.environ['DJANGO_SETTINGS_MODULE']='config.settings'; {code}"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, cwd="/", check=False)


def test_a_complete_environment_starts_without_debug_and_with_secure_cookies() -> None:
    assert start().stdout.split() == ["False", "True"]


@pytest.mark.parametrize(
    "name", ["SECRET_KEY", "ALLOWED_HOSTS", "PUBLIC_BASE_URL", "DATABASE_URL", "REDIS_URL", "SMS_GATEWAY", "EMAIL_URL"]
)
def test_a_missing_secret_or_address_stops_the_start_and_is_named(name: str) -> None:
    started = start(**{name: None})
    assert started.returncode != 0
    assert name in started.stderr


def test_the_demonstration_does_not_start_on_a_public_host() -> None:
    started = start(DEMO="1")
    assert started.returncode != 0
    assert "DEMO" in started.stderr


def test_another_database_than_postgresql_is_refused() -> None:
    started = start(DATABASE_URL="sqlite:////tmp/none.sqlite3")
    assert started.returncode != 0
    assert "PostgreSQL" in started.stderr


@pytest.mark.parametrize("address", ["https://basvuru.ornek.example/", "basvuru.ornek.example"])
def test_a_public_address_that_would_make_wrong_links_is_refused(address: str) -> None:
    started = start(PUBLIC_BASE_URL=address)
    assert started.returncode != 0
    assert "PUBLIC_BASE_URL" in started.stderr
