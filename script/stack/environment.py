"""The environment of the desk on this machine: what is set wins, the rest gets a default that fits a laptop."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LOOPBACK_HOSTS = {"127.0.0.1", "localhost", "[::1]"}


def port_of(environment: Mapping[str, str]) -> int:
    """The web address's port. Raises `SystemExit` with a message if PORT is no port number."""
    text = environment.get("PORT") or "8000"
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise SystemExit(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def var_of(environment: Mapping[str, str]) -> Path:
    """The folder of everything that is not in the repository."""
    return Path(environment.get("VAR_DIR") or ROOT / "var").resolve()


def local_settings(given: Mapping[str, str], var: Path, *, database_url: str, redis_url: str) -> dict[str, str]:
    """The settings of every Django process of a stack on this machine, and nothing else of the environment."""
    defaults = {
        "SECRET_KEY": _secret_key(var),
        "DEBUG": "0",
        "ALLOWED_HOSTS": ",".join(sorted(LOOPBACK_HOSTS)),
        "PUBLIC_BASE_URL": f"http://127.0.0.1:{port_of(given)}",
        "PORT": str(port_of(given)),
        "REFERENCE_PACK": "",  # the demonstration has one; whoever runs a desk of their own names theirs
        "STAFF_MFA_REQUIRED": "0",
        "SECURE_COOKIES": "0",
        "LOG_FORMAT": "console",
        "EMAIL_URL": "consolemail://",
    }
    settings = {name: given.get(name) or default for name, default in defaults.items()}
    settings |= {"VAR_DIR": str(var), "DATABASE_URL": database_url, "REDIS_URL": redis_url}
    settings["DEMO"] = given.get("DEMO") or _demo_if_private(settings["ALLOWED_HOSTS"], given.get("BIND_HOST"))
    return settings


def programs_path() -> dict[str, str]:
    """What lets a child find the programs of .venv, and print at once."""
    found = {
        "PATH": f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "",  # compiling every file in every process would double the time of a start
        "CELERY_SKIP_CHECKS": "1",  # migrate has just made them
    }
    if os.geteuid() == 0:  # a person who starts a demonstration as root knows it; the workers need not all say so
        found["PYTHONWARNINGS"] = os.environ.get("PYTHONWARNINGS") or "ignore:You're running the worker with superuser"
    return found


def _demo_if_private(allowed_hosts: str, bind_host: str | None) -> str:
    """Demo accounts have known passwords: only where nobody else can reach the desk."""
    hosts = {host.strip() for host in [*allowed_hosts.split(","), bind_host or "127.0.0.1"]}
    return "1" if hosts <= LOOPBACK_HOSTS else "0"


def _secret_key(var: Path) -> str:
    """Made once, readable by its owner only."""
    path = var / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text()
