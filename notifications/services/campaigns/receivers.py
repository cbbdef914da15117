"""An uploaded list of phone numbers: taken, its columns named, read in the background, reported.

Reading goes in chunks, each a transaction with its own progress; whoever dies in between loses one chunk. Bad
lines are counted and named by number and reason, never with what stood in them; the good ones are taken.
"""

import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import islice

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import bell
from common.errors import InvalidInput
from common.phones import parse_phone
from common.transactions import one_transaction
from common.turkish import fold
from notifications.campaign_workflow import UNAPPROVED, Verb
from notifications.lanes import CAMPAIGNS_QUEUE, CAMPAIGNS_TASK
from notifications.models import Campaign, ListedReceiver, ReceiverList
from notifications.services.campaigns import change, sheets
from notifications.services.campaigns.alone import alone
from notifications.services.campaigns.wording import Wording
from notifications.services.ledgers.base import execute
from notifications.services.rendering import one_line

CHUNK = 5_000
SHOWN_ROWS = 6
MOST_BAD_LINES = 500

NO_PHONE, BAD_LANGUAGE, EMPTY_FIELD, TWICE, BEYOND = "phone", "language", "field", "twice", "beyond"
QUOTES = "quotes"
REASONS = {
    NO_PHONE: _("No mobile phone number that can receive SMS"),
    BAD_LANGUAGE: _("The language is not known"),
    EMPTY_FIELD: _("A field of the text is empty"),
    TWICE: _("The number stands in the list already"),
    QUOTES: _("A quotation mark is not closed, or a cell goes over several lines"),
    BEYOND: _("More than 300,000 lines: the rest was left out"),
}
_LANGUAGES = {"tr": "tr", "turkce": "tr", "turkish": "tr", "en": "en", "ingilizce": "en", "english": "en"}

_TAKE = """
INSERT INTO notifications_listedreceiver (campaign_id, line, phone, language, fields)
SELECT %(campaign)s, line, phone, language, fields
  FROM unnest(%(lines)s::int[], %(phones)s::text[], %(languages)s::text[], %(fields)s::jsonb[])
       AS r(line, phone, language, fields)
 ORDER BY line
ON CONFLICT (campaign_id, phone) DO NOTHING
RETURNING line
"""


@one_transaction()
def upload(*, actor: User, campaign_id: int, expected_version: int, name: str, content: bytes) -> ReceiverList:
    """Take a file as the list of a draft, in the place of any earlier one; its columns are named next.

    Raises what ``change.begin`` raises, and InvalidInput on ``file`` where no sheet can be read from it.
    """
    sample = sheets.head(content, SHOWN_ROWS)
    step = change.begin(campaign_id=campaign_id, verb=Verb.CHANGE, actor=actor, expected_version=expected_version)
    discard(step.campaign)
    step.campaign.audience = Campaign.Audience.LIST
    change.finish(step, fields=("audience",), note=name[:120])
    return ReceiverList.objects.create(
        campaign=step.campaign,
        name=name[:120],
        content=content,
        sample=sample,
        has_heading=not any(map(_is_phone, sample[0])),
        uploaded_by=actor,
    )


@one_transaction()
def name_columns(
    *,
    actor: User,
    campaign_id: int,
    expected_version: int,
    phone_column: int,
    language_column: int | None,
    fields: Mapping[str, int],
    has_heading: bool,
) -> ReceiverList:
    """Say which column is what, and have the file read. ``fields`` are those of the texts, each with its column.

    Raises what ``change.begin`` raises, ReceiverList.DoesNotExist where nothing waits for it, and InvalidInput.
    """
    step = change.begin(campaign_id=campaign_id, verb=Verb.CHANGE, actor=actor, expected_version=expected_version)
    waiting = ReceiverList.objects.select_for_update().get(campaign=step.campaign, state=ReceiverList.State.UPLOADED)
    missing = Wording(step.campaign).fields() - set(fields)
    if missing:
        raise InvalidInput(f"field_{min(missing)}", _("Choose the column for this field."))
    waiting.phone_column, waiting.language_column = phone_column, language_column
    waiting.fields, waiting.has_heading, waiting.sample = dict(fields), has_heading, []
    waiting.state = ReceiverList.State.READING
    waiting.save()
    change.finish(step)
    bell.ring(CAMPAIGNS_TASK, queue=CAMPAIGNS_QUEUE)
    return waiting


def check_ready(campaign: Campaign) -> None:
    """Raise InvalidInput on ``audience`` unless the list is read and brings every field of the texts."""
    listed = ReceiverList.objects.filter(campaign=campaign).first()
    if listed is not None and listed.state != ReceiverList.State.READ:
        raise InvalidInput("audience", _("The list of phone numbers has not been read yet."))
    if not ListedReceiver.objects.filter(campaign=campaign).exists():
        raise InvalidInput("audience", _("Upload the list of phone numbers first."))
    missing = Wording(campaign).fields() - set(listed.fields) if listed else set()
    if missing:
        message = _("The list has no column for the field {%(field)s}. Upload it again and choose one.")
        raise InvalidInput("audience", message % {"field": min(missing)})


def discard(campaign: Campaign) -> None:
    """Delete the list with every number in it. Inside the caller's transaction."""
    ListedReceiver.objects.filter(campaign=campaign).delete()
    ReceiverList.objects.filter(campaign=campaign).delete()


def forget(campaign: Campaign) -> None:
    """Delete the numbers; that there was a list, and its figures, stay. Inside the caller's transaction."""
    ListedReceiver.objects.filter(campaign=campaign).delete()
    ReceiverList.objects.filter(campaign=campaign).update(content=None, sample=[])


def read_waiting(*, until: float) -> bool:
    """Read every list that waits for it. False where that was not done before ``until`` of ``time.monotonic()``."""
    waiting = ReceiverList.objects.filter(state=ReceiverList.State.READING).order_by("uploaded_at")
    return all(_read_alone(pk, until=until) for pk in waiting.values_list("pk", flat=True))


def _read_alone(list_id: int, *, until: float) -> bool:
    with alone("read", list_id, give_up=partial(_give_up, list_id)):
        return _read(list_id, until=until)
    return True


def _read(list_id: int, *, until: float) -> bool:
    found = ReceiverList.objects.filter(pk=list_id, state=ReceiverList.State.READING).first()
    if found is None or found.content is None:
        return True
    rest = islice(_numbered(bytes(found.content)), found.lines_read, None)
    try:
        while _take_chunk(list_id, at=found.lines_read, rows=(rows := list(islice(rest, CHUNK)))):
            found.lines_read += len(rows)
            if time.monotonic() >= until:
                return False
    except sheets.Unreadable:
        _give_up(list_id)
    return True


def _numbered(content: bytes) -> Iterator[tuple[int, sheets.Row]]:
    return enumerate(sheets.rows(content), start=1)


@transaction.atomic
def _take_chunk(list_id: int, *, at: int, rows: list[tuple[int, sheets.Row]]) -> bool:
    """Take the rows that follow line ``at``; False where there is nothing more to do, or somebody else does it."""
    free = ReceiverList.objects.select_for_update(skip_locked=True, of=("self",)).defer("content")
    found = free.filter(pk=list_id, state=ReceiverList.State.READING, lines_read=at).first()
    if found is None:
        return False
    good, bad = _sorted(found, rows)
    taken = _insert(found.campaign_id, good)
    bad += [(line, TWICE) for line, *_rest in good if line not in taken]
    _report(found, len(rows), len(taken), bad)
    if len(rows) == CHUNK:
        return True
    found.state, found.content = ReceiverList.State.READ, None
    found.save(update_fields=["state", "content"])
    return False


Good = tuple[int, str, str, str]


def _sorted(found: ReceiverList, rows: Sequence[tuple[int, sheets.Row]]) -> tuple[list[Good], list[tuple[int, str]]]:
    good, bad = [], []
    for line, row in rows:
        is_blank = row is not None and not any(row)
        if is_blank or (line == 1 and found.has_heading):
            continue
        receiver = BEYOND if line > sheets.MOST_LINES else _receiver(found, row)
        if isinstance(receiver, str):
            bad.append((line, receiver))
        else:
            good.append((line, *receiver))
    return good, bad


def _receiver(found: ReceiverList, row: sheets.Row) -> tuple[str, str, str] | str:
    """Phone, language and fields (as JSON) of a row, or the reason why there are none."""
    if row is None:
        return QUOTES
    try:
        phone = parse_phone(_cell(row, found.phone_column))
    except InvalidInput:
        return NO_PHONE
    language = _language(_cell(row, found.language_column))
    if not language:
        return BAD_LANGUAGE
    fields = {name: one_line(_cell(row, column)) for name, column in found.fields.items()}
    return (phone, language, json.dumps(fields)) if all(fields.values()) else EMPTY_FIELD


def _cell(row: list[str], column: int | None) -> str:
    return row[column] if column is not None and column < len(row) else ""


def _language(cell: str) -> str:
    return _LANGUAGES.get(fold(cell), "") if cell else settings.LANGUAGE_CODE


def _insert(campaign_id: int, good: list[Good]) -> set[int]:
    if not good:
        return set()
    lines, phones, languages, fields = (list(column) for column in zip(*good, strict=True))
    taken = execute(_TAKE, campaign=campaign_id, lines=lines, phones=phones, languages=languages, fields=fields)
    return {line for (line,) in taken}


def _report(found: ReceiverList, lines: int, good: int, bad: list[tuple[int, str]]) -> None:
    found.lines_read += lines
    found.good += good
    found.problems = dict(Counter(found.problems) + Counter(reason for _line, reason in bad))
    room = MOST_BAD_LINES - len(found.bad_lines)
    found.bad_lines = [*found.bad_lines, *map(list, sorted(bad)[: max(room, 0)])]
    found.save(update_fields=["lines_read", "good", "problems", "bad_lines"])


@transaction.atomic
def _give_up(list_id: int) -> None:
    """The file broke off: take none of it, so that nobody sends to half a list unknowingly."""
    found = ReceiverList.objects.select_for_update().get(pk=list_id)
    ListedReceiver.objects.filter(campaign=found.campaign_id).delete()
    found.state, found.content, found.good = ReceiverList.State.BROKEN, None, 0
    found.save(update_fields=["state", "content", "good"])


def forget_abandoned(*, before: datetime) -> int:
    """Delete the lists uploaded before ``before`` to which nobody has agreed; returns how many."""
    old = ReceiverList.objects.filter(uploaded_at__lt=before, campaign__status__in=UNAPPROVED)
    return sum(_abandon(pk) for pk in old.values_list("campaign", flat=True))


@transaction.atomic
def _abandon(campaign_id: int) -> bool:
    campaign = Campaign.objects.select_for_update(no_key=True).get(pk=campaign_id)
    if campaign.status not in UNAPPROVED:  # approved at this moment
        return False
    discard(campaign)
    return True


def _is_phone(cell: str) -> bool:
    try:
        return bool(parse_phone(cell))
    except InvalidInput:
        return False
