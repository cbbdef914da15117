"""What a campaign says to one receiver."""

import json
from collections.abc import Mapping
from functools import cached_property

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from common.errors import InvalidInput
from notifications import segments
from notifications.models import Campaign
from notifications.services.rendering import fields_of, render

NEEDS_LIST = _("Only a list of phone numbers can bring fields like {name}.")


class Wording:
    """The texts of one campaign, taken apart once for however many receivers."""

    def __init__(self, campaign: Campaign) -> None:
        self.campaign = campaign
        self._plain = segments.plain if campaign.plain_letters else str
        self._bodies: dict[str, str] = {
            language: self._plain(body.strip()) for language, body in campaign.bodies.items()
        }
        self._fields = {language: bool(fields_of(body)) for language, body in self._bodies.items()}

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
        """Every field that any of the texts uses."""
        return {name for body in self._bodies.values() for name in fields_of(body)}

    def text_of(self, language: str, fields: str | None) -> str:
        """The text for one row of plain SQL, which has its fields as JSON. Raises like ``text``."""
        return self.text(language, json.loads(fields) if fields else None)

    def text(self, language: str, fields: Mapping[str, object] | None = None) -> str:
        """The text for one receiver. Raises NotRenderable where a used field is missing or blank."""
        known = self.known(language)
        body = self._bodies[known]
        return (
            self._plain(render(body, fields or {}))
            if self._fields[known]
            else body.replace("{{", "{").replace("}}", "}")
        )


def check_fits(body: str, *, audience: str) -> None:
    """Raise InvalidInput on ``bodies`` where the receivers of ``audience`` cannot bring what ``body`` needs."""
    if audience != Campaign.Audience.LIST and fields_of(body):
        raise InvalidInput("bodies", NEEDS_LIST)
