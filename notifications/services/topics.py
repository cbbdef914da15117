"""Loading the topics of announcements from a reference pack. Running it again changes nothing."""

from pathlib import Path
from typing import Any

import pghistory
from django.db import transaction

from common.packs import Counts, Item, read_items, write_row
from notifications.models import Topic

_FILE = "topics.json"


@transaction.atomic
def load(pack: Path) -> Counts:
    """Bring ``topics.json`` of a reference pack into the database. For the operator: no permission is asked.

    What is gone from the pack goes out of use, never away: consents and campaigns hold its code.
    Raises PackError naming the item.
    """
    counts = Counts("topics")
    seen = []
    with pghistory.context(reference_pack=pack.name):
        for position, item in enumerate(read_items(pack, _FILE)):
            values = _values(item, position)
            row = Topic.objects.select_for_update().filter(code=values["code"]).first()
            write_row(row or Topic(), values, item, counts, is_new=row is None, save=lambda ready: ready.save())
            seen.append(values["code"])
        gone = Topic.objects.exclude(source="").exclude(code__in=seen)
        counts.closed = gone.filter(is_active=True).update(is_active=False)
    return counts


def _values(item: Item, position: int) -> dict[str, Any]:
    return {
        "code": item.code(),
        "name": item.text("name", max_length=60),
        "name_en": item.text("name_en", "", max_length=60),
        "sort_order": position,
        "is_active": item.flag("is_active", True),
    }
