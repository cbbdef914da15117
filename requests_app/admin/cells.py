"""The cells of the lists of requests: small pieces of markup, the same everywhere."""

from datetime import datetime
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from common.templatetags import ui
from requests_app import presentation
from requests_app.models import ServiceRequest
from requests_app.vocabulary import Channel

BEGINNING = 140  # characters of the text that a list shows
DASH = "–"

CHANNEL_ICONS = {
    Channel.WEB: "globe",
    Channel.DESK: "users",
    Channel.CALL_CENTRE: "phone",
    Channel.BLUE_DESK: "users",
    Channel.MAYOR: "mail",
    Channel.QR_POINT: "qr",
    Channel.CIMER: "building",
    Channel.OPEN_DOOR: "building",
    Channel.SOCIAL_MEDIA: "camera",
    Channel.EMAIL: "mail",
    Channel.API: "code",
}


@lru_cache(maxsize=64)
def icon(name: str) -> SafeString:
    """A decorative icon; the word beside it says what it means."""
    return render_to_string("includes/icon.html", ui.icon(name))


def with_icon(name: str, words: str | Promise) -> SafeString:
    """An icon and its words, kept together."""
    return format_html('<span class="u-nowrap">{} {}</span>', icon(name), words)


def age(request: ServiceRequest) -> SafeString:
    """How long the applicant has been waiting."""
    return age_since(request.submitted_at)


def age_since(moment: datetime) -> SafeString:
    """A chip with the time since ``moment``: fresh for a day, late after three."""
    days = (timezone.now() - moment).days
    level = "fresh" if days < 1 else "old" if days < 3 else "late"
    return format_html('<span class="age age--{}">{}</span>', level, ui.age(moment))


def clock(request: ServiceRequest) -> str:
    """The chip of the running clock."""
    due = presentation.due(request)
    if not due.label:
        return DASH
    return format_html(
        '<span class="chip chip--{}">{} {}</span>', due.level, icon("clock"), due.beside_status or due.label
    )


def first_line(request: ServiceRequest) -> SafeString:
    """How the text begins."""
    return format_html('<span class="first-line">{}</span>', beginning(request))


def beginning(request: ServiceRequest) -> str:
    """The first words of the text, on one line."""
    return Truncator(" ".join(request.description[: 3 * BEGINNING].split())).chars(BEGINNING)


def place(request: ServiceRequest) -> str:
    """Neighbourhood and address, as far as they are known."""
    return presentation.place_of(request) or (_("On the map") if request.has_point else DASH)


def channel(request: ServiceRequest) -> SafeString:
    """Icon and name of the channel."""
    return with_icon(CHANNEL_ICONS.get(Channel(request.channel), "message"), request.get_channel_display())


def status(request: ServiceRequest) -> SafeString:
    """The coloured tag of the status."""
    return render_to_string("includes/status_tag.html", ui.status_tag(request.status, request.get_status_display()))


def suggestion(request: ServiceRequest) -> SafeString:
    """The suggested department and how sure the router is. Needs the annotation ``confidence``."""
    if request.suggested_department is None:
        return format_html('<span class="u-quiet">{}</span>', _("None"))
    sure = confidence(getattr(request, "confidence", None))
    return format_html('{}<br><span class="confidence">{}</span>', request.suggested_department.label, sure)


def confidence(share: float | None) -> str:
    """How sure the router is (0 to 1), in words. Not at all where the subject names no department of its own."""
    if not share:
        return _("No department of its own")
    return _("%(percent)d%% sure") % {"percent": round(100 * share)}
