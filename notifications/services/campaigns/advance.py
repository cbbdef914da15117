"""What time or a decision made due: read lists, begin, list receivers, take back what was cancelled, finish, close."""

import time

from django.utils import timezone

from common import bell
from notifications.lanes import CAMPAIGNS_QUEUE, CAMPAIGNS_TASK
from notifications.services import ledgers
from notifications.services.campaigns import closing, planning, receivers

ROUND_SECONDS = 60.0
_CHUNK = 10_000


def advance() -> None:
    """Bring every campaign as far as it can come now. Any number may do this at once."""
    end = time.monotonic() + ROUND_SECONDS
    planning.start_due(timezone.now())
    if not (planning.plan_all(until=end) and receivers.read_waiting(until=end) and _finish_unwanted(until=end)):
        bell.ring(CAMPAIGNS_TASK, queue=CAMPAIGNS_QUEUE)
    closing.close_ended(timezone.now())


def _finish_unwanted(*, until: float) -> bool:
    while time.monotonic() < until:
        if ledgers.BULK.expire_overdue(now=timezone.now(), limit=_CHUNK) < _CHUNK:
            return True
    return False
