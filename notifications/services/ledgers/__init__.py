"""Who keeps which lane: announcements have a table of their own, everything else shares one."""

from notifications.lanes import Lane
from notifications.services.ledgers.base import Attempt, Held, Ledger, Result, Taken
from notifications.services.ledgers.bulk import BulkLedger
from notifications.services.ledgers.messages import MessageLedger
from notifications.services.ledgers.unknown import rivals

__all__ = ["ALL", "BULK", "Attempt", "Held", "Ledger", "Result", "Taken", "of", "rivals"]

_MESSAGES = MessageLedger()
BULK = BulkLedger()
ALL: tuple[Ledger, ...] = (_MESSAGES, BULK)


def of(lane: Lane) -> Ledger:
    """The ledger that keeps ``lane``."""
    return BULK if lane == Lane.BULK else _MESSAGES
