"""A town for the benchmarks of messages: people who agreed to announcements, and a campaign to all of them."""

import io
import os
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402  (needs the set-up above)
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from notifications.models import Campaign  # noqa: E402
from notifications.services.campaigns import approval, planning  # noqa: E402

# Invented numbers, counted up from a block that is given to nobody.
_CONSENTS = """
INSERT INTO notifications_consent (phone, purpose, text_version, language, source, given_at, withdrawn_source, topics)
SELECT '+90500' || lpad(n::text, 7, '0'), 'announcements', 'tr-1', CASE WHEN n %% 20 = 0 THEN 'en' ELSE 'tr' END,
       'portal', now(), '', '{}'
  FROM generate_series(1, %(count)s) AS n
"""
_OPT_OUTS = """
INSERT INTO notifications_optout (phone, at, source)
SELECT '+90500' || lpad(n::text, 7, '0'), now(), 'sms' FROM generate_series(1, %(count)s) AS n WHERE n %% 33 = 0
"""


def settle(count: int) -> None:
    """Migrate, load the pack, and let ``count`` people agree, of whom every 33rd opted out again elsewhere."""
    call_command("migrate", interactive=False, verbosity=0)
    call_command("load_reference_data", "ornek", stdout=io.StringIO())
    with connection.cursor() as cursor:
        cursor.execute(_CONSENTS, {"count": count})
        cursor.execute(_OPT_OUTS, {"count": count})
        cursor.execute("ANALYZE notifications_consent, notifications_optout")


def person(name: str) -> User:
    """Somebody who may do everything in the administration."""
    found: User | None = User.objects.filter(email=f"{name}@example.org").first()
    return found or User.objects.create_superuser(f"{name}@example.org", full_name="Deneme", password=None)


def approved_campaign() -> Campaign:
    """An announcement in two languages, approved by a second person."""
    author, second = person("author"), person("second")
    campaign = approval.create(
        actor=author,
        name="Su kesintisi",
        bodies={"tr": "Yarın 09.00-17.00 arasında mahallemizde su kesintisi olacaktır.", "en": "No water tomorrow."},
        purpose=Campaign.Purpose.PUBLIC_INFORMATION,
        is_urgent=True,
    )
    campaign = approval.submit(actor=author, campaign_id=campaign.pk, expected_version=campaign.version)
    return approval.approve(actor=second, campaign_id=campaign.pk, expected_version=campaign.version)


def planned_campaign() -> Campaign:
    """The same with its receivers listed, ready to be sent."""
    campaign = approved_campaign()
    planning.start_due(timezone.now())
    planning.plan_all(until=time.monotonic() + 600)
    campaign.refresh_from_db()
    return campaign
