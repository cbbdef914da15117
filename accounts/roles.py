"""The roles of an installation, as data: who may do what.

A role is a Group whose name is the role's code, so the mapping never moves with a translation.
``accounts.services.load_roles`` writes this table into the database and makes each group hold exactly
the permissions listed here.
"""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Accounts of the demonstration end with this; they may sign in only where settings.DEMO is on.
DEMO_DOMAIN: Final = "ornek.example"


@dataclass(frozen=True, slots=True)
class Role:
    """A part that a person plays. ``staff`` roles work in the administration pages, others at the desk."""

    code: str
    name: str | Promise
    description: str | Promise
    permissions: tuple[str, ...]
    staff: bool = True


def _all(app: str, verbs: str, models: str) -> tuple[str, ...]:
    """The permissions ``verbs`` on ``models`` of ``app``, both written with spaces between."""
    return tuple(f"{app}.{verb}_{model}" for model in models.split() for verb in verbs.split())


# What the page of one application shows, and the lists behind its choices.
_READ_REQUESTS: Final = (
    "requests_app.view_all",
    *_all(
        "requests_app",
        "view",
        "servicerequest answer attachment feedback note requestevent routingdecision category standardreply authority",
    ),
    *_all("departments", "view", "department neighbourhood"),
    *_all("notifications", "view", "message localdelivery"),
)
_ENTRY: Final = ("requests_app.enter", "requests_app.reveal_contact")
_TRIAGE: Final = (*_READ_REQUESTS, *_ENTRY, "requests_app.triage")
_NO_ANNOUNCEMENTS: Final = _all("notifications", "view add", "optout")
_REVIEW: Final = (
    *_TRIAGE,
    "requests_app.review",
    *_all("notifications", "view add", "campaign"),
    *_all("notifications", "view", "quotayear"),
    *_NO_ANNOUNCEMENTS,
)

# The texts and rules of the daily work, which its manager keeps in order.
_KEEP_TEXTS: Final = (
    *_all("requests_app", "add change", "standardreply"),
    *_all("requests_app", "view add change", "routingrule"),
    *_all("requests_app", "view", "legalperiod contactreveal"),
    *_all("notifications", "view change", "messagetemplate"),
    *_all("notifications", "view add change", "topic"),
    *_all("notifications", "view", "consent route"),
    *_all("departments", "view", "calendarday legaltext membership delegation"),
    "notifications.withdraw_consent",
    "notifications.approve_campaign",
    "notifications.change_quotayear",
    "notifications.retry_message",
    "accounts.view_user",
)

# Runs the installation without reading what citizens wrote.
_RUN: Final = (
    *_all("accounts", "view add change", "user"),
    *_all("departments", "view change", "municipality"),
    *_all(
        "departments",
        "view add change",
        "department membership delegation neighbourhood calendarday legaltext",
    ),
    *_all(
        "requests_app",
        "view add change",
        "category routingrule legalperiod standardreply authority",
    ),
    *_all("notifications", "view change", "messagetemplate"),
    *_all("notifications", "view add change", "route"),
    *_all("notifications", "view", "message localdelivery inboundnotice"),
    "notifications.retry_message",
)

_ALL: Final = (
    Role(
        code="triage_clerk",
        name=_("Triage clerk"),
        description=_("Reads new applications and sends them to the right department."),
        permissions=_TRIAGE,
    ),
    Role(
        code="call_agent",
        name=_("Call centre agent"),
        description=_("Enters applications for people on the phone and tells them how theirs are going."),
        permissions=(*_READ_REQUESTS, *_ENTRY, *_NO_ANNOUNCEMENTS),
    ),
    Role(
        code="pr_specialist",
        name=_("Public relations specialist"),
        description=_(
            "Checks the answers of departments before citizens get them; writes announcements; also does triage."
        ),
        permissions=_REVIEW,
    ),
    Role(
        code="pr_manager",
        name=_("Public relations manager"),
        description=_(
            "Does what a specialist does, approves announcements, and keeps standard replies, rules and messages in order."
        ),
        permissions=(*_REVIEW, *_KEEP_TEXTS),
    ),
    Role(
        code="department_user",
        name=_("Department staff"),
        description=_("Works at the desk on the applications of the own department, and only there."),
        permissions=(),
        staff=False,
    ),
    Role(
        code="administrator",
        name=_("Administrator"),
        description=_("Runs the installation: accounts, organisation, calendar, categories and texts."),
        permissions=_RUN,
    ),
)

ROLES: Final[dict[str, Role]] = {role.code: role for role in _ALL}
