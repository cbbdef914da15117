"""What the page of an announcement says that stopped by itself."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from notifications.campaign_workflow import Status
from notifications.models import Campaign
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("because", "changes", "said"),
    [
        ("error", {}, "Alıcıları listelenemedi. Bu duyurudan tek bir SMS bile gönderilmedi."),
        ("register", {"planned_at": timezone.now()}, "oradaki hesabımız İYS için tanımlı değil"),
        ("quota", {}, "Bu duyurudan tek bir SMS bile gönderilmedi."),
        ("quota", {"planned_at": timezone.now()}, "Metnin daha çok SMS tuttuğu bir gönderim yolu kullanıma girdi."),
    ],
)
def test_the_page_says_why_it_stopped(
    client: Client, town: factories.Town, author: User, approver: User, because: str, changes: dict[str, Any], said: str
) -> None:
    campaign = Campaign.objects.create(
        name="Su kesintisi",
        bodies={"tr": "Su."},
        purpose="public",
        purpose_chosen_by=author,
        created_by=author,
        approved_by=approver,
        status=Status.PAUSED,
        started_at=timezone.now(),
        halted_because=because,
        **changes,
    )
    client.force_login(author)
    assert said in client.get(f"/admin/notifications/campaign/{campaign.pk}/change/").content.decode()
    Campaign.objects.update(status=Status.FINISHED)
    assert said not in client.get(f"/admin/notifications/campaign/{campaign.pk}/change/").content.decode()
