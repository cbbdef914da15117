"""Who keeps which lane: announcements have a table of their own, everything else shares one."""

from notifications.lanes import Lane
from notifications.services.ledgers.base import Attempt, Ledger, Result, Taken
from notifications.services.ledgers.messages import MessageLedger

__all__ = ["ALL", "Attempt", "Ledger", "Result", "Taken", "of"]

_MESSAGES = MessageLedger()
ALL: tuple[Ledger, ...] = (_MESSAGES,)


def of(lane: Lane) -> Ledger:
    """The ledger that keeps ``lane``."""
    return _MESSAGES
