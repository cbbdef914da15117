"""The months of the table of announcements: dropped whole, when they are over and nothing in them is open."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection

from notifications.lanes import Lane
from notifications.models import BulkMessage, Campaign
from notifications.services import delivery, housekeeping, partitions
from notifications.services.campaigns.advance import advance
from tests.notifications.announcing import announce
from tests.notifications.conftest import OTHER_PHONE, PHONE

pytestmark = pytest.mark.django_db

JUNE = datetime(2025, 6, 15, 12, tzinfo=UTC)
LAST_DAY_KEPT = datetime(2026, 7, 31, 12, tzinfo=UTC)
FIRST_DAY_GONE = datetime(2026, 8, 1, 1, tzinfo=UTC)


def _announced(*phones: str, at: datetime, closed: bool = True) -> None:
    with time_machine.travel(at, tick=False) as clock:
        announce(*phones)
        delivery.deliver(Lane.BULK)
        if closed:
            advance()
            clock.shift(timedelta(days=4))  # receipts come for three
            advance()


def _dropped(at: datetime) -> int:
    """How many months the hourly run drops. Checks that wait for the end of the test's transaction are made first."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with time_machine.travel(at, tick=False):
        return housekeeping.run()["months"]


@pytest.fixture(autouse=True)
def thirteen_months(templates: None, settings: Any) -> None:
    settings.ANNOUNCEMENT_RETENTION_MONTHS = 13
    partitions.drop_before(JUNE)


@pytest.mark.parametrize(
    ("at", "count", "first"),
    [
        (JUNE, 0, datetime(2025, 6, 1, tzinfo=UTC)),
        (JUNE, 5, datetime(2025, 1, 1, tzinfo=UTC)),
        (JUNE, 6, datetime(2024, 12, 1, tzinfo=UTC)),
        (JUNE, 13, datetime(2024, 5, 1, tzinfo=UTC)),
        (datetime(2025, 12, 31, 23, 59, tzinfo=UTC), 12, datetime(2024, 12, 1, tzinfo=UTC)),
    ],
)
def test_months_are_counted_across_the_year(at: datetime, count: int, first: datetime) -> None:
    assert partitions.months_before(at, count) == first


def test_a_month_goes_as_a_whole_after_its_time_and_the_totals_stay() -> None:
    _announced(PHONE, OTHER_PHONE, at=JUNE)
    totals = Campaign.objects.get().totals
    assert _dropped(LAST_DAY_KEPT) == 0
    assert BulkMessage.objects.count() == 2
    assert _dropped(FIRST_DAY_GONE) == 1
    assert not BulkMessage.objects.exists()
    assert Campaign.objects.get().totals == totals != {}


def test_what_was_sent_later_stays_when_an_older_month_goes() -> None:
    _announced(PHONE, at=JUNE)
    _announced(OTHER_PHONE, at=JUNE + timedelta(days=30))
    _dropped(FIRST_DAY_GONE)
    assert set(BulkMessage.objects.values_list("campaign", flat=True)) == {Campaign.objects.latest("id").pk}


def test_a_month_with_something_open_stays_and_so_do_those_after_it() -> None:
    _announced(PHONE, at=JUNE, closed=False)
    assert Campaign.objects.get().closed_at is None
    assert _dropped(FIRST_DAY_GONE) == 0
    assert BulkMessage.objects.exists()


def test_dropping_twice_is_harmless() -> None:
    _announced(PHONE, at=JUNE)
    assert [_dropped(FIRST_DAY_GONE) for _ in range(2)] == [1, 0]
