"""Before anything is sent: how long a text is, who would get it, and what that would cost."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.conf import settings
from django.utils import timezone

from common.phones import mask
from notifications.models import Campaign, Route
from notifications.services.campaigns import audience, price, quota, ways
from notifications.services.campaigns.wording import Wording
from notifications.services.ledgers.base import execute
from notifications.services.rendering import NotRenderable, check_body, fields_of, longest
from notifications.services.samples import samples_for

SHOWN = 5
# Where every receiver reads an own text, this many are measured and the rest is taken to be like them.
MEASURED = 2_000

_BY_LANGUAGE = "SELECT language, count(*) FROM ({select}) AS receivers GROUP BY language"
_FIRST = "SELECT phone, language, fields FROM ({select}) AS receivers ORDER BY id LIMIT %(most)s"
_OPTED_OUT = """
SELECT count(*) FROM notifications_listedreceiver AS r
 WHERE r.campaign_id = %(campaign)s AND EXISTS (SELECT FROM notifications_optout AS o WHERE o.phone = r.phone)
"""


@dataclass(frozen=True, slots=True)
class Size:
    """A text on the route where it takes most parts, of those it may take.

    ``cost`` in lira of one message, where it is known. ``plain_segments``: its parts without Turkish letters.
    """

    text: str
    segments: int
    characters: int
    encoding: str
    left: int
    cost: Decimal | None
    plain_segments: int

    @property
    def saved(self) -> int:
        """Parts that writing without Turkish letters saves."""
        return self.segments - self.plain_segments


def size_of(body: str, *, language: str, plain: bool, purpose: str) -> Size:
    """The size of a text that is being written, its fields filled with examples. Raises InvalidInput on ``body``."""
    used = check_body(body, allowed=fields_of(body))
    samples = samples_for(used, language=language)
    own, without = (
        Wording(Campaign(bodies={language: body}, plain_letters=letters, purpose=purpose)) for letters in (plain, True)
    )
    able = ways.open_to(own)
    written, length = longest(own.text(language, samples), able)
    return Size(
        text=written,
        segments=length.segments,
        characters=length.characters,
        encoding=length.encoding.value,
        left=length.left,
        cost=price.of(length.segments, able),
        plain_segments=longest(without.text(language, samples), able)[1].segments,
    )


@dataclass(frozen=True, slots=True)
class Share:
    """The receivers who read one language. ``language`` is the one of the text, not of the consent."""

    language: str
    receivers: int
    segments: int

    @property
    def label(self) -> str:
        """The language in words."""
        return str(dict(settings.LANGUAGES).get(self.language, self.language))


@dataclass(frozen=True, slots=True)
class Sample:
    """What one of the receivers would get; the phone is masked."""

    phone: str
    language: str
    text: str
    segments: int


class Forecast:
    """What would happen if ``campaign`` were sent now. Each figure is asked for when it is first read."""

    def __init__(self, campaign: Campaign) -> None:
        self.campaign = campaign
        self._wording = Wording(campaign)
        self._select, self._values = audience.select(campaign)

    @property
    def is_exact(self) -> bool:
        """Whether every text was measured; where each receiver reads an own one, only the first were."""
        return not self._wording.has_fields or self.receivers <= MEASURED

    @cached_property
    def receivers(self) -> int:
        """How many phones, exactly."""
        return sum(count for _language, count in self._counts)

    @cached_property
    def shares(self) -> list[Share]:
        """Receivers and SMS parts by the language of the text, most first."""
        counted: dict[str, int] = {}
        for language, count in self._counts:
            known = self._wording.known(language)
            counted[known] = counted.get(known, 0) + count
        found = [Share(language, count, round(count * self._each[language])) for language, count in counted.items()]
        return sorted(found, key=lambda share: -share.receivers)

    @cached_property
    def segments(self) -> int:
        """SMS parts in all, at most: on the routes where the texts take most."""
        return sum(share.segments for share in self.shares)

    @property
    def cost(self) -> Decimal | None:
        """What they cost in lira at most, where the price of a part is known."""
        return price.of(self.segments, self._ways)

    @cached_property
    def quota_left(self) -> int:
        """SMS parts that the year may still see."""
        return quota.left(at=self.campaign.starts_at or timezone.now())

    @property
    def fits_quota(self) -> bool:
        """Whether the yearly quota is large enough."""
        return self.segments <= self.quota_left

    @property
    def fits_budget(self) -> bool:
        """Whether the announcement's own limit is large enough."""
        return self.campaign.most_segments is None or self.segments <= self.campaign.most_segments

    @cached_property
    def opted_out(self) -> int:
        """Phones of the list that want no announcements and get none."""
        return int(execute(_OPTED_OUT, campaign=self.campaign.pk)[0][0])

    @cached_property
    def samples(self) -> list[Sample]:
        """What the first few would get."""
        return [
            Sample(mask(phone), self._wording.known(language), written, length.segments)
            for phone, language, text in self._texts[:SHOWN]
            for written, length in [longest(text, self._ways)]
        ]

    @cached_property
    def _ways(self) -> list[Route]:
        return ways.open_to(self._wording)

    @cached_property
    def _counts(self) -> list[tuple[Any, ...]]:
        return execute(_BY_LANGUAGE.format(select=self._select), **self._values)

    @cached_property
    def _texts(self) -> list[tuple[str, str, str]]:
        most = MEASURED if self._wording.has_fields else SHOWN
        rows = execute(_FIRST.format(select=self._select), **self._values, most=most)
        return [(phone, language, self._text(language, fields)) for phone, language, fields in rows]

    def _text(self, language: str, fields: str | None) -> str:
        """A receiver's text; with examples where the row does not bring what a draft's text needs (yet)."""
        try:
            return self._wording.text_of(language, fields)
        except NotRenderable:
            return self._wording.text(language, samples_for(self._wording.fields(), language=language))

    @cached_property
    def _each(self) -> dict[str, float]:
        """Parts of one message by the language of the text; on average where the texts differ."""
        if not self._wording.has_fields:
            return {each: longest(self._wording.text(each), self._ways)[1].segments for each in self._wording.languages}
        sizes: dict[str, list[int]] = {}
        for _phone, language, text in self._texts:
            sizes.setdefault(self._wording.known(language), []).append(longest(text, self._ways)[1].segments)
        usual = [size for each in sizes.values() for size in each] or [1]
        return {each: _mean(sizes.get(each, usual)) for each in self._wording.languages}


def _mean(sizes: list[int]) -> float:
    return sum(sizes) / len(sizes)
