"""The provider of ``benchmarks.provider`` as the other programs see it: started, asked what it took, stopped."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from benchmarks import town  # noqa: F401  (sets Django up, so it comes first)

from benchmarks.servers import ROOT, free_port, wait_for  # isort: skip
from notifications.lanes import Lane  # isort: skip
from notifications.models import Route  # isort: skip
from script.stack.supervisor import leashed  # isort: skip

ACCOUNT = "AC" + "0" * 32
ROUTES = {"twilio": {"links_allowed": False}, "verimor": {"reserved_units": 5}}


@contextmanager
def provider(*arguments: str) -> Iterator[int]:
    """A provider in a process of its own, on a free port."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.provider", "--port", str(port), *arguments]
    process = subprocess.Popen(leashed(command), cwd=ROOT)
    try:
        wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=10)


def environment(port: int) -> dict[str, str]:
    """What a worker needs to sign in to the provider. The portal's address makes our ids known to Twilio."""
    address = f"http://127.0.0.1:{port}"
    return {
        "PUBLIC_BASE_URL": "https://127.0.0.1",
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": "loopback",
        "TWILIO_API_BASE": address,
        "VERIMOR_USERNAME": "loopback",
        "VERIMOR_PASSWORD": "loopback",
        "VERIMOR_API_BASE": address,
    }


def over(gateway: str, **settings: object) -> None:
    """Let ``gateway`` be the only way out; ``settings`` are those of its route."""
    Route.objects.update(is_active=False)
    usual = {"name": gateway, "gateway": gateway, "sender": "ORNEKBLD", "lanes": list(Lane), "is_active": True}
    Route.objects.update_or_create(code=gateway, defaults=usual | ROUTES[gateway] | settings)


def counts(port: int) -> dict[str, float]:
    """What the provider has taken: messages, how many of them more than once, calls, first and last arrival."""
    found: dict[str, float] = _asked(port, "/_counts")
    return found


def arrivals(port: int, *, after: float, phone: str = "") -> list[tuple[float, str]]:
    """When something came after the time ``after`` for phones that begin with ``phone``, in order."""
    query = urlencode({"after": after, "phone": phone})
    return [(at, to) for at, to in _asked(port, f"/_arrivals?{query}")]


def _asked(port: int, path: str) -> Any:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:  # noqa: S310
        return json.load(answer)
