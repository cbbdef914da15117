"""Lanes: each has its own queue and workers, so that a slow one never holds up a quick one."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _


class Lane(models.TextChoices):
    """What a message is for, most urgent first. The value is also the name of the worker queue."""

    OTP = "otp", _("One-time code")
    TRANSACTIONAL = "transactional", _("About a request")
    REPLY = "reply", _("Reply to a message")
    BULK = "bulk", _("Announcement")


# Announcements have a table of their own and may wait for their turn; the others share one
# (docs/decisions/0013) and are begun within seconds.
SINGLE = (Lane.OTP, Lane.TRANSACTIONAL, Lane.REPLY)

# What may go out by WhatsApp, too: it takes free text for a day after somebody wrote to us, and only templates that it
# has approved otherwise, of which there are none.
WRITTEN_BACK = (Lane.REPLY,)


@dataclass(frozen=True, slots=True)
class LanePolicy:
    """How a lane is served.

    ``deadline``: how long after it was queued a message may still be handed to a gateway.
    ``chunk``: the most messages a worker claims at a time.
    ``begun_within``: how long after a claim its messages may still be begun; the rest goes back untried. So long may
    an announcement go on after it was paused or cancelled, or somebody opted out.
    ``lease``: how long a claim holds; longer than that by what a gateway call can take, and a little.
    ``first_delay`` and ``longest_delay``: the back-off between tries, doubled each time.
    """

    deadline: timedelta
    chunk: int
    begun_within: timedelta
    lease: timedelta
    first_delay: timedelta
    longest_delay: timedelta


POLICIES = {
    Lane.OTP: LanePolicy(
        deadline=timedelta(minutes=3),
        chunk=10,
        begun_within=timedelta(seconds=15),
        lease=timedelta(seconds=30),
        first_delay=timedelta(seconds=2),
        longest_delay=timedelta(seconds=20),
    ),
    Lane.TRANSACTIONAL: LanePolicy(
        deadline=timedelta(hours=24),
        chunk=50,
        begun_within=timedelta(seconds=75),
        lease=timedelta(seconds=90),
        first_delay=timedelta(seconds=15),
        longest_delay=timedelta(minutes=15),
    ),
    Lane.REPLY: LanePolicy(
        deadline=timedelta(hours=24),
        chunk=50,
        begun_within=timedelta(seconds=75),
        lease=timedelta(seconds=90),
        first_delay=timedelta(seconds=15),
        longest_delay=timedelta(minutes=15),
    ),
    Lane.BULK: LanePolicy(
        # Of an announcement without an end, from its begin on: two nights may lie in between.
        deadline=timedelta(hours=72),
        chunk=1_000,
        begun_within=timedelta(seconds=2),
        lease=timedelta(seconds=90),
        first_delay=timedelta(minutes=1),
        longest_delay=timedelta(minutes=30),
    ),
}


def deliver_task(lane: str) -> str:
    """Name of the task that empties ``lane``; it listens on the queue called ``lane``."""
    return f"notifications.deliver.{Lane(lane).value}"


# What may take a minute has workers apart from those of the sweeps, without which a retry is begun by nobody.
BACKGROUND_QUEUE = "background"

RECONCILE_TASK = "notifications.reconcile"
RECONCILE_QUEUE = BACKGROUND_QUEUE

RECEIPTS_TASK = "notifications.receipts"
RECEIPTS_QUEUE = BACKGROUND_QUEUE

INBOUND_TASK = "notifications.inbound"
INBOUND_QUEUE = Lane.REPLY.value

CAMPAIGNS_TASK = "notifications.campaigns"
CAMPAIGNS_QUEUE = BACKGROUND_QUEUE
