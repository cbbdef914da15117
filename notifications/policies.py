"""Who may do what with messages. Reading is scoped by ``visible_to`` in querysets.py."""

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import NotPermitted
from common.workflow import Transition
from notifications.campaign_workflow import TABLE, WRITING, Role, Verb
from notifications.models import Campaign

NEEDS_SECOND = _(
    "You wrote or changed this announcement, or sent it for approval. Somebody who did not has to approve it."
)


def can_retry(user: User | AnonymousUser) -> bool:
    """Send a failed message again."""
    return user.has_perm("notifications.retry_message")


def can_keep_routes(user: User | AnonymousUser, *, new: bool) -> bool:
    """Add a route (``new``), or change how one is used."""
    return user.has_perm(f"notifications.{'add' if new else 'change'}_route")


def can_keep_topics(user: User | AnonymousUser, *, new: bool) -> bool:
    """Add a topic (``new``), or change one."""
    return user.has_perm(f"notifications.{'add' if new else 'change'}_topic")


def can_withdraw_consents(user: User | AnonymousUser) -> bool:
    """Withdraw a consent for its owner, who said so."""
    return user.has_perm("notifications.withdraw_consent")


def can_revise_templates(user: User | AnonymousUser) -> bool:
    """Add a version of a template and take it into use."""
    return user.has_perm("notifications.change_messagetemplate")


def can_opt_out(user: User | AnonymousUser) -> bool:
    """Keep announcements from a phone whose owner said so."""
    return user.has_perm("notifications.add_optout")


def can_change_quota(user: User | AnonymousUser) -> bool:
    """Set how many SMS parts of announcements a year may see."""
    return user.has_perm("notifications.change_quotayear")


def can_write_campaigns(user: User | AnonymousUser) -> bool:
    """Write a new announcement."""
    return user.has_perm("notifications.add_campaign")


def campaign_verbs(user: User, campaign: Campaign) -> frozenset[Verb]:
    """What ``user`` may do to ``campaign`` as it is now."""
    roles = campaign_roles(user, campaign)
    return frozenset(Verb(row.verb) for row in TABLE if campaign.status in row.sources and roles & row.roles)


def plays_a_part(user: User, verb: Verb) -> bool:
    """Whether there are announcements to which ``user`` may ever do ``verb``."""
    roles = _parts(user)
    return any(row.verb == verb and roles & row.roles for row in TABLE)


def campaign_roles(user: User, campaign: Campaign) -> set[str]:
    """The parts ``user`` may play towards ``campaign``. Nobody approves what they ever wrote, changed or submitted."""
    parts = _parts(user)
    if Role.APPROVER in parts and campaign.events.filter(actor=user, verb__in=WRITING).exists():
        parts.discard(Role.APPROVER.value)
    return parts


def _parts(user: User) -> set[str]:
    parts = {"notifications.add_campaign": Role.AUTHOR, "notifications.approve_campaign": Role.APPROVER}
    return {role.value for permission, role in parts.items() if user.has_perm(permission)}


def check_campaign(actor: User | None, transition: Transition, campaign: Campaign) -> None:
    """Raise NotPermitted unless ``actor`` (None is the system itself) plays a part the transition names."""
    roles = {Role.SYSTEM.value} if actor is None else campaign_roles(actor, campaign)
    if not roles & transition.roles:
        own = actor is not None and actor.has_perm("notifications.approve_campaign")
        raise NotPermitted(NEEDS_SECOND) if own and transition.verb == Verb.APPROVE else NotPermitted
