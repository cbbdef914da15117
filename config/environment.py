"""Reads settings from the environment, and stops the start at what is missing or malformed.

Every refusal names the variable and never repeats its value, which may be a secret. An empty variable is one that
is not set: an optional one then has its default, and every default is the safe choice.
"""

import os
from collections.abc import Callable
from datetime import time
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

ON: Final = {"1", "true", "yes", "on"}
OFF: Final = {"0", "false", "no", "off"}
LOOPBACK_HOSTS: Final = {"localhost", "127.0.0.1", "[::1]", "testserver"}


def text(name: str, default: str | None = None) -> str:
    """The value, or ``default``; without a default the variable must be set."""
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is None:
        raise ImproperlyConfigured(f"{name} must be set; .env.example says what it is.")
    return default


def switch(name: str, *, default: bool) -> bool:
    """On or off. A word that is neither is refused: it must not switch a protection off."""
    value = text(name, "1" if default else "0").lower()
    if value not in ON | OFF:
        raise ImproperlyConfigured(f"{name} must be 1 or 0.")
    return value in ON


def number(name: str, default: int, *, least: int) -> int:
    """A whole number of at least ``least``."""
    value = text(name, str(default))
    if not (value.isascii() and value.isdigit()) or int(value) < least:
        raise ImproperlyConfigured(f"{name} must be a whole number of at least {least}.")
    return int(value)


def decimal(name: str, default: str) -> Decimal:
    """A number that is not negative, with a decimal point."""
    try:
        found = Decimal(text(name, default))
    except InvalidOperation:
        found = Decimal(-1)
    if not (found.is_finite() and found >= 0):
        raise ImproperlyConfigured(f"{name} must be a number like 12.5.")
    return found


def hours(name: str, default: str) -> tuple[time, time]:
    """Two times of day, from and until, like 21:00-09:00."""
    try:
        begin, end = (time.fromisoformat(part.strip()) for part in text(name, default).split("-"))
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be two times of day like 21:00-09:00.") from None
    return begin, end


def names(name: str, default: str | None = None) -> list[str]:
    """A list, comma-separated."""
    found = [part.strip() for part in text(name, default).split(",")]
    return [part for part in found if part]


def choice(name: str, default: str, *choices: str) -> str:
    """One of a few words."""
    value = text(name, default)
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be one of: {', '.join(choices)}.")
    return value


def key(name: str, *, least: int) -> str:
    """A secret of at least ``least`` characters."""
    value = text(name)
    if len(value) < least:
        raise ImproperlyConfigured(f"{name} must have at least {least} random characters.")
    return value


def hosts(name: str) -> list[str]:
    """Names of hosts: no addresses, and not all hosts there are."""
    found = names(name)
    if not found or any(set("/*@ ") & set(host) for host in found):
        raise ImproperlyConfigured(f"{name} must be names of hosts like basvuru.example.org, separated by commas.")
    return found


def origin(name: str, default: str | None = None, *, secure: bool = False) -> str:
    """Scheme and host of a web address, nothing after them; with ``secure`` https, except on this machine."""
    return _origin(name, text(name, default), secure=secure)


def origins(name: str) -> list[str]:
    """Several of them, comma-separated, or none."""
    return [_origin(name, value, secure=False) for value in names(name, "")]


def _origin(name: str, value: str, *, secure: bool) -> str:
    parts = _split(name, value)
    if f"{parts.scheme}://{parts.netloc}" != value or parts.scheme not in {"https", "http"} or not parts.hostname:
        raise ImproperlyConfigured(f"{name} must be an address like https://basvuru.example.org, without a slash.")
    if secure and parts.scheme != "https" and parts.hostname not in LOOPBACK_HOSTS:
        raise ImproperlyConfigured(f"{name} must start with https://.")
    return value


def _split(name: str, value: str) -> Any:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        raise ImproperlyConfigured(f"{name} is not an address.") from None
    return parts


def broker(name: str) -> str:
    """The address of a server that speaks the Redis protocol."""
    value = text(name)
    parts = _split(name, value)
    if parts.scheme not in {"redis", "rediss"} or not parts.hostname:
        raise ImproperlyConfigured(f"{name} must be an address like redis://:password@host:6379/0.")
    return value


def database(name: str) -> dict[str, Any]:
    """Django's description of a PostgreSQL database, from its address."""
    parts = _split(name, text(name))
    # Looked at first, because the library warns about other schemes by printing all it was given.
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ImproperlyConfigured(f"{name} must name a PostgreSQL database: postgres://user:password@host/name.")
    return _parsed(name, environ.Env.db_url_config)


def email(name: str, default: str | None = None) -> dict[str, Any]:
    """Django's settings for sending mail, from an address."""
    return _parsed(name, environ.Env.email_url_config, default)


def _parsed(name: str, parse: Callable[[str], Any], default: str | None = None) -> dict[str, Any]:
    value = text(name, default)
    try:
        found: dict[str, Any] = parse(value)
    except Exception:  # whatever the library says may repeat the password
        raise ImproperlyConfigured(f"{name} is not an address that can be used; see .env.example.") from None
    return found
