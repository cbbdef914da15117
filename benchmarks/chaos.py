"""Whether anything is lost or doubled when everything breaks: ``script/bench chaos``.

An announcement goes out while workers are killed at random, the broker loses everything, the database is restarted,
and the provider takes messages without ever answering, answers 500 and answers 429. Counted at the provider by our
id: every message once. Prints one JSON line; ends with an error where a message was lost or sent twice.

Who was refused waits a minute, then two, four, eight: the last one is sent after some twelve minutes, in
which next to nothing happens. ``--hurry`` ends these pauses, and nothing else, once the last blow has fallen.
"""

import argparse
import json
import os
import random
import signal
import time
from pathlib import Path

from benchmarks import town  # sets Django up, so it comes first

import redis  # isort: skip
from django.conf import settings  # isort: skip
from django.db import DatabaseError, connection  # isort: skip
from django.utils import timezone  # isort: skip

from benchmarks import loopback, workers  # isort: skip
from notifications.models import Campaign  # isort: skip
from notifications.services.campaigns.closing import Tally, tally  # isort: skip
from notifications.workflow import State  # isort: skip

LONGEST_SECONDS = 3_600
# A call without an answer holds up its chunk for 13 seconds; eight chunks at a time wait beside each other.
BULK_WORKERS, PROCESSES_EACH = 2, 4


def main() -> None:
    """Break everything, wait for the end, count."""
    arguments = _arguments()
    town.settle(arguments.count)
    with loopback.provider("--fail", "0.05") as port:
        loopback.over(arguments.gateway)
        campaign = town.planned_campaign()
        with workers.running(_commands(), loopback.environment(port)) as running:
            running.wait_until_ready({"default", "background", "bulk"})
            run = Run(campaign, running, port, _blows(arguments.kills), hurry=arguments.hurry)
            figures = run.to_the_end()
        counted = loopback.counts(port)
    lost, twice = campaign.planned - int(counted["messages"]), int(counted["twice"])
    report = {"benchmark": "chaos", "gateway": arguments.gateway, "messages": campaign.planned}
    print(json.dumps(report | {"lost": lost, "twice": twice, **figures}))
    if lost or twice:
        raise SystemExit("a message was lost or sent twice")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000, help="receivers (default 100,000)")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--gateway", choices=sorted(loopback.ROUTES), default="twilio")
    parser.add_argument("--hurry", action="store_true", help="at the end let nobody wait for a retry's pause")
    return parser.parse_args()


def _commands() -> workers.Commands:
    commands = workers.of_procfile("worker", "worker-background", "worker-bulk", "beat")
    bulk = workers.copies(commands.pop("worker-bulk"), BULK_WORKERS, concurrency=PROCESSES_EACH)
    return commands | bulk


def _blows(kills: int) -> list[str]:
    blows = ["kill"] * kills + ["flush"] * 3 + ["restart"] * 2
    random.shuffle(blows)
    return blows


class Run:
    """Deals the blows, spread by what is already sent; then waits until nothing is open."""

    def __init__(
        self, campaign: Campaign, running: workers.Workers, port: int, blows: list[str], *, hurry: bool
    ) -> None:
        self._campaign, self._running, self._port = campaign, running, port
        self._blows, self._dealt, self._hurry = blows, 0, hurry
        self._called = 0
        self._phases: dict[str, int] = {}

    def to_the_end(self) -> dict[str, object]:
        """How it ended, and when, in seconds, 99 % was sent, the last blow fell, and all was settled."""
        began = time.monotonic()
        while (seconds := time.monotonic() - began) < LONGEST_SECONDS:
            time.sleep(0.5)
            self._running.keep_alive()
            try:
                figures = self._step(round(seconds))
            except DatabaseError:  # it is being restarted
                connection.close()
                continue
            if self._dealt == len(self._blows) and figures is not None and not figures.open:
                self._phases["all_settled_s"] = round(seconds)
                return {**self._phases, "called_early": self._called, "states": figures.by_state}
        raise SystemExit(f"not finished after {LONGEST_SECONDS} s: {tally(self._campaign)}")

    def _step(self, seconds: int) -> Tally | None:
        """Deal the next blow where it is time; after the last one, how far the campaign is."""
        sent = loopback.counts(self._port)["messages"] / self._campaign.planned
        if sent >= 0.99:
            self._phases.setdefault("99_percent_s", seconds)
        if self._dealt == len(self._blows):
            self._phases.setdefault("last_blow_s", seconds)
            self._called += _call_early(self._campaign) if self._hurry else 0
            return tally(self._campaign)
        if sent >= (self._dealt + 1) / (len(self._blows) + 2):
            _deal(self._blows[self._dealt], self._running)
            self._dealt += 1
        return None


def _deal(blow: str, running: workers.Workers) -> None:
    if blow == "kill":
        running.kill_one()
    elif blow == "flush":
        redis.Redis.from_url(settings.REDIS_URL).flushall()
    else:
        _restart_database()


def _restart_database() -> None:
    """End the server as an operator does who is in a hurry; what watches over it starts it again."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        folder = Path(cursor.fetchone()[0])
    pid = int((folder / "postmaster.pid").read_text().split()[0])
    connection.close()
    os.kill(pid, signal.SIGINT)


def _call_early(campaign: Campaign) -> int:
    """The pauses of those who were refused are over. Leases stay: on them it depends that nothing is doubled."""
    now = timezone.now()
    return campaign.messages.filter(state=State.QUEUED, due_at__gt=now).update(due_at=now)


if __name__ == "__main__":
    main()
