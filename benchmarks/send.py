"""How fast an announcement goes out: ``script/bench send``.

Real workers, real database, a provider that takes 50 ms a call: one message a call (Twilio), or a thousand (Verimor).
Beside it, in the same run, a bare loop that makes the calls of one message each over as many connections and keeps
nothing. Prints one JSON line.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks import town  # sets Django up, so it comes first

import aiohttp  # isort: skip
from django.utils import timezone  # isort: skip

from benchmarks.servers import ROOT, free_port, wait_for  # isort: skip
from common import bell  # isort: skip
from notifications.gateways import twilio  # isort: skip
from notifications.lanes import Lane, deliver_task  # isort: skip
from notifications.models import Route  # isort: skip
from notifications.services.campaigns import planning  # isort: skip
from notifications.services.campaigns.closing import tally  # isort: skip

ACCOUNT = "AC" + "0" * 32
WORKERS = 2
ROUTES = {"twilio": {"links_allowed": False}, "verimor": {"reserved_units": 5}}


def main() -> None:
    """Measure both and print the line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=50_000, help="receivers (default 50,000)")
    parser.add_argument("--gateway", choices=sorted(ROUTES), default="twilio")
    arguments = parser.parse_args()
    count = arguments.count
    town.settle(count)
    with provider() as port:
        bare = count / asyncio.run(_bare(port, count))
    with provider() as port:
        over(arguments.gateway)
        campaign = town.approved_campaign()
        planning.start_due(timezone.now())
        planning.plan_all(until=time.monotonic() + 600)
        campaign.refresh_from_db()
        with workers(port):
            counted = _until_all_taken(port, campaign.planned)
    seconds = counted["last"] - counted["first"]
    figures = {"messages": campaign.planned, "per_second": round(campaign.planned / seconds), "twice": counted["twice"]}
    report = {
        "benchmark": "send",
        "send": figures,
        "bare": {"per_second": round(bare)},
        "states": tally(campaign).by_state,
    }
    print(json.dumps(report | {"ratio": round(figures["per_second"] / bare, 3)}))


@contextmanager
def provider(*arguments: str) -> Iterator[int]:
    """A provider in a process of its own, on a free port."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.provider", "--port", str(port), *arguments]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=10)


@contextmanager
def workers(port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """The workers of the lane of announcements, as the Procfile starts them, two at a time."""
    command = [sys.executable, "-m", "celery", "-q", "-A", "config", "worker", "-Q", "bulk,default", "-c", str(WORKERS)]
    process = subprocess.Popen(
        [*command, "--without-gossip", "--without-mingle"],
        cwd=ROOT,
        env=os.environ | environment(port),
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=60)


def environment(port: int) -> dict[str, str]:
    """What a worker needs to sign in to the provider."""
    address = f"http://127.0.0.1:{port}"
    return {
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": "loopback",
        "TWILIO_API_BASE": address,
        "VERIMOR_USERNAME": "loopback",
        "VERIMOR_PASSWORD": "loopback",
        "VERIMOR_API_BASE": address,
    }


def counts(port: int) -> dict[str, float]:
    """What the provider has taken."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/_counts") as answer:  # noqa: S310
        found: dict[str, float] = json.load(answer)
    return found


def over(gateway: str) -> None:
    """Let ``gateway`` be the only way out."""
    Route.objects.update(is_active=False)
    usual = {"name": gateway, "gateway": gateway, "sender": "ORNEKBLD", "lanes": list(Lane), "is_active": True}
    Route.objects.update_or_create(code=gateway, defaults=usual | ROUTES[gateway])


def _until_all_taken(port: int, expected: int) -> dict[str, float]:
    end = time.monotonic() + 600
    for _ in range(WORKERS):
        bell.answered(deliver_task(Lane.BULK))
        bell.ring(deliver_task(Lane.BULK), queue="bulk")
    while (found := counts(port))["phones"] < expected:
        if time.monotonic() > end:
            raise SystemExit(f"{found['phones']} of {expected} after ten minutes")
        time.sleep(0.5)
    time.sleep(2)  # the last chunk is written down
    return counts(port)


async def _bare(port: int, count: int) -> float:
    url = f"http://127.0.0.1:{port}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    form = {"Body": "Yarın su kesilecektir.", "From": "ORNEKBLD"}
    free = asyncio.Semaphore(twilio.CONNECTIONS)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=twilio.CONNECTIONS)) as session:

        async def one(number: int) -> None:
            async with free, session.post(url, data=form | {"To": f"+90500{number:07}"}) as answer:
                await answer.read()

        began = time.perf_counter()
        await asyncio.gather(*(one(number) for number in range(count)))
        return time.perf_counter() - began


if __name__ == "__main__":
    main()
