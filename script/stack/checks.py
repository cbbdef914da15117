"""The linters and other checks of ``script/test``: each a command that must succeed."""

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from script.stack.console import Console
from script.stack.environment import ROOT
from script.stack.supervisor import leashed

PYTHON = sys.executable

# What a real deployment sets; invented values that satisfy every rule.
PRODUCTION = {
    "SECRET_KEY": "a-key-for-the-check-only-5f0c1d7e9b3a48c6b2e4d8f7a1c3e5b7d9f0a2c4",
    "DEBUG": "0",
    "DEMO": "0",
    "ALLOWED_HOSTS": "basvuru.ornek.example",
    "CSRF_TRUSTED_ORIGINS": "https://basvuru.ornek.example",
    "PUBLIC_BASE_URL": "https://basvuru.ornek.example",
    "STAFF_MFA_REQUIRED": "1",
    "SECURE_COOKIES": "1",
    "LOG_FORMAT": "json",
    "TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000000",
    "TWILIO_AUTH_TOKEN": "an-invented-token",
    "EMAIL_URL": "smtp+tls://desk:an-invented-password@mail.ornek.example:587",
    "REFERENCE_PACK": "ornek",
    "PRIVATE_FILES_INTERNAL_PREFIX": "/private/",
}


@dataclass(frozen=True)
class Check:
    """A command that must succeed, with what it needs in the environment beyond the common."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


LINTERS: tuple[Check, ...] = (
    Check("format", ["ruff", "format", "--check", "."]),
    Check("lint", ["ruff", "check", "."]),
    Check("import contracts", ["lint-imports"]),
    # The plugin for Django reads the settings; no server is asked.
    Check("types", ["mypy"], PRODUCTION | {"DATABASE_URL": "postgres://nobody@/none", "REDIS_URL": "redis://nobody/0"}),
)
STATIC_FILES = Check("static files", [PYTHON, "-m", "script.stack.prepare", "collectstatic"])
PROJECT_CHECKS: tuple[Check, ...] = (
    Check("migrations are complete", [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"]),
    Check(
        "deployment check",
        [PYTHON, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        PRODUCTION,
    ),
)


async def run_checks(checks: Sequence[Check], environment: Mapping[str, str], console: Console) -> list[str]:
    """Run each check, print how it went and how long it took. Returns the names of those that failed."""
    return [check.name for check in checks if not await _succeeds(check, environment, console)]


async def _succeeds(check: Check, environment: Mapping[str, str], console: Console) -> bool:
    clock = asyncio.get_running_loop().time
    started = clock()
    status, output = await _run(check, environment)
    console.say(f"{'ok  ' if status == 0 else 'FAIL'}  {check.name:<26} {clock() - started:6.1f} s")
    if status:
        console.say(output)
    return status == 0


async def _run(check: Check, environment: Mapping[str, str]) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *leashed(check.command),
        cwd=ROOT,
        env={**os.environ, **environment, **check.environment},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    return process.returncode or 0, output.decode("utf-8", "replace").rstrip()
