"""Whether an announcement holds up what is urgent: ``script/bench lanes``.

One-time codes and the message "your application is answered" are committed at random moments, through the services
that the portal uses, and timed from the commit to the provider: first with nothing else to send, then while an
announcement to 300,000 goes out. Every worker is one of the Procfile. Prints one JSON line, times in milliseconds.
"""

import argparse
import json
import random
import time
from collections.abc import Callable
from datetime import timedelta

from benchmarks import town  # sets Django up, so it comes first

from django.conf import settings  # isort: skip
from django.db import transaction  # isort: skip

from benchmarks import loopback, workers  # isort: skip
from benchmarks.load import Result  # isort: skip
from notifications.lanes import Lane  # isort: skip
from notifications.services import codes, outbox  # isort: skip

APART_SECONDS = 0.15
LATEST_SECONDS = 30
# Invented numbers that no receiver of the announcement has.
CODE, ANSWER = "+905009", "+905008"


def main() -> None:
    """Measure both lanes, idle and beside the announcement, and print the line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=300_000, help="receivers of the announcement (default 300,000)")
    parser.add_argument("--probes", type=int, default=250, help="messages of each lane, each time (default 250)")
    arguments = parser.parse_args()
    town.settle(arguments.count)
    with loopback.provider() as port:
        loopback.over("twilio")
        with workers.running(workers.of_procfile(), loopback.environment(port)) as running:
            running.wait_until_ready(set(settings.WORKER_QUEUES))
            _probed(port, range(10))  # connections are made
            idle = _probed(port, range(10, 10 + arguments.probes))
            beside = _beside_campaign(port, range(10 + arguments.probes, 10 + 2 * arguments.probes))
    print(json.dumps({"benchmark": "lanes", "idle": idle, "campaign": beside}))


def _beside_campaign(port: int, numbers: range) -> dict[str, object]:
    """The same while an announcement goes out, and how fast that goes."""
    campaign = town.planned_campaign()
    before = _until_more_than(loopback.counts(port)["messages"], port)
    began = time.time()
    found = _probed(port, numbers)
    sent, seconds = loopback.counts(port)["messages"] - before - 2 * len(numbers), time.time() - began
    if not campaign.messages.filter(attempts=0).exists():
        raise SystemExit("the announcement ended before the probes did: --count")
    return {**found, "announcements_per_second": round(sent / seconds)}


def _until_more_than(before: float, port: int) -> float:
    while (now := loopback.counts(port)["messages"]) <= before:
        time.sleep(0.1)
    return now


def _probed(port: int, numbers: range) -> dict[str, object]:
    """One code and one answer for each of ``numbers``, one after the other at random moments."""
    began = time.time()
    committed: dict[str, float] = {}
    for number in numbers:
        for act, phone in ((_code, f"{CODE}{number:06}"), (_answer, f"{ANSWER}{number:06}")):
            time.sleep(random.expovariate(1 / APART_SECONDS))
            committed[phone] = _committed(act, phone)
    time.sleep(1)
    return {"codes": _times(committed, CODE, port, began), "answers": _times(committed, ANSWER, port, began)}


def _committed(act: Callable[[str], object], phone: str) -> float:
    """The moment at which what ``act`` wrote was there for everybody, before the bell rang for it."""
    moments: list[float] = []
    with transaction.atomic():
        transaction.on_commit(lambda: moments.append(time.time()))
        act(phone)
    return moments[0]


def _code(phone: str) -> None:
    """What the tracking page does when somebody asks for a code."""
    proof = codes.Proof(phone=phone, purpose="track", subject=phone, asker=phone)
    address = f"10.0.{int(phone[-6:]) // 250}.{int(phone[-6:]) % 250}"
    codes.issue(proof, language="tr", remote_address=address, fields={"municipality": "Örnek Belediyesi"})


def _answer(phone: str) -> None:
    """The message that the approval of an answer queues."""
    outbox.enqueue(
        event="request_answered",
        lane=Lane.TRANSACTIONAL,
        phone=phone,
        language="tr",
        context={"number": "26-0000123-4", "municipality": "Örnek", "page": "basvuru.ornek.bel.tr/takip"},
        reference="request:26-0000123-4",
        expires_in=timedelta(days=2),
    )


def _times(committed: dict[str, float], prefix: str, port: int, began: float) -> dict[str, float]:
    wanted = {phone: at for phone, at in committed.items() if phone.startswith(prefix)}
    deadline = time.monotonic() + LATEST_SECONDS
    while len(came := {phone: at for at, phone in loopback.arrivals(port, after=began, phone=prefix)}) < len(wanted):
        if time.monotonic() > deadline:
            raise SystemExit(f"{len(wanted) - len(came)} messages did not come within {LATEST_SECONDS} s")
        time.sleep(0.5)
    found = Result(1, sorted((came[phone] - at) * 1000 for phone, at in wanted.items()), 0)
    return {
        "p50_ms": round(found.percentile(0.5), 1),
        "p99_ms": round(found.percentile(0.99), 1),
        "worst_ms": round(found.latencies[-1], 1),
        "messages": len(found.latencies),
    }


if __name__ == "__main__":
    main()
