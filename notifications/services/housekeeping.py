"""What does not have to be kept is not kept."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Min, QuerySet
from django.utils import timezone

from notifications.lanes import Lane
from notifications.models import Campaign, Consent, LocalDelivery, Message, RouteTally
from notifications.services import codes, notices, partitions, tallies
from notifications.services.campaigns import receivers

KEEP_CODES = timedelta(days=1)
# That a code was sent is of use only while somebody may still ask why none came.
KEEP_CODE_MESSAGES = timedelta(days=30)
KEEP_SIMULATED = timedelta(days=30)
# Proof that somebody had agreed, as long as that can be disputed.
KEEP_WITHDRAWN = timedelta(days=3 * 365 + 1)
# A list of phone numbers that nobody sent anything to.
KEEP_UNUSED_LISTS = timedelta(days=30)
_BATCH = 5_000


def run() -> dict[str, int]:
    """Remove what is older than it may be (docs/operations.md, retention), and what is left of sent codes.

    Idempotent; at most a batch of each a run, so that no statement runs long. Returns the counts.
    """
    now = timezone.now()
    spent = Message.objects.with_spent_code()
    kept = timedelta(days=settings.MESSAGE_RETENTION_DAYS)
    code_messages = Message.objects.filter(lane=Lane.OTP).settled_before(now - KEEP_CODE_MESSAGES)
    return {
        "codes": codes.delete_old(before=now - KEEP_CODES),
        "simulated": _delete(LocalDelivery.objects.filter(at__lt=now - KEEP_SIMULATED)),
        "wiped": Message.objects.filter(id__in=spent.values("id")[:_BATCH]).update(text="", context={}),
        "code_messages": _delete(code_messages),
        "messages": _delete(Message.objects.settled_before(now - kept)),
        "notices": notices.erase(before=now - timedelta(days=settings.NOTICE_RETENTION_DAYS)),
        "lists": receivers.forget_abandoned(before=now - KEEP_UNUSED_LISTS),
        "months": _drop_months(now),
        "tallies": _delete(RouteTally.objects.filter(slot__lt=now - tallies.KEEP)),
        "consents": _delete(Consent.objects.filter(withdrawn_at__lt=now - KEEP_WITHDRAWN)),
    }


def _drop_months(now: datetime) -> int:
    """Make the months to come, and drop those that are over and of which nothing is open."""
    partitions.ensure_ahead(now)
    kept = partitions.months_before(now, settings.ANNOUNCEMENT_RETENTION_MONTHS)
    oldest = Campaign.objects.filter(closed_at=None).exclude(started_at=None).aggregate(at=Min("started_at"))["at"]
    return len(partitions.drop_before(min(kept, oldest or kept)))


def _delete(rows: QuerySet) -> int:
    _all, by_model = rows.model._default_manager.filter(pk__in=rows.values("pk")[:_BATCH]).delete()
    return int(by_model.get(rows.model._meta.label, 0))
