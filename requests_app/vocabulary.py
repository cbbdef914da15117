"""The fixed words of a service request: kinds, channels, outcomes."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    REQUEST = "request", _("Request")
    COMPLAINT = "complaint", _("Complaint")
    SUGGESTION = "suggestion", _("Suggestion")
    REPORT = "report", _("Report")
    INFORMATION = "information", _("Information request")
    THANKS = "thanks", _("Thanks")


# Whoever asks for information says who it is for (Law 4982, art. 6).
NEEDS_NAME = frozenset({Kind.INFORMATION})

# Of a service target, in working hours: some five years. Every hour is looked up in the calendar.
LONGEST_TARGET = 10_000

# Asks for nothing, so it is no petition: no law says when it is answered (Law 3071, art. 3).
NO_PETITION = frozenset({Kind.THANKS})


class Channel(TextChoices):
    """How an application reached the municipality (the regulation's list, 13.3.8 and 13.6.24)."""

    WEB = "web", _("Web page")
    DESK = "desk", _("Face to face")
    CALL_CENTRE = "call_centre", _("Call centre")
    BLUE_DESK = "blue_desk", _("Mavi Masa / Ak Masa")
    MAYOR = "mayor", _("Message to the mayor")
    WHATSAPP = "whatsapp", _("WhatsApp")
    BIP = "bip", _("BiP")
    SMS = "sms", _("SMS")
    QR_POINT = "qr_point", _("QR point")
    CIMER = "cimer", _("CİMER")
    OPEN_DOOR = "open_door", _("Açık Kapı")
    SOCIAL_MEDIA = "social_media", _("Social media")
    EMAIL = "email", _("E-mail")
    API = "api", _("API")


# What a member of staff may choose when entering an application for somebody.
ENTRY_CHANNELS = (
    Channel.CALL_CENTRE,
    Channel.DESK,
    Channel.BLUE_DESK,
    Channel.MAYOR,
    Channel.SOCIAL_MEDIA,
    Channel.BIP,
    Channel.WHATSAPP,
    Channel.CIMER,
    Channel.OPEN_DOOR,
)


class Outcome(TextChoices):
    """What a department says about a request."""

    RESOLVED = "resolved", _("Resolved")
    SCHEDULED = "scheduled", _("Taken into the programme, with a date")
    REFUSED = "refused", _("Cannot be done, with the reason")
    INFORMATION = "information", _("Information given")
    NOT_OURS = "not_ours", _("Not in our authority")


class NoteKind(TextChoices):
    INTERNAL = "internal", _("Internal note")
    REASON = "reason", _("Reason")
    QUESTION = "question", _("Question to the applicant")
    REPLY = "reply", _("Applicant's reply")
    INFORMATION = "information", _("Applicant's addition")


# Notes that the applicant may read on the tracking page.
PUBLIC_NOTES = (NoteKind.QUESTION, NoteKind.REPLY, NoteKind.INFORMATION)


class ActorKind(TextChoices):
    APPLICANT = "applicant", _("Applicant")
    USER = "user", _("Staff")
    SYSTEM = "system", _("System")
