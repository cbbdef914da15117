"""How fast an announcement goes out: ``script/bench send``.

Real workers, real database, a provider that takes 50 ms a call: one message a call (Twilio), or a thousand (Verimor).
Beside it, in the same run, a bare loop that makes the calls of one message each over as many connections and keeps
nothing. Prints one JSON line.
"""

import argparse
import asyncio
import json
import time
from typing import Any
from uuid import uuid4

from benchmarks import town  # sets Django up, so it comes first

import aiohttp  # isort: skip
from django.utils import timezone  # isort: skip

from benchmarks import loopback, workers  # isort: skip
from common import bell  # isort: skip
from notifications.gateways import twilio  # isort: skip
from notifications.lanes import Lane, deliver_task  # isort: skip
from notifications.services.campaigns import closing  # isort: skip

WORKERS = 2


def main() -> None:
    """Measure both and print the line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=300_000, help="receivers (default 300,000)")
    parser.add_argument("--gateway", choices=sorted(loopback.ROUTES), default="twilio")
    arguments = parser.parse_args()
    count = arguments.count
    town.settle(count)
    with loopback.provider() as port:
        bare = count / asyncio.run(_bare(port, count))
    sent = announcement(arguments.gateway)
    report = {"benchmark": "send", "send": sent, "bare": {"per_second": round(bare)}}
    print(json.dumps(report | {"ratio": round(sent["per_second"] / bare, 3)}))


def announcement(gateway: str) -> dict[str, Any]:
    """Send one to everybody who agreed, and close it: messages, and how many a second came to the provider."""
    with loopback.provider() as port:
        loopback.over(gateway)
        campaign = town.planned_campaign()
        with workers.running(_commands(), loopback.environment(port)):
            counted = _until_all_taken(port, campaign.planned)
    states = closing.tally(campaign).by_state
    closing.close_ended(timezone.now())
    rate = campaign.planned / (counted["last"] - counted["first"])
    return {"messages": campaign.planned, "per_second": round(rate), "twice": counted["twice"], "states": states}


def _commands() -> workers.Commands:
    """The worker of announcements as in the Procfile, with two processes."""
    (command,) = workers.of_procfile("worker-bulk").values()
    return workers.copies(command, 1, concurrency=WORKERS)


def _until_all_taken(port: int, expected: int) -> dict[str, float]:
    end = time.monotonic() + 600
    bell.answered(deliver_task(Lane.BULK))
    bell.ring(deliver_task(Lane.BULK), queue="bulk")
    while (found := loopback.counts(port))["messages"] < expected:
        if time.monotonic() > end:
            raise SystemExit(f"{found['messages']} of {expected} after ten minutes")
        time.sleep(0.5)
    time.sleep(2)  # the last chunk is written down
    return loopback.counts(port)


async def _bare(port: int, count: int) -> float:
    url = f"http://127.0.0.1:{port}/2010-04-01/Accounts/{loopback.ACCOUNT}/Messages.json"
    form = {"Body": "Yarın su kesilecektir.", "From": "ORNEKBLD"}
    free = asyncio.Semaphore(twilio.CONNECTIONS)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=twilio.CONNECTIONS)) as session:

        async def one(number: int) -> None:
            own = {"To": f"+90500{number:07}", "StatusCallback": f"https://127.0.0.1/{uuid4()}/"}
            async with free, session.post(url, data=form | own) as answer:
                await answer.read()

        began = time.perf_counter()
        await asyncio.gather(*(one(number) for number in range(count)))
        return time.perf_counter() - began


if __name__ == "__main__":
    main()
