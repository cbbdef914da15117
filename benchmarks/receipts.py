"""Signed receipts, taken and applied: ``script/bench receipts``.

Messages that a gateway has taken lie in the database. For each come three status callbacks in Twilio's shape, signed,
some twice and some out of order, from clients in a closed loop, each on a connection that it keeps as the reverse
proxy does (--close: a new one for each request); a worker beside the web server applies them. Counted
are the receipts answered a second, and how much later the last one was applied. In turns with it, a bare Django view
that inserts one row. Stops where any message is not in the state it should be in. Prints one JSON line.
"""

import argparse
import json
import os
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any
from uuid import UUID

from benchmarks import town  # isort: skip  (sets Django up)

from django.conf import settings  # isort: skip
from django.db import connection  # isort: skip
from django.urls import reverse  # isort: skip

from benchmarks import load  # isort: skip
from benchmarks.servers import ROOT, WebServer, gunicorn, processor_seconds  # isort: skip
from notifications.ids import new_id  # isort: skip
from notifications.models import InboundNotice, Message  # isort: skip
from tests.providers import twilio  # isort: skip

CLIENTS = 8
TURNS = 6
DOUBLED = MOVED = 0.3
# One in ten is not delivered; the rest is, whatever comes first.
FAILS = 10
APPLIED_WITHIN_SECONDS = 120
_CONNECTION = {True: "keep-alive", False: "close"}

_MESSAGES = """
INSERT INTO notifications_message
       (id, created_at, event, lane, language, phone, context, reference, state, due_at, expires_at, attempts, lookups,
        claimed_at, sent_at, text, segments, route, provider_id, error_code, error_detail)
SELECT id, now(), 'request_received', 'transactional', 'tr', '+90500' || lpad(n::text, 7, '0'), '{}', '', 'accepted',
       now(), now() + interval '1 day', 1, 0, now(), now(), 'Deneme', 1, 'twilio', 'SM' || replace(id::text, '-', ''),
       '', ''
  FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY AS message(id, n)
"""


def main() -> None:
    """Measure and print the line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2_000, help="messages, with three receipts each (default 2000)")
    parser.add_argument("--close", action="store_true", help="a new connection for each request")
    arguments = parser.parse_args()
    count = arguments.count
    town.settle(1)
    _bare_table()
    ids = _accepted(count)
    calls = twilio.disordered(_calls(ids), doubled=DOUBLED, moved=MOVED)
    report: dict[str, Any] = {"benchmark": "receipts", "messages": count, "receipts": len(calls)}
    environment = {
        "PUBLIC_BASE_URL": settings.PUBLIC_BASE_URL,
        "TWILIO_ACCOUNT_SID": twilio.ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": twilio.AUTH_TOKEN,
    }
    with gunicorn("benchmarks.bare:application") as bare, gunicorn("config.wsgi", **environment) as web:
        report |= _in_turns(bare, web, calls, keep=not arguments.close)
    _insist(ids)
    print(json.dumps(report))


def _in_turns(bare: WebServer, web: WebServer, calls: list[twilio.Call], *, keep: bool) -> dict[str, Any]:
    """A part of each after the other, so that other work on the machine falls on both alike."""
    simple = _bare_requests(bare, len(calls), keep=keep)
    signed = _requests(web, calls, keep=keep)
    bare_part, web_part = Part(bare, b"HTTP/1.1 201", keep=keep), Part(web, b"HTTP/1.1 204", keep=keep)
    with _worker() as worker:
        began = processor_seconds([worker.pid])
        for _turn in range(TURNS):
            bare_part.measure(islice(simple, len(calls) // TURNS))
            web_part.measure(islice(signed, len(calls) // TURNS))
        web_part.measure(signed)
        ended = time.perf_counter()
        _until_applied()
        lag, cpu = time.perf_counter() - ended, processor_seconds([worker.pid]) - began
    figures = {"bare": bare_part.summary(), "taken": web_part.summary()}
    figures["taken"]["worker_cpu_ms"] = round(cpu * 1000 / len(calls), 2)
    ratio = figures["taken"]["per_second"] / figures["bare"]["per_second"]
    return {**figures, "last_applied_after_s": round(lag, 2), "ratio": round(ratio, 3)}


class Part:
    """One server under measurement, in several turns."""

    def __init__(self, server: WebServer, good: bytes, *, keep: bool) -> None:
        self._server, self._good, self._keep = server, good, keep
        self._latencies: list[float] = []
        self._seconds = 0.0
        self._cpu = dict.fromkeys(("web", "database", "client"), 0.0)

    def measure(self, requests: Iterator[bytes]) -> None:
        """One turn."""
        parts = {"web": self._server.workers(), "database": _backends(), "client": [os.getpid()]}
        before = {part: processor_seconds(pids) for part, pids in parts.items()}
        result = load.run(
            requests,
            port=self._server.port,
            clients=CLIENTS,
            good=lambda answer: answer.startswith(self._good),
            keep=self._keep,
        )
        if result.failures:
            raise SystemExit(f"{result.failures} were not taken")
        for part, pids in parts.items():
            self._cpu[part] += processor_seconds(pids) - before[part]
        self._latencies += result.latencies
        self._seconds += result.seconds

    def summary(self) -> dict[str, float]:
        """Rates, latencies, and the processor time of each part for one request, in milliseconds."""
        count = len(self._latencies)
        each = {f"{part}_cpu_ms": round(cpu * 1000 / count, 2) for part, cpu in self._cpu.items()}
        return load.Result(self._seconds, sorted(self._latencies), 0).summary() | each


def _backends() -> list[int]:
    """The processes of the database that serve anybody but us."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return [pid for (pid,) in cursor.fetchall()]


def _bare_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS benchmarks_barerow"
            " (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, text text NOT NULL)"
        )


def _accepted(count: int) -> list[UUID]:
    ids = [new_id() for _ in range(count)]
    with connection.cursor() as cursor:
        cursor.execute(_MESSAGES, {"ids": [str(each) for each in ids]})
        cursor.execute("ANALYZE notifications_message")
    return ids


def _calls(ids: list[UUID]) -> list[twilio.Call]:
    return [
        twilio.receipt(_address(each), f"SM{each.hex}", status, error=30006 if status == "undelivered" else None)
        for place, each in enumerate(ids)
        for status in ("queued", "sent", "delivered" if place % FAILS else "undelivered")
    ]


def _address(message_id: UUID) -> str:
    return f"{settings.PUBLIC_BASE_URL}{reverse('webhooks:twilio_receipt', args=[message_id])}"


def _requests(web: WebServer, calls: list[twilio.Call], *, keep: bool) -> Iterator[bytes]:
    for call in calls:
        headers = {"X-Twilio-Signature": call.signature, "Connection": _CONNECTION[keep]}
        yield load.post(call.path, call.body, port=web.port, headers=headers)


def _bare_requests(bare: WebServer, count: int, *, keep: bool) -> Iterator[bytes]:
    body = urllib.parse.urlencode({"text": "x" * 80})
    yield from [load.post("/bare/", body, port=bare.port, headers={"Connection": _CONNECTION[keep]})] * count


@contextmanager
def _worker() -> Iterator["subprocess.Popen[bytes]"]:
    """A process that does what the worker's task does, each time there is something."""
    code = (
        "import time, django; django.setup()\n"
        "from notifications.services import notices, receipts\n"
        "while True:\n"
        "    receipts.apply_due()\n"
        "    time.sleep(notices.RINGS_APART)"
    )
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)


def _until_applied() -> None:
    deadline = time.monotonic() + APPLIED_WITHIN_SECONDS
    while InboundNotice.objects.filter(processed_at=None).exists():
        if time.monotonic() > deadline:
            raise SystemExit("not applied in time")
        time.sleep(0.02)


def _insist(ids: list[UUID]) -> None:
    """Every message in its right state, and every event written down once."""
    states = dict(Message.objects.filter(pk__in=ids).values_list("pk", "state"))
    wrong = [each for place, each in enumerate(ids) if states[each] != ("delivered" if place % FAILS else "failed")]
    kept = InboundNotice.objects.count()
    if wrong or kept != 3 * len(ids):
        raise SystemExit(f"{len(wrong)} messages in a wrong state; {kept} events instead of {3 * len(ids)}")


if __name__ == "__main__":
    main()
