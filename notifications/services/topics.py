"""The topics of announcements: loaded from a reference pack, kept by the staff from then on."""

from pathlib import Path
from typing import Any

import pghistory
from django.db import transaction

from accounts.models import User
from common.errors import NotPermitted
from common.packs import Counts, Item, read_items, write_row
from common.saving import save_valid
from common.turkish import slug
from notifications import policies
from notifications.models import Topic

_FILE = "topics.json"


@transaction.atomic
def load(pack: Path) -> Counts:
    """Bring ``topics.json`` of a reference pack into the database. For the operator: no permission is asked.

    Loading again changes nothing, and rows of the staff are kept.
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


@transaction.atomic
def save(*, row: Topic, actor: User) -> None:
    """Save a topic that staff added or changed: it is theirs from now on. A new one gets its code from its name.

    Needs ``notifications.add_topic`` or ``notifications.change_topic``. Raises NotPermitted, InvalidInput.
    """
    if not policies.can_keep_topics(actor, new=row._state.adding):
        raise NotPermitted
    row.code, row.source = row.code or code_of(row.name), ""
    save_valid(row, actor=actor)


def code_of(name: str) -> str:
    """What consents and announcements remember of a topic called ``name``; empty where nothing can be made of it."""
    return slug(name)[:32].strip("-")


def _values(item: Item, position: int) -> dict[str, Any]:
    return {
        "code": item.code(),
        "name": item.text("name", max_length=60),
        "name_en": item.text("name_en", "", max_length=60),
        "sort_order": position,
        "is_active": item.flag("is_active", True),
    }
