"""Whether anything is lost or doubled when everything breaks: ``script/bench chaos``.

An announcement goes out while workers are killed at random, the broker loses everything, the database is restarted,
and the provider takes messages without a word, answers 500 and answers 429. Counted at the provider: every receiver
once. Prints one JSON line; ends with an error where a message was lost or sent twice.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from benchmarks import town  # sets Django up, so it comes first

import redis  # isort: skip
from django.conf import settings  # isort: skip
from django.db import DatabaseError, connection  # isort: skip
from django.utils import timezone  # isort: skip

from benchmarks import send  # isort: skip
from benchmarks.servers import ROOT  # isort: skip
from notifications.models import Campaign  # isort: skip
from notifications.services.campaigns import planning  # isort: skip
from notifications.services.campaigns.closing import Tally, tally  # isort: skip

LONGEST_SECONDS = 1_800


class Workers:
    """The processes that send, started again when they die, as a supervisor does."""

    LANES = (["-Q", "bulk", "-c", "1"], ["-Q", "bulk", "-c", "1"], ["-Q", "default", "-c", "1"])

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        celery = [sys.executable, "-m", "celery", "-q", "-A", "config"]
        plain = ["--without-gossip", "--without-mingle", "-l", "ERROR"]
        self._commands = [
            [*celery, "worker", "-n", f"chaos{number}@%h", *lane, *plain] for number, lane in enumerate(self.LANES)
        ] + [[*celery, "beat", "--scheduler", "celery.beat:Scheduler", "-l", "ERROR"]]
        self._running = [self._start(command) for command in self._commands]

    def keep_alive(self) -> None:
        """Start again whatever has died."""
        for place, process in enumerate(self._running):
            if process.poll() is not None:
                self._running[place] = self._start(self._commands[place])

    def kill_one(self) -> None:
        """End one of the workers with everything it started, in the middle of whatever it does."""
        os.killpg(random.choice(self._running[: len(self.LANES)]).pid, signal.SIGKILL)  # noqa: S311  (no secret)

    def stop(self) -> None:
        """End all of them."""
        for process in self._running:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=10)

    def _start(self, command: list[str]) -> "subprocess.Popen[bytes]":
        quiet = subprocess.DEVNULL
        return subprocess.Popen(
            command, cwd=ROOT, env=self._environment, stdout=quiet, stderr=quiet, start_new_session=True
        )


def main() -> None:
    """Break everything, wait for the end, count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000, help="receivers (default 100,000)")
    parser.add_argument("--kills", type=int, default=20)
    arguments = parser.parse_args()
    town.settle(arguments.count)
    with send.provider("--fail", "0.05") as port:
        send.over("twilio")
        campaign = town.approved_campaign()
        planning.start_due(timezone.now())
        planning.plan_all(until=time.monotonic() + 600)
        campaign.refresh_from_db()
        workers = Workers(os.environ | send.environment(port))
        try:
            figures = _run(campaign, workers, _blows(arguments.kills), port)
        finally:
            workers.stop()
        counted = send.counts(port)
    lost, twice = campaign.planned - int(counted["phones"]), int(counted["twice"])
    print(json.dumps({"benchmark": "chaos", "messages": campaign.planned, "lost": lost, "twice": twice, **figures}))
    if lost or twice:
        raise SystemExit("a message was lost or sent twice")


def _blows(kills: int) -> list[str]:
    blows = ["kill"] * kills + ["flush"] * 3 + ["restart"] * 2
    random.shuffle(blows)
    return blows


def _run(campaign: Campaign, workers: Workers, blows: list[str], port: int) -> dict[str, object]:
    """Deal the blows, spread over the run by what is already sent; then wait until nothing is open."""
    began, dealt = time.monotonic(), 0
    while time.monotonic() - began < LONGEST_SECONDS:
        time.sleep(0.5)
        workers.keep_alive()
        sent = send.counts(port)["phones"]
        if dealt < len(blows) and sent >= campaign.planned * (dealt + 1) / (len(blows) + 2):
            _deal(blows[dealt], workers)
            dealt += 1
        figures = _tally(campaign)
        if dealt == len(blows) and figures is not None and not figures.open:
            return {"seconds": round(time.monotonic() - began), "blows": dealt, "states": figures.by_state}
    raise SystemExit(f"not finished after {LONGEST_SECONDS} s: {_tally(campaign)}")


def _deal(blow: str, workers: Workers) -> None:
    if blow == "kill":
        workers.kill_one()
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


def _tally(campaign: Campaign) -> Tally | None:
    """How far it is, or nothing while the database is away."""
    try:
        return tally(campaign)
    except DatabaseError:
        connection.close()
        return None


if __name__ == "__main__":
    main()
