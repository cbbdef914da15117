"""The simulated gateway: what it delivers is read by staff on a page, and on a demonstration in the log."""

import logging
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from common.phones import mask
from notifications.gateways.base import Finding, Gateway, OutboundMessage, Outcome, Sending
from notifications.models.simulated import LocalDelivery

log = logging.getLogger(__name__)


class LocalGateway(Gateway):
    """Delivers into LocalDelivery. Keeps our id, like the Turkish gateways, so looking up is exact."""

    name = "local"
    batch_size = 1_000

    def __init__(self, sending: Sending) -> None:
        """The simulation needs no credentials and shows no sender."""

    def send_batch(self, messages: Sequence[OutboundMessage], *, until: datetime) -> list[Outcome]:
        """Deliver at once. A message delivered before is not delivered again."""
        now = timezone.now()
        LocalDelivery.objects.bulk_create(
            [LocalDelivery(message_id=message.id, to=message.phone, text=message.text, at=now) for message in messages],
            ignore_conflicts=True,
        )
        for message in messages:
            _log(message)
        return [Outcome.accepted(_provider_id(message.id)) for message in messages]

    def lookup_batch(self, messages: Sequence[OutboundMessage]) -> list[Finding]:
        """What was delivered, by our id."""
        ids = [message.id for message in messages]
        known = set(LocalDelivery.objects.filter(message_id__in=ids).values_list("message_id", flat=True))
        return [_finding(message.id, delivered=message.id in known) for message in messages]


def _provider_id(message_id: UUID) -> str:
    return f"local-{message_id.hex}"


def _finding(message_id: UUID, *, delivered: bool) -> Finding:
    candidates = (Outcome.accepted(_provider_id(message_id)),) if delivered else ()
    return Finding(asked=True, candidates=candidates)


def _log(message: OutboundMessage) -> None:
    # Texts hold codes; they are written only where everybody is invented.
    shown = {"to": mask(message.phone), "text": message.text} if settings.DEMO or settings.DEBUG else {}
    log.info("sms.simulated", extra={"message_id": str(message.id), **shown})
