"""From a template and its fields to the text that is sent. Strict: a missing field sends nothing."""

import re
import string
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from common.errors import InvalidInput
from notifications import segments
from notifications.channels import Channel, Letters
from notifications.models import MessageTemplate
from notifications.models.route import Route

_FIELD_NAME = re.compile(r"[a-z][a-z0-9_]*")
# Fields that hold an address of the portal.
_ADDRESSES = frozenset({"page"})
_LONGEST_TEXT = 612  # four parts of the default alphabet


class NotRenderable(Exception):
    """A message cannot be written. ``code`` is for the message's error field, ``detail`` names the culprit."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Preview:
    """A text as it would be sent, with its price in parts."""

    text: str
    segments: int
    characters: int
    encoding: str
    left: int


def fields_of(body: str) -> list[str]:
    """The fields a template uses, in order, each once.

    Raises InvalidInput on ``body`` for anything but ``{name}``: no formats, attributes, indexes or conversions.
    """
    names: dict[str, None] = {}
    for name, spec, conversion in _placeholders(body):
        if not _FIELD_NAME.fullmatch(name) or spec or conversion:
            raise InvalidInput("body", _("A field is written {name}: small letters in curly brackets."))
        names[name] = None
    return list(names)


def check_body(body: str, *, allowed: Collection[str]) -> list[str]:
    """The fields of a template staff typed. Raises InvalidInput on ``body`` with what to mend."""
    if not body.strip():
        raise InvalidInput("body", _("Write the text of the message."))
    if len(body) > _LONGEST_TEXT:
        raise InvalidInput("body", _("The text is too long: 612 characters at most."))
    if "\x00" in body:
        raise InvalidInput("body", _("The text holds a character that cannot be sent."))
    used = fields_of(body)
    unknown = [name for name in used if name not in allowed]
    if unknown:
        message = _("This message has no field %(unknown)s. Its fields are: %(fields)s.")
        raise InvalidInput("body", message % {"unknown": _listed(unknown), "fields": _listed(sorted(allowed)) or "–"})
    return used


def render(body: str, context: Mapping[str, object]) -> str:
    """The text for ``body`` and ``context``. Raises NotRenderable where a used field is missing or blank."""
    values = {name: one_line(context.get(name)) for name in fields_of(body)}
    missing = [name for name, value in values.items() if not value]
    if missing:
        raise NotRenderable("missing_field", ", ".join(missing))
    return body.format_map(values).strip()


def for_route(context: Mapping[str, object], language: str, route: Route | None) -> Mapping[str, object]:
    """``context`` as it can be sent: where no link arrives, the portal's address gives way to words for it."""
    if route is None or route.links_allowed or not _ADDRESSES & context.keys():
        return context
    with translation.override(language):
        in_words = str(_("the tracking page on our website"))
    return {**context, **dict.fromkeys(_ADDRESSES & context.keys(), in_words)}


def preview(event: str, language: str, context: Mapping[str, object]) -> Preview:
    """The message ``event`` as it would be sent now. Raises NotRenderable like sending would."""
    template = TemplateShelf([event]).find(event, language)
    return preview_body(template.body, context, template.language)


def preview_body(body: str, context: Mapping[str, object], language: str) -> Preview:
    """A text that is still being written, as the busiest route would send it. Raises like ``render``."""
    route = Route.objects.busiest()
    text, length = fitted(render(body, for_route(context, language, route)), route)
    return Preview(
        text=text,
        segments=length.segments,
        characters=length.characters,
        encoding=length.encoding.value,
        left=length.left,
    )


def fitted(text: str, route: Route | None) -> tuple[str, segments.Length]:
    """``text`` in the letters that ``route`` sends, and its size there; without a route as a Turkish one would.

    WhatsApp has no parts and all letters.
    """
    if route is None:
        return text, segments.measure(text)
    if route.channel == Channel.WHATSAPP:
        return text, replace(segments.measure(text, route.profile), segments=1)
    written = segments.plain(text) if route.letters == Letters.PLAIN else text
    return written, segments.measure(written, route.profile)


def longest(text: str, routes: Sequence[Route]) -> tuple[str, segments.Length]:
    """As ``fitted``, on that of ``routes`` where it takes most parts: the first of them where several do."""
    sizes = [fitted(text, route) for route in routes] or [fitted(text, None)]
    return max(sizes, key=lambda size: size[1].segments)


class TemplateShelf:
    """The templates in use for some events, read in one query."""

    def __init__(self, events: Iterable[str]) -> None:
        found = MessageTemplate.objects.active().filter(event__in=set(events))
        self._templates = {(template.event, template.language): template for template in found}

    def find(self, event: str, language: str) -> MessageTemplate:
        """The template for ``language``, else for the municipality's own. Raises NotRenderable without one."""
        for wanted in (language, settings.LANGUAGE_CODE):
            template = self._templates.get((event, wanted))
            if template is not None:
                return template
        raise NotRenderable("no_template", f"{event} ({language})")


def _placeholders(body: str) -> list[tuple[str, str, str | None]]:
    try:
        parsed = list(string.Formatter().parse(body))
    except ValueError as error:
        raise InvalidInput("body", _("A curly bracket has no partner.")) from error
    return [(name, spec or "", conversion) for _text, name, spec, conversion in parsed if name is not None]


def one_line(value: object) -> str:
    """A field's value without line breaks and control characters, which a stored text may hold."""
    text = "" if value is None else str(value)
    plain = (" " if unicodedata.category(character) == "Cc" else character for character in text)
    return " ".join("".join(plain).split())


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)
