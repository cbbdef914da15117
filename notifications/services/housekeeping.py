"""What does not have to be kept is not kept."""

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from notifications.models import LocalDelivery, Message
from notifications.services import codes

KEEP_CODES = timedelta(days=1)
KEEP_SIMULATED = timedelta(days=30)
_BATCH = 5_000


def run() -> dict[str, int]:
    """Remove codes older than a day, simulated messages older than 30 days and what is left of sent codes.

    Idempotent; at most a batch of each a run, so that no statement runs long. Returns the counts.
    """
    now = timezone.now()
    spent = Message.objects.with_spent_code()
    return {
        "codes": codes.delete_old(before=now - KEEP_CODES),
        "simulated": _delete_simulated(LocalDelivery.objects.filter(at__lt=now - KEEP_SIMULATED)),
        "wiped": Message.objects.filter(id__in=spent.values("id")[:_BATCH]).update(text="", context={}),
    }


def _delete_simulated(rows: QuerySet[LocalDelivery]) -> int:
    deleted, _by_model = LocalDelivery.objects.filter(pk__in=rows.values("pk")[:_BATCH]).delete()
    return deleted
