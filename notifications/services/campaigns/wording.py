"""What a campaign says to one receiver."""

import json
from collections.abc import Mapping
from functools import cached_property

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from common.errors import InvalidInput
from notifications import segments
from notifications.gateways.links import find_link
from notifications.models import Campaign, Route
from notifications.services import leaving
from notifications.services.rendering import fields_of, render

NEEDS_WAY_OUT = _(
    "A commercial text has to say how to get no more of them: write {leave} where the address for that goes."
)
NEEDS_LIST = _("Only a list of phone numbers can bring fields like {name}.")


class Wording:
    """The texts of one campaign, taken apart once for however many receivers."""

    def __init__(self, campaign: Campaign) -> None:
        self.campaign = campaign
        self._plain = segments.plain if campaign.plain_letters else str
        self._bodies: dict[str, str] = {
            language: self._plain(body.strip()) for language, body in campaign.bodies.items()
        }
        self._fields = {language: own_fields(body) for language, body in self._bodies.items()}

    @cached_property
    def default_language(self) -> str:
        """The municipality's own language where the campaign has it, else the first it has."""
        return settings.LANGUAGE_CODE if settings.LANGUAGE_CODE in self._bodies else next(iter(self._bodies))

    @property
    def has_fields(self) -> bool:
        """Whether any text differs from receiver to receiver."""
        return any(self._fields.values())

    @property
    def languages(self) -> list[str]:
        """The languages there is a text in."""
        return list(self._bodies)

    def known(self, language: str) -> str:
        """``language`` where there is a text in it, else the one whose text is sent instead."""
        return language if language in self._bodies else self.default_language

    def fields(self) -> set[str]:
        """Every field that any of the texts uses and the receivers bring."""
        return {name for names in self._fields.values() for name in names}

    @cached_property
    def has_link(self) -> bool:
        """Whether any text has a link: one that is typed, or the one by which its receiver leaves."""
        return any(find_link(body) or leaving.FIELDS & set(fields_of(body)) for body in self._bodies.values())

    def may_go_over(self, route: Route) -> bool:
        """Whether ``route`` carries what is in the texts, and filters them where the law asks for it."""
        return route.can_carry(links=self.has_link, commercial=self.campaign.is_commercial)

    def text_of(self, language: str, fields: str | None) -> str:
        """The text for one row of plain SQL, which has its fields as JSON. Raises like ``text``."""
        return self.text(language, json.loads(fields) if fields else None)

    def text(self, language: str, fields: Mapping[str, object] | None = None) -> str:
        """The text for one receiver. Raises NotRenderable where a used field is missing or blank.

        Where it has a way out, that link is still the same for all: ``leaving.addressed`` makes it the receiver's.
        """
        known = self.known(language)
        return self._written(known, fields or {}) if self._fields[known] else self._alike[known]

    @cached_property
    def _alike(self) -> dict[str, str]:
        return {language: self._written(language, {}) for language, fields in self._fields.items() if not fields}

    def _written(self, language: str, fields: Mapping[str, object]) -> str:
        way_out = dict.fromkeys(leaving.FIELDS, leaving.link(language))
        return self._plain(render(self._bodies[language], {**fields, **way_out}))


def own_fields(body: str) -> list[str]:
    """The fields of ``body`` that differ from receiver to receiver and that a list has to bring."""
    return [name for name in fields_of(body) if name not in leaving.FIELDS]


def check_fits(body: str, *, audience: str, purpose: str) -> None:
    """Whether ``body`` can go to ``audience`` for ``purpose``. Raises InvalidInput on ``bodies``.

    A commercial message has to tell how to get no more of them (Law 6563, article 8).
    """
    if audience != Campaign.Audience.LIST and own_fields(body):
        raise InvalidInput("bodies", NEEDS_LIST)
    if purpose == Campaign.Purpose.COMMERCIAL and not leaving.FIELDS & set(fields_of(body)):
        raise InvalidInput("bodies", NEEDS_WAY_OUT)
