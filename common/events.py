"""How a lower floor tells an upper one that something happened.

The lower floor publishes; ``config/wiring.py`` subscribes the upper one. Subscribers run in the
publisher's transaction, so what they write is committed or rolled back together with it.
"""

from collections.abc import Callable
from typing import Any


class Event:
    """A named happening with subscribers."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._subscribers: list[Callable[..., None]] = []

    def subscribe(self, subscriber: Callable[..., None]) -> None:
        """Call ``subscriber`` on every publication. Subscribing the same function twice has no effect."""
        if subscriber not in self._subscribers:
            self._subscribers.append(subscriber)

    def publish(self, **facts: Any) -> None:
        """Tell every subscriber. An error in one is the publisher's error: nothing half-happens."""
        for subscriber in self._subscribers:
            subscriber(**facts)


calendar_changed = Event("calendar_changed")

# Asks as much as it tells: whoever still needs the department open raises InvalidInput on ``valid_to``.
department_closing = Event("department_closing")

# Somebody wrote to us by SMS or WhatsApp and it was no opt-out: ``message`` (notifications.gateways.notices.Inbound),
# ``received_at``, ``notice_id``.
message_received = Event("message_received")
