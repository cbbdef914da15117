"""By what a message travels: the gateways we can speak to, and what they carry."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class GatewayName(models.TextChoices):
    """The gateways there is an adapter for."""

    LOCAL = "local", _("Simulated: stays on this machine")
    VERIMOR = "verimor", "Verimor"
    NETGSM = "netgsm", "NetGSM"
    ILETIMERKEZI = "iletimerkezi", "İleti Merkezi"
    TWILIO = "twilio", "Twilio"


class Channel(models.TextChoices):
    """What arrives on the phone."""

    SMS = "sms", _("SMS")
    WHATSAPP = "whatsapp", _("WhatsApp")


class Letters(models.TextChoices):
    """How Turkish letters are sent. PLAIN keeps the letters every phone has: ö and ü stay, ğ becomes g."""

    TURKISH = "turkish", _("As they are written")
    PLAIN = "plain", _("Without Turkish letters")
