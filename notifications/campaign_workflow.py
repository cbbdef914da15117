"""The life of an announcement to many, as one table. Pure data."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from common.workflow import Table, Transition


class Status(TextChoices):
    DRAFT = "draft", _("Draft")
    AWAITING_APPROVAL = "awaiting_approval", _("Waits for approval")
    SCHEDULED = "scheduled", _("Approved")
    PLANNING = "planning", _("Receivers are being listed")
    RUNNING = "running", _("Being sent")
    PAUSED = "paused", _("Paused")
    FINISHED = "finished", _("Finished")
    CANCELLED = "cancelled", _("Cancelled")


class Verb(TextChoices):
    CREATE = "create", _("Written")
    CHANGE = "change", _("Changed")
    TEST = "test", _("Test message sent")
    SUBMIT = "submit", _("Sent for approval")
    RETURN = "return", _("Returned to the author")
    APPROVE = "approve", _("Approved")
    START = "start", _("Receivers are being listed")
    RUN = "run", _("Sending began")
    HALT = "halt", _("Stopped by itself")
    PAUSE = "pause", _("Paused")
    RESUME = "resume", _("Resumed")
    CANCEL = "cancel", _("Cancelled")
    FINISH = "finish", _("Finished")


class Role(TextChoices):
    """The parts people play towards one announcement; who plays which is decided in policies.py."""

    AUTHOR = "author", _("Author")
    APPROVER = "approver", _("A second person")
    SYSTEM = "system", _("The system itself")


S, V, R = Status, Verb, Role

OPEN = frozenset({S.DRAFT, S.AWAITING_APPROVAL, S.SCHEDULED, S.PLANNING, S.RUNNING, S.PAUSED})
ENDED = frozenset({S.FINISHED, S.CANCELLED})
UNAPPROVED = frozenset({S.DRAFT, S.AWAITING_APPROVAL})
# A second person has agreed to what is in it.
APPROVED = frozenset({S.SCHEDULED, S.PLANNING, S.RUNNING, S.PAUSED, S.FINISHED})

# Whoever does one of these has a hand in what goes out, and cannot be the second person.
WRITING = frozenset({V.CREATE, V.CHANGE, V.SUBMIT})


def _row(verb: Verb, sources: set[Status] | frozenset[Status], target: Status, *roles: Role) -> Transition:
    return Transition(
        verb.value, frozenset(source.value for source in sources), target.value, frozenset(role.value for role in roles)
    )


TABLE = Table(
    [
        _row(V.CHANGE, {S.DRAFT}, S.DRAFT, R.AUTHOR),
        _row(V.TEST, {S.DRAFT}, S.DRAFT, R.AUTHOR, R.APPROVER),
        _row(V.TEST, {S.AWAITING_APPROVAL}, S.AWAITING_APPROVAL, R.AUTHOR, R.APPROVER),
        _row(V.SUBMIT, {S.DRAFT}, S.AWAITING_APPROVAL, R.AUTHOR),
        _row(V.RETURN, {S.AWAITING_APPROVAL, S.SCHEDULED}, S.DRAFT, R.AUTHOR, R.APPROVER),
        _row(V.APPROVE, {S.AWAITING_APPROVAL}, S.SCHEDULED, R.APPROVER),
        _row(V.START, {S.SCHEDULED}, S.PLANNING, R.SYSTEM),
        _row(V.RUN, {S.PLANNING}, S.RUNNING, R.SYSTEM),
        _row(V.HALT, {S.PLANNING, S.RUNNING}, S.PAUSED, R.SYSTEM),
        _row(V.PAUSE, {S.PLANNING, S.RUNNING}, S.PAUSED, R.AUTHOR, R.APPROVER),
        _row(V.RESUME, {S.PAUSED}, S.PLANNING, R.AUTHOR, R.APPROVER),
        _row(V.CANCEL, OPEN, S.CANCELLED, R.AUTHOR, R.APPROVER),
        # What was paused and forgotten, or is still being listed when its time is over, ends as well.
        _row(V.FINISH, {S.PLANNING, S.RUNNING, S.PAUSED}, S.FINISHED, R.SYSTEM),
    ]
)
