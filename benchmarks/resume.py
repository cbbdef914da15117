"""How soon announcements go on after a blow: ``script/bench resume``.

An announcement goes out through every worker and the scheduler of the Procfile. Measured at the provider, in turns:
from the moment all of them were killed with -9, and started again at once, to the first message; from the moment the
broker lost everything, the bell that tells of the waiting messages as well, to the first message; and how long the
provider waits at most when the broker loses everything in the middle of sending. Prints one JSON line.
"""

import argparse
import json
import random
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

from benchmarks import town  # sets Django up, so it comes first

from django.conf import settings  # isort: skip

from benchmarks import loopback, workers  # isort: skip
from common import bell  # isort: skip
from common.broker import client  # isort: skip
from notifications.lanes import Lane, deliver_task  # isort: skip
from notifications.models import Campaign  # isort: skip
from notifications.services.campaigns import running  # isort: skip

COUNT = 200_000
LONGEST_SECONDS = 120
WATCHED_SECONDS = 25
QUIET_SECONDS = 2


def main() -> None:
    """Measure everything in turns and print the line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=7, help="of each (default 7)")
    times = parser.parse_args().times
    town.settle(COUNT)
    seconds: dict[str, list[float]] = {"restart": [], "flush": [], "silence": []}
    with _sending() as scene:
        for _ in range(times):
            seconds["restart"].append(scene.after_restart())
            seconds["flush"].append(scene.after_flush())
            seconds["silence"].append(scene.longest_silence())
    print(json.dumps({"benchmark": "resume"} | {f"{name}_s": _summary(found) for name, found in seconds.items()}))


@contextmanager
def _sending() -> Iterator["Scene"]:
    """A campaign that goes out."""
    with loopback.provider() as port:
        loopback.over("twilio")
        campaign = town.planned_campaign()
        with workers.running(workers.of_procfile(), loopback.environment(port)) as processes:
            processes.wait_until_ready(set(settings.WORKER_QUEUES))
            scene = Scene(campaign, processes, port)
            scene.first_after(time.time())
            yield scene


class Scene:
    """The three measurements, each in seconds."""

    def __init__(self, campaign: Campaign, processes: workers.Workers, port: int) -> None:
        self._campaign, self._processes, self._port = campaign, processes, port

    def after_restart(self) -> float:
        """From the death of all workers to the first message."""
        time.sleep(random.uniform(0, 5))
        self._processes.kill_all()
        at = time.time()
        self._processes.keep_alive()
        return self.first_after(at)

    def after_flush(self) -> float:
        """From the loss of everything the broker had to the first message. The bell rang where nobody hears it."""
        actor = self._campaign.created_by
        running.pause(actor=actor, campaign_id=self._campaign.pk)
        self._until_quiet()
        time.sleep(random.uniform(0, 5))
        bell.answered(deliver_task(Lane.BULK))
        bell.ring(deliver_task(Lane.BULK), queue="nobody")  # the next one is not rung as long as this one rings
        running.resume(actor=actor, campaign_id=self._campaign.pk)
        at = time.time()
        client().flushall()
        return self.first_after(at)

    def longest_silence(self) -> float:
        """The longest pause between two messages after everything the broker had was lost in the middle of sending."""
        at = time.time()
        client().flushall()
        time.sleep(WATCHED_SECONDS)
        moments = [at, *(moment for moment, _phone in loopback.arrivals(self._port, after=at)), time.time()]
        return max(later - earlier for earlier, later in pairwise(moments))

    def first_after(self, at: float) -> float:
        """From ``at`` to the first message."""
        deadline = time.monotonic() + LONGEST_SECONDS
        while loopback.counts(self._port)["last"] <= at:
            if time.monotonic() > deadline:
                raise SystemExit(f"no message within {LONGEST_SECONDS} s")
            time.sleep(0.05)
        return loopback.arrivals(self._port, after=at)[0][0] - at

    def _until_quiet(self) -> None:
        while time.time() - loopback.counts(self._port)["last"] < QUIET_SECONDS:
            time.sleep(0.2)


def _summary(found: list[float]) -> dict[str, object]:
    every = [round(each, 2) for each in found]
    return {"median": round(statistics.median(found), 2), "worst": max(every), "all": every}


if __name__ == "__main__":
    main()
