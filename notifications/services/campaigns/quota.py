"""The yearly quota of announcements, in SMS parts: reserved while receivers are listed, given back when unused."""

from datetime import datetime

from django.conf import settings
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import InvalidInput, NotPermitted
from common.templatetags.ui import number
from common.transactions import one_transaction
from notifications import policies
from notifications.models import QuotaYear


def reserve(segments: int, *, at: datetime) -> bool:
    """Set ``segments`` aside in the year of ``at``; False, and nothing is set aside, where they do not fit any more.

    One statement: two campaigns that plan at once cannot pass the limit together. Inside the caller's transaction.
    """
    year = timezone.localtime(at).year
    QuotaYear.objects.get_or_create(year=year, defaults={"limit": settings.ANNOUNCEMENT_QUOTA})
    fitting = QuotaYear.objects.filter(year=year, reserved__lte=F("limit") - segments)
    return bool(fitting.update(reserved=F("reserved") + segments))


def give_back(segments: int, *, at: datetime) -> None:
    """Return what a campaign of the year of ``at`` did not use."""
    year = timezone.localtime(at).year
    QuotaYear.objects.filter(year=year).update(reserved=Greatest(F("reserved") - segments, 0))


@one_transaction()
def set_limit(*, actor: User, year: int, limit: int) -> QuotaYear:
    """Set how many SMS parts ``year`` may see. Needs ``notifications.change_quotayear``.

    Raises NotPermitted, and InvalidInput on ``limit`` where more is used or reserved already.
    """
    if not policies.can_change_quota(actor):
        raise NotPermitted
    QuotaYear.objects.get_or_create(year=year, defaults={"limit": settings.ANNOUNCEMENT_QUOTA})
    row = QuotaYear.objects.select_for_update().get(year=year)
    if limit < row.reserved:
        message = _("%(reserved)s SMS of this year are used or reserved already; the limit cannot be lower.")
        raise InvalidInput("limit", message % {"reserved": number(row.reserved)})
    row.limit = limit
    row.save(update_fields=["limit"])
    return row


def left(*, at: datetime) -> int:
    """SMS parts that may still be planned in the year of ``at``."""
    row = QuotaYear.objects.filter(year=timezone.localtime(at).year).first()
    return row.limit - row.reserved if row else settings.ANNOUNCEMENT_QUOTA
