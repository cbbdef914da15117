"""Settings fail closed: what is missing, malformed or dangerous stops the start, is named, and is never printed."""

import os
import re
import runpy
import subprocess
import sys
import traceback
import warnings
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

FILES = ("config/settings.py", "config/gunicorn.py")

SAFE = {
    "SECRET_KEY": "k" * 60,
    "ALLOWED_HOSTS": "basvuru.ornek.example",
    "PUBLIC_BASE_URL": "https://basvuru.ornek.example",
    "DATABASE_URL": "postgres://nobody@127.0.0.1/none",
    "REDIS_URL": "redis://127.0.0.1/0",
    "TWILIO_ACCOUNT_SID": "AC0",
    "TWILIO_AUTH_TOKEN": "t",
    "EMAIL_URL": "smtp://localhost",
    "REFERENCE_PACK": "ornek",
}
NEEDED = ("SECRET_KEY", "ALLOWED_HOSTS", "PUBLIC_BASE_URL", "DATABASE_URL", "REDIS_URL", "EMAIL_URL", "REFERENCE_PACK")
# Each holds a word that must not be repeated.
MALFORMED = {
    "SECRET_KEY": ["hunter2"],
    "ALLOWED_HOSTS": ["https://hunter2.example", "*", ","],
    "CSRF_TRUSTED_ORIGINS": ["hunter2.example"],
    "PUBLIC_BASE_URL": ["https://hunter2.example/", "hunter2.example", "http://hunter2.example", "https://[hunter2"],
    "DATABASE_URL": [
        "hunter2",
        "postgres://desk:hunter2@host:port/desk",
        "sqlite:////tmp/hunter2",
        "postgres://hunter2",
    ],
    "REDIS_URL": ["hunter2", "http://:hunter2@host/0", "redis://:hunter2@host:port/0"],
    "EMAIL_URL": ["hunter2", "gopher://desk:hunter2@host"],
    "DEBUG": ["hunter2"],
    "DEMO": ["hunter2"],
    "STAFF_MFA_REQUIRED": ["hunter2"],
    "SECURE_COOKIES": ["hunter2"],
    "SECURE_SSL_REDIRECT": ["hunter2"],
    "SECURE_HSTS_SECONDS": ["hunter2", "-1"],
    "STAFF_IDLE_MINUTES": ["hunter2", "0"],
    "QUESTION_REMINDER_DAYS": ["hunter2", "0"],
    "QUESTION_RESUME_DAYS": ["hunter2", "0"],
    "RETENTION_MONTHS": ["hunter2", "0"],
    "MESSAGE_RETENTION_DAYS": ["hunter2", "0"],
    "QUIET_HOURS": ["hunter2", "21:00", "25:00-09:00"],
    "ANNOUNCEMENT_QUOTA": ["hunter2", "-1"],
    "ANNOUNCEMENT_RETENTION_MONTHS": ["hunter2", "0"],
    "NOTICE_RETENTION_DAYS": ["hunter2", "0"],
    "WEBHOOK_SECRET": ["hunter2"],
    "VERIMOR_ADDRESSES": ["hunter2", "192.0.2.7/24"],
    "NETGSM_ADDRESSES": ["hunter2"],
    "ILETIMERKEZI_ADDRESSES": ["hunter2"],
    "TRUSTED_PROXY_COUNT": ["hunter2", "-1"],
    "LOG_FORMAT": ["hunter2"],
    "SENTRY_DSN": ["hunter2"],
    "VERIMOR_API_BASE": ["http://hunter2.example"],
    "NETGSM_API_BASE": ["http://hunter2.example"],
    "ILETIMERKEZI_API_BASE": ["http://hunter2.example"],
    "TWILIO_API_BASE": ["http://hunter2.example"],
    "PRIVATE_FILES_INTERNAL_PREFIX": ["hunter2"],
    "PORT": ["hunter2", "0"],
    "WEB_WORKERS": ["hunter2", "0"],
    "WEB_THREADS": ["hunter2", "0"],
}
# Any text will do: names, folders, and secrets whose form is the other side's business.
FREE = {
    "SECRET_KEY_FALLBACKS",
    "BIND_HOST",
    "VAR_DIR",
    "DEFAULT_FROM_EMAIL",
    "METRICS_TOKEN",
    "MAP_TILE_URL",
    "MAP_TILE_ORIGIN",
    "MAP_TILE_ATTRIBUTION",
    "TWILIO_ACCOUNT_SID",
    "TWILIO_AUTH_TOKEN",
    "VERIMOR_USERNAME",
    "VERIMOR_PASSWORD",
    "NETGSM_USERNAME",
    "NETGSM_PASSWORD",
    "ILETIMERKEZI_KEY",
    "ILETIMERKEZI_HASH",
}
# Read by docker compose alone, which names what is missing itself.
OF_COMPOSE = {
    "POSTGRES_PASSWORD",
    "REDIS_PASSWORD",
    "SERVER_NAME",
    "CERTIFICATES",
    "HTTP_PORT",
    "HTTPS_PORT",
    "VERSION",
}


def load(monkeypatch: pytest.MonkeyPatch, **changes: str | None) -> dict[str, Any]:
    """Read the settings once more, in an environment of their own."""
    with monkeypatch.context() as patch:
        patch.setattr(os, "environ", {name: value for name, value in {**SAFE, **changes}.items() if value is not None})
        return {name: value for file in FILES for name, value in runpy.run_path(str(settings.BASE_DIR / file)).items()}


def serve(**changes: str) -> "subprocess.CompletedProcess[str]":
    """Do all that a web process does before it serves."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(settings.BASE_DIR), **SAFE, **changes}
    return subprocess.run(
        [sys.executable, "-c", "import config.wsgi"], env=environment, capture_output=True, text=True, cwd="/"
    )


def assert_refused(monkeypatch: pytest.MonkeyPatch, name: str, **changes: str | None) -> None:
    with warnings.catch_warnings(record=True) as said, pytest.raises(ImproperlyConfigured) as refusal:
        load(monkeypatch, **changes)
    assert said == []
    assert name in str(refusal.value)
    assert "hunter2" not in "".join(traceback.format_exception(refusal.value))


def protections(loaded: dict[str, Any]) -> list[bool]:
    return [not loaded["DEBUG"], loaded["SESSION_COOKIE_SECURE"], loaded["STAFF_MFA_REQUIRED"]]


def test_a_complete_environment_starts_with_every_protection(monkeypatch: pytest.MonkeyPatch) -> None:
    assert protections(load(monkeypatch)) == [True, True, True]
    assert serve().returncode == 0


@pytest.mark.parametrize("value", [None, "", " "])
@pytest.mark.parametrize("name", NEEDED)
def test_what_is_missing_or_empty_stops_the_start_and_is_named(
    name: str, value: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert_refused(monkeypatch, name, **{name: value})


@pytest.mark.parametrize("name", ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"])
def test_half_of_a_gateways_credentials_stops_the_start(name: str) -> None:
    started = serve(**{name: ""})
    assert started.returncode != 0
    assert name in started.stderr


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in MALFORMED.items() for value in values])
def test_what_is_malformed_stops_the_start_and_is_named_but_not_repeated(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert_refused(monkeypatch, name, **{name: value})


def test_an_empty_switch_leaves_the_protection_on(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = load(monkeypatch, SECURE_COOKIES="", STAFF_MFA_REQUIRED="", DEBUG="")
    assert protections(loaded) == [True, True, True]


def test_map_pictures_need_the_origin_that_pages_may_load_from(monkeypatch: pytest.MonkeyPatch) -> None:
    assert_refused(monkeypatch, "MAP_TILE_ORIGIN", MAP_TILE_URL="https://tiles.ornek.example/{z}/{x}/{y}.png")


def test_every_variable_of_the_example_is_tried_here() -> None:
    example = (settings.BASE_DIR / ".env.example").read_text()
    known = {*SAFE, *MALFORMED, *FREE, *OF_COMPOSE}
    assert set(re.findall(r"^(?:# )?([A-Z][A-Z_]+)=", example, re.MULTILINE)) <= known


LOCAL = {"DEMO": "1", "ALLOWED_HOSTS": "127.0.0.1", "PUBLIC_BASE_URL": "http://127.0.0.1:8000", "SECURE_COOKIES": "0"}


def test_the_demonstration_starts_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(monkeypatch, **LOCAL)["DEMO"] is True


@pytest.mark.parametrize(
    "public",
    [
        {"ALLOWED_HOSTS": "127.0.0.1,basvuru.ornek.example"},
        {"PUBLIC_BASE_URL": "http://basvuru.ornek.example"},
        {"BIND_HOST": "0.0.0.0"},  # noqa: S104
    ],
)
def test_the_demonstration_does_not_start_where_others_could_reach_it(
    public: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert_refused(monkeypatch, "DEMO", **{**LOCAL, **public})
