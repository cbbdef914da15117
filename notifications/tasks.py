"""The workers' side: each task finds its work in the database, so running one twice or not at all is harmless."""

import time

from celery import shared_task

from common import bell
from notifications.lanes import CAMPAIGNS_TASK, INBOUND_TASK, RECEIPTS_TASK, RECONCILE_TASK, Lane, deliver_task
from notifications.services import delivery, housekeeping, inbound, notices, receipts
from notifications.services.campaigns.advance import advance


def _deliver(lane: Lane) -> None:
    bell.answered(deliver_task(lane))
    delivery.deliver(lane)


@shared_task(name="notifications.deliver.otp", acks_late=True)
def deliver_otp() -> None:
    """Send the one-time codes that are due."""
    _deliver(Lane.OTP)


@shared_task(name="notifications.deliver.transactional", acks_late=True)
def deliver_transactional() -> None:
    """Send the messages about requests that are due."""
    _deliver(Lane.TRANSACTIONAL)


@shared_task(name="notifications.deliver.reply", acks_late=True)
def deliver_reply() -> None:
    """Send the replies that are due."""
    _deliver(Lane.REPLY)


@shared_task(name="notifications.deliver.bulk", acks_late=True)
def deliver_bulk() -> None:
    """Send the announcements that are due."""
    _deliver(Lane.BULK)


@shared_task(name=RECONCILE_TASK, acks_late=True)
def reconcile() -> None:
    """Ask the gateways about messages of unknown outcome."""
    bell.answered(RECONCILE_TASK)
    delivery.reconcile()


@shared_task(name=RECEIPTS_TASK, acks_late=True)
def apply_receipts() -> None:
    """Apply the receipts that gateways sent, and those that came within the next moment and rang no bell."""
    bell.answered(RECEIPTS_TASK)
    receipts.apply_due()
    time.sleep(notices.RINGS_APART)
    receipts.apply_due()


@shared_task(name=INBOUND_TASK, acks_late=True)
def take_inbound() -> None:
    """Deal with what people wrote to us."""
    bell.answered(INBOUND_TASK)
    inbound.take_due()


@shared_task(name=CAMPAIGNS_TASK, acks_late=True)
def campaigns() -> None:
    """After a decision, and every ten seconds: bring announcements as far as they can come."""
    bell.answered(CAMPAIGNS_TASK)
    advance()


@shared_task(name="notifications.sweep", acks_late=True)
def sweep() -> None:
    """Every ten seconds: find what no bell announced."""
    delivery.sweep()
    notices.sweep()


@shared_task(name="notifications.housekeeping", acks_late=True)
def clean_up() -> None:
    """Every hour: remove what does not have to be kept."""
    housekeeping.run()
