"""From an approved campaign to a row for each receiver: in chunks, each a transaction with its own progress.

Whoever dies in between loses one chunk at most, and the next one to look goes on where it ended. Nothing is sent
before the whole list stands and fits into quota and budget. What is reserved for a message are the parts it has on
that of the routes open to it where it has most of them, for nobody knows yet which one it will take.
"""

import json
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from common import bell
from common.errors import TransitionRefused
from notifications.campaign_workflow import Status, Verb
from notifications.ids import new_id
from notifications.lanes import Lane, deliver_task
from notifications.models import Campaign
from notifications.services import partitions
from notifications.services.campaigns import audience, change, reserving, ways
from notifications.services.campaigns.alone import alone
from notifications.services.campaigns.wording import Wording
from notifications.services.ledgers.base import execute
from notifications.services.rendering import longest

CHUNK = 10_000

# The same text for everybody who reads a language: everything happens in the database.
_PLAN_ALIKE = """
WITH chunk AS (
    SELECT * FROM ({select}) AS receivers WHERE id > %(after)s ORDER BY id LIMIT %(size)s
), planned AS (
    INSERT INTO {table} (id, campaign_id, phone, language, fields, segments, state, due_at, expires_at, attempts,
                         lookups, route, provider_id, error_code, error_detail)
    SELECT uuidv7(%(begun_at)s - clock_timestamp()), %(campaign)s, phone, language, NULL,
           coalesce((%(segments)s::jsonb ->> language)::int, %(otherwise)s), 'queued', %(begun_at)s, %(expires_at)s,
           0, 0, '', '', '', ''
      FROM chunk ON CONFLICT (campaign_id, phone) DO NOTHING
    RETURNING segments
)
SELECT (SELECT count(*) FROM chunk), (SELECT max(id) FROM chunk),
       (SELECT count(*) FROM planned), (SELECT coalesce(sum(segments), 0) FROM planned)
"""

_CHUNK = "SELECT * FROM ({select}) AS receivers WHERE id > %(after)s ORDER BY id LIMIT %(size)s"

_PLAN_EACH = """
WITH planned AS (
    INSERT INTO {table} (id, campaign_id, phone, language, fields, segments, state, due_at, expires_at, attempts,
                         lookups, route, provider_id, error_code, error_detail)
    SELECT id, %(campaign)s, phone, language, fields, segments, 'queued', %(begun_at)s, %(expires_at)s,
           0, 0, '', '', '', ''
      FROM unnest(%(ids)s::uuid[], %(phones)s::text[], %(languages)s::text[], %(fields)s::jsonb[], %(sizes)s::int[])
           AS r(id, phone, language, fields, segments)
    ON CONFLICT (campaign_id, phone) DO NOTHING
    RETURNING segments
)
SELECT count(*), coalesce(sum(segments), 0) FROM planned
"""


@dataclass(frozen=True, slots=True)
class Chunk:
    """What one chunk did: receivers looked at, the id of the last one, rows made, and their SMS parts."""

    looked_at: int
    last: int
    planned: int
    segments: int


class _Passed(Exception):
    """The chunk does not fit into what is left."""

    def __init__(self, limit: Campaign.Limit) -> None:
        super().__init__(limit)
        self.limit = limit


def start_due(now: datetime) -> None:
    """Begin the approved campaigns whose time has come."""
    for campaign in Campaign.objects.in_status(Status.SCHEDULED):
        if campaign.starts_at is None or campaign.starts_at <= now:
            # Somebody may cancel it at this moment, or another worker begin it.
            with alone("start", campaign.pk), suppress(TransitionRefused):
                _start(campaign.pk)


def plan_all(*, until: float) -> bool:
    """List the receivers of every campaign that is being planned, until each is done or halted.

    False where that was not reached before ``until``, a time of ``time.monotonic()``.
    """
    for campaign_id in Campaign.objects.in_status(Status.PLANNING).values_list("pk", flat=True):
        with alone("plan", campaign_id, give_up=partial(_give_up, campaign_id)):
            while plan_chunk(campaign_id):
                if time.monotonic() >= until:
                    return False
    return True


@transaction.atomic
def plan_chunk(campaign_id: int, *, size: int = CHUNK) -> bool:
    """List the next ``size`` receivers of a campaign; False when there is nothing more to do for now.

    Another worker's chunk of the same campaign is not waited for.
    """
    free = Campaign.objects.select_for_update(skip_locked=True, no_key=True)
    campaign = free.filter(pk=campaign_id, status=Status.PLANNING).first()
    if campaign is None or campaign.too_late_after <= timezone.now():
        return False
    try:
        with transaction.atomic():
            chunk = _plan(campaign, size)
            limit = reserving.reserve(campaign, chunk.segments)
            if limit is not None:
                raise _Passed(limit)
    except _Passed as passed:
        reserving.halt(campaign_id, passed.limit)
        return False
    return _progress(campaign, chunk, size)


@transaction.atomic
def _give_up(campaign_id: int) -> None:
    reserving.halt(campaign_id, Campaign.Limit.ERROR)


@transaction.atomic
def _start(campaign_id: int) -> None:
    begun = change.begin(campaign_id=campaign_id, verb=Verb.START, actor=None)
    partitions.ensure(begun.now)
    begun.campaign.started_at = begun.now
    change.finish(begun, fields=("started_at",))


def _plan(campaign: Campaign, size: int) -> Chunk:
    wording = Wording(campaign)
    values = {
        "campaign": campaign.pk,
        "after": campaign.planned_through,
        "size": size,
        "begun_at": campaign.begun_at,
        "expires_at": campaign.too_late_after,
    }
    select, parameters = audience.select(campaign)
    plan = _plan_each if wording.has_fields else _plan_alike
    return plan(campaign, wording, select, values | parameters)


def _plan_alike(campaign: Campaign, wording: Wording, select: str, values: dict[str, Any]) -> Chunk:
    able = ways.open_to(wording)
    sizes = {language: longest(wording.text(language), able)[1].segments for language in wording.languages}
    ((looked_at, last, planned, segments),) = execute(
        _PLAN_ALIKE.format(select=select, table=partitions.table_of(campaign.begun_at)),
        **values,
        segments=json.dumps(sizes),
        otherwise=sizes[wording.default_language],
    )
    return Chunk(looked_at, last or 0, planned, segments)


def _plan_each(campaign: Campaign, wording: Wording, select: str, values: dict[str, Any]) -> Chunk:
    able = ways.open_to(wording)
    rows = execute(_CHUNK.format(select=select), **values)
    sizes = [longest(wording.text_of(language, fields), able)[1].segments for _id, _phone, language, fields in rows]
    ((planned, segments),) = execute(
        _PLAN_EACH.format(table=partitions.table_of(campaign.begun_at)),
        **values,
        ids=[str(new_id(campaign.begun_at)) for _row in rows],
        phones=[row[1] for row in rows],
        languages=[row[2] for row in rows],
        fields=[row[3] for row in rows],
        sizes=sizes,
    )
    return Chunk(len(rows), rows[-1][0] if rows else 0, planned, segments)


def _progress(campaign: Campaign, chunk: Chunk, size: int) -> bool:
    campaign.planned_through = max(chunk.last, campaign.planned_through)
    campaign.planned += chunk.planned
    fields = ("planned_through", "planned", "planned_segments")
    if chunk.looked_at == size:
        campaign.save(update_fields=fields)
        return True
    step = change.begin(campaign_id=campaign.pk, verb=Verb.RUN, actor=None)
    for name in fields:
        setattr(step.campaign, name, getattr(campaign, name))
    step.campaign.planned_at = step.now
    change.finish(step, fields=(*fields, "planned_at"))
    bell.ring(deliver_task(Lane.BULK), queue=Lane.BULK.value)
    return False
