"""Through what somebody agreed to announcements or ended them, in words."""

from django.utils.translation import gettext_lazy as _

from notifications.channels import Channel
from notifications.services import consents, subscriptions

_WORDS = {
    consents.STAFF: _("Staff"),
    subscriptions.PORTAL: _("Portal"),
    subscriptions.LINK: _("The link of a message"),
    Channel.SMS.value: Channel.SMS.label,
    Channel.WHATSAPP.value: Channel.WHATSAPP.label,
}


def in_words(source: str) -> str:
    """The way it came, or as it is stored where it is an unknown one."""
    return str(_WORDS.get(source, source))
