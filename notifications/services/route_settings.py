"""How routes are used: loaded from a reference pack, changed by whoever runs the installation."""

from pathlib import Path
from typing import Any

import pghistory
from django.db import transaction

from accounts.models import User
from common.errors import InvalidInput, NotPermitted
from common.memo import forget_all
from common.packs import Counts, Item, read_items, write_row
from common.saving import save_valid
from notifications import gateways, policies
from notifications.channels import Channel, GatewayName, Letters
from notifications.lanes import Lane
from notifications.models import Route

_FILE = "routes.json"


@transaction.atomic
def load(pack: Path) -> Counts:
    """Bring in ``routes.json`` of a reference pack; loading it again changes nothing, and staff's rows are kept.

    A route that the pack has in use stays out of it where its gateway's credentials are not set. What is gone
    from the pack goes out of use. Raises PackError naming the item.
    """
    counts = Counts("routes")
    seen = []
    with pghistory.context(reference_pack=pack.name):
        for item in read_items(pack, _FILE):
            seen.append(_load_one(item, counts).pk)
        gone = Route.objects.in_use().exclude(source="").exclude(pk__in=seen)
        counts.closed = gone.update(is_active=False)
    transaction.on_commit(forget_all)
    return counts


@transaction.atomic
def save(*, row: Route, actor: User) -> None:
    """Save a route that staff added or changed: it is theirs from now on.

    Needs ``notifications.add_route`` or ``notifications.change_route``. Raises NotPermitted, or InvalidInput
    for a broken rule or for taking a route into use whose gateway cannot sign in.
    """
    if not policies.can_keep_routes(actor, new=row._state.adding):
        raise NotPermitted
    problem = gateways.cannot_sign_in(row.gateway)
    if row.is_active and problem:
        raise InvalidInput("is_active", problem)
    row.source = ""
    save_valid(row, actor=actor)


def _load_one(item: Item, counts: Counts) -> Route:
    values = _values(item)
    row = Route.objects.select_for_update().filter(code=values["code"]).first()
    return write_row(
        row or Route(),
        values,
        item,
        counts,
        is_new=row is None,
        save=lambda ready: _save(ready, item),
    )


def _values(item: Item) -> dict[str, Any]:
    gateway = item.choice("gateway", GatewayName.values)
    sender = item.text("sender", "", max_length=40)
    usable = gateways.is_set_up(gateway) and bool(sender or gateway == GatewayName.LOCAL)
    return {
        "code": item.code(),
        "name": item.text("name", max_length=60),
        "gateway": gateway,
        "channel": item.choice("channel", Channel.values, Channel.SMS.value),
        "sender": sender,
        "lanes": _lanes(item),
        "weight": item.number("weight", 100, at_least=1, at_most=1000),
        "segments_per_second": item.number("segments_per_second", None, at_least=1),
        "batch_size": item.number("batch_size", None, at_least=1),
        "reserved_units": item.number("reserved_units", 0, at_most=50),
        "price_kurus": item.number("price_kurus", 0),
        "links_allowed": item.flag("links_allowed", True),
        "letters": item.choice("letters", Letters.values, Letters.TURKISH.value),
        "is_active": item.flag("is_active", False) and usable,
    }


def _lanes(item: Item) -> list[str]:
    lanes = item.value("lanes", list(Lane.values))
    if not isinstance(lanes, list) or not lanes or not set(lanes) <= set(Lane.values):
        item.fail("lanes", f"must be a list of: {', '.join(Lane.values)}.")
    return lanes


def _save(row: Route, item: Item) -> None:
    try:
        save_valid(row, actor=None)
    except InvalidInput as error:
        item.fail(error.field or "code", str(error))
