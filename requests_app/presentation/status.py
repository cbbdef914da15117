"""What the applicant is told about where the request stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from common.templatetags import ui
from requests_app.models import ServiceRequest
from requests_app.policies import reopen_until
from requests_app.services.unanswered import reply_until
from requests_app.workflow import FINISHED, PAUSED, Status, Verb


@dataclass(frozen=True, slots=True)
class PublicStatus:
    """What the applicant is told about the present state.

    ``until`` is the day that matters now (None: there is none) and ``until_label`` says what it is;
    ``detail`` is the reason of a refusal, word for word. ``icon`` is a symbol of icons.svg, ``colour`` the
    modifier of the ``status`` and ``status-panel`` classes.
    """

    sentence: str
    next_step: str
    until: date | None
    tag: str
    icon: str
    colour: str
    until_label: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class _Words:
    """One row of the table of public words; the placeholders are filled from the request."""

    tag: Promise
    sentence: Promise
    next_step: Promise


_WORDS: Mapping[str, _Words] = {
    Status.RECEIVED: _Words(
        pgettext_lazy("applicant", "Received"),
        gettext_lazy("We have received your application."),
        gettext_lazy("We will send it to the department in charge."),
    ),
    Status.ROUTED: _Words(
        pgettext_lazy("applicant", "Sent to department"),
        gettext_lazy("Your application is now with: %(department)s."),
        gettext_lazy("The department will read it and start the work."),
    ),
    Status.IN_PROGRESS: _Words(
        pgettext_lazy("applicant", "In progress"),
        gettext_lazy("We are working on your application."),
        gettext_lazy("%(department)s will write the answer. %(told)s"),
    ),
    Status.WAITING_FOR_APPLICANT: _Words(
        pgettext_lazy("applicant", "Waiting for you"),
        gettext_lazy("We need something from you."),
        gettext_lazy(
            "Please answer the question below by %(reply_until)s. Meanwhile the deadline is paused. After that day we go "
            "on without your answer."
        ),
    ),
    Status.ANSWERED: _Words(
        pgettext_lazy("applicant", "Answer being prepared"),
        gettext_lazy("Your answer is being prepared."),
        gettext_lazy("It is checked once more before you get it. %(told)s"),
    ),
    Status.SCHEDULED: _Words(
        pgettext_lazy("applicant", "In the programme"),
        gettext_lazy("The work is in our programme: %(date)s."),
        gettext_lazy("It will be done by that day, and we will tell you the result."),
    ),
    Status.CLOSED: _Words(
        pgettext_lazy("applicant", "Concluded"),
        gettext_lazy("Your application has been concluded."),
        gettext_lazy("Read the answer below. If the problem is not solved, you can reopen the application."),
    ),
    Status.REJECTED: _Words(
        pgettext_lazy("applicant", "Not taken up"),
        gettext_lazy("Your application was not taken up."),
        gettext_lazy("The reason is written below. If something has changed, you can make a new application."),
    ),
    Status.FORWARDED: _Words(
        pgettext_lazy("applicant", "Passed to another authority"),
        gettext_lazy("Your application was passed to the authority in charge: %(authority)s."),
        gettext_lazy("That authority will answer you. We have nothing more to do about it."),
    ),
    Status.MERGED: _Words(
        pgettext_lazy("applicant", "Joined with another application"),
        gettext_lazy("Your application was joined with number %(other)s, which is about the same matter."),
        gettext_lazy("Both are worked on together. You will be told the result as well."),
    ),
    Status.WITHDRAWN: _Words(
        pgettext_lazy("applicant", "Withdrawn"),
        gettext_lazy("You have withdrawn your application."),
        gettext_lazy("You need to do nothing more. If you change your mind, you can continue the application."),
    ),
}

# Once the time is over in which what has ended may be taken up again.
_PASSED: Mapping[str, Promise] = {
    Status.CLOSED: gettext_lazy("Read the answer below. For anything new, please make a new application."),
    Status.WITHDRAWN: gettext_lazy("You need to do nothing more. You can make a new application at any time."),
}
_UNTIL_IT_PASSES: Mapping[str, Promise] = {
    Status.CLOSED: gettext_lazy("Can be reopened until"),
    Status.WITHDRAWN: gettext_lazy("Can be continued until"),
}
_JOINED_IS_DONE = gettext_lazy(
    "The work on both has been concluded. If your problem is not solved, you can reopen your application."
)
_JOINED_IS_SCHEDULED = gettext_lazy(
    "The work for both is in our programme: %(date)s. You will be told the result as well."
)
_JOINED: Mapping[str, Promise] = {Status.CLOSED: _JOINED_IS_DONE, Status.SCHEDULED: _JOINED_IS_SCHEDULED}
_LATE = gettext_lazy("The day of the answer, %(due)s, has passed. We are sorry for the delay. %(told)s")
_BY_SMS = gettext_lazy("You will get an SMS when it is ready.")
_ON_THE_PAGE = gettext_lazy("You will read it on this page.")


def public_status(request: ServiceRequest) -> PublicStatus:
    """The applicant's view of where the request stands, in the active language.

    At most one query when department, applicant, authority and merged_into are selected already.
    """
    words, facts = _WORDS[request.status], _facts(request)
    until, until_label = _until(request)
    return PublicStatus(
        sentence=str(words.sentence) % facts,
        next_step=str(_next_step(request, words)) % facts,
        until=until,
        until_label=until_label,
        tag=str(words.tag),
        icon=f"status-{request.status}",
        colour=request.status,
        detail=_rejection(request) if request.status == Status.REJECTED else "",
    )


def _facts(request: ServiceRequest) -> dict[str, str]:
    reachable = request.applicant is not None and request.applicant.phone
    return {
        "department": request.department.name if request.department else "",
        "authority": request.authority.name if request.authority else "",
        "other": request.merged_into.number if request.merged_into else "",
        "date": ui.long_date(request.worked_on.promised_on),
        "reply_until": ui.long_date(reply_until(request)),
        "due": ui.long_date(request.legal_due_at),
        "told": str(_BY_SMS if reachable else _ON_THE_PAGE),
    }


def _next_step(request: ServiceRequest, words: _Words) -> Promise:
    worked_on = request.worked_on
    if worked_on.status in _PASSED and timezone.now() > reopen_until(worked_on):
        return _PASSED[worked_on.status]
    if request.merged_into is not None and worked_on.status in _JOINED:
        return _JOINED[worked_on.status]
    return _LATE if _answer_is_late(request) else words.next_step


def _answer_is_late(request: ServiceRequest) -> bool:
    running = request.status not in FINISHED | PAUSED and not request.promised_on
    return running and request.legal_due_at is not None and request.legal_due_at < timezone.now()


def _until(request: ServiceRequest) -> tuple[date | None, str]:
    worked_on = request.worked_on
    if request.status in PAUSED:
        return reply_until(request), _("Answer by")
    if worked_on.promised_on and worked_on.status not in FINISHED | PAUSED:
        return worked_on.promised_on, _("Promised day")
    if worked_on.status in _UNTIL_IT_PASSES:
        last = reopen_until(worked_on)
        label = str(_UNTIL_IT_PASSES[worked_on.status])
        return (timezone.localdate(last), label) if last >= timezone.now() else (None, "")
    if worked_on.legal_due_at is None or worked_on.status in FINISHED | PAUSED or _answer_is_late(worked_on):
        return None, ""
    return timezone.localdate(worked_on.legal_due_at), _("Answer at the latest on")


def _rejection(request: ServiceRequest) -> str:
    last = request.events.filter(verb=Verb.REJECT).select_related("note").order_by("-version").first()
    return last.note.text if last and last.note else ""
