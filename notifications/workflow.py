"""The life of a message: its states and the only ways between them. The database enforces the table."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a message is.

    UNKNOWN: we asked the gateway to take it and never learnt whether it did. It is looked up at the
    gateway before anything else happens to it. CANCELLED: nobody wants it sent any more; the campaign was
    cancelled, or the phone opted out.
    """

    QUEUED = "queued", _("Waiting")
    SENDING = "sending", _("Being sent")
    UNKNOWN = "unknown", _("Outcome unknown")
    ACCEPTED = "accepted", _("Taken by the operator")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Failed")
    EXPIRED = "expired", _("Too late to send")
    CANCELLED = "cancelled", _("Not sent")


_WAYS: dict[State, tuple[State, ...]] = {
    # DELIVERED: an earlier attempt got through after all; a receipt says so before the next one is made.
    State.QUEUED: (State.SENDING, State.DELIVERED, State.FAILED, State.EXPIRED, State.CANCELLED),
    State.SENDING: (State.QUEUED, State.UNKNOWN, State.ACCEPTED, State.DELIVERED, State.FAILED, State.EXPIRED),
    State.UNKNOWN: (State.QUEUED, State.ACCEPTED, State.DELIVERED, State.FAILED, State.EXPIRED),
    # QUEUED: a receipt says that the phone was switched off.
    State.ACCEPTED: (State.QUEUED, State.DELIVERED, State.FAILED),
}

TRANSITIONS: list[tuple[str, str]] = [(source.value, target.value) for source in _WAYS for target in _WAYS[source]]

# Something is still to be done for these by us.
OPEN = (State.QUEUED, State.SENDING, State.UNKNOWN)
# An attempt is under way, and its outcome may be written.
IN_FLIGHT = (State.SENDING, State.UNKNOWN)
# A receipt may change these. SENDING is in a worker's hands: the receipt waits until the worker has written.
OPEN_TO_RECEIPTS = (State.QUEUED, State.UNKNOWN, State.ACCEPTED)
# Nothing changes these any more.
FINISHED = (State.DELIVERED, State.FAILED, State.EXPIRED, State.CANCELLED)
# The gateway has it, so our copy of a one-time code has served its purpose.
HANDED_OVER = (State.ACCEPTED, *FINISHED)
