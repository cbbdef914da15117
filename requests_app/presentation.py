"""How a service request reads to people: its status, its clock and its history in plain words.

Shared by the portal, the desk and the administration pages. Pure reads: nothing here writes, and each
function says how many queries it needs at most.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from common.templatetags import ui
from departments.calendar import WorkingCalendar
from requests_app.models import Answer, AnswerState, Attachment, Authority, Note, RequestEvent, ServiceRequest
from requests_app.policies import reopen_until
from requests_app.querysets import DUE_SOON
from requests_app.vocabulary import ActorKind, Outcome
from requests_app.workflow import FINISHED, PAUSED, Status, Verb

# --- Status -------------------------------------------------------------------------------------


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
        gettext_lazy("Please answer the question below. The deadline is paused until you do."),
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
        gettext_lazy("You need to do nothing more. You can make a new application at any time."),
    ),
}

_REOPEN_PASSED = gettext_lazy("Read the answer below. For anything new, please make a new application.")
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


def public_tag(status: str) -> str:
    """The few words on the applicant's status tag."""
    return str(_WORDS[status].tag)


def _facts(request: ServiceRequest) -> dict[str, str]:
    reachable = request.applicant is not None and request.applicant.phone
    return {
        "department": request.department.name if request.department else "",
        "authority": request.authority.name if request.authority else "",
        "other": request.merged_into.number if request.merged_into else "",
        "date": ui.long_date(request.worked_on.promised_on),
        "due": ui.long_date(request.legal_due_at),
        "told": str(_BY_SMS if reachable else _ON_THE_PAGE),
    }


def _next_step(request: ServiceRequest, words: _Words) -> Promise:
    worked_on = request.worked_on
    if worked_on.status == Status.CLOSED and timezone.now() > reopen_until(worked_on):
        return _REOPEN_PASSED
    if request.merged_into is not None and worked_on.status in _JOINED:
        return _JOINED[worked_on.status]
    return _LATE if _answer_is_late(request) else words.next_step


def _answer_is_late(request: ServiceRequest) -> bool:
    running = request.status not in FINISHED | PAUSED and not request.promised_on
    return running and request.legal_due_at is not None and request.legal_due_at < timezone.now()


def _until(request: ServiceRequest) -> tuple[date | None, str]:
    worked_on = request.worked_on
    if worked_on.promised_on and worked_on.status not in FINISHED | PAUSED:
        return worked_on.promised_on, _("Promised day")
    if worked_on.status == Status.CLOSED:
        last = reopen_until(worked_on)
        return (timezone.localdate(last), _("Can be reopened until")) if last >= timezone.now() else (None, "")
    if worked_on.legal_due_at is None or worked_on.status in FINISHED | PAUSED or _answer_is_late(worked_on):
        return None, ""
    return timezone.localdate(worked_on.legal_due_at), _("Answer at the latest on")


def _rejection(request: ServiceRequest) -> str:
    last = request.events.filter(verb=Verb.REJECT).select_related("note").order_by("-version").first()
    return last.note.text if last and last.note else ""


# --- The application ------------------------------------------------------------------------------


def place_of(request: ServiceRequest) -> str:
    """Neighbourhood and address in one line, or nothing. No query when the neighbourhood is selected already."""
    parts = (request.neighbourhood.name if request.neighbourhood else "", request.address)
    return ", ".join(part for part in parts if part)


def extra_answers(request: ServiceRequest) -> list[tuple[str, str]]:
    """The category's own questions with what was answered, in the reader's language and the category's order.

    An answer whose question the category no longer asks is shown under its code. No query when the category
    is selected already.
    """
    given = dict(request.extra_answers)
    asked = request.category.questions if request.category else []
    known = [(_label(question), _choice_label(question, given.pop(question["code"], ""))) for question in asked]
    return [
        (label, value) for label, value in [*known, *((code, str(value)) for code, value in given.items())] if value
    ]


def _label(words: Mapping[str, str]) -> str:
    english = words.get("label_en") if (get_language() or "").startswith("en") else ""
    return english or words["label"]


def _choice_label(question: Mapping[str, Any], value: object) -> str:
    choices = {choice["value"]: choice for choice in question.get("choices") or []}
    return _label(choices[value]) if value in choices else str(value)


# --- Clocks -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline in words. ``level`` is the modifier of the ``chip`` and ``card`` classes, or empty."""

    label: str
    level: str


def due(request: ServiceRequest, now: datetime | None = None) -> Due:
    """How the clock of ``request`` stands at ``now``. No query besides the calendar, which is remembered."""
    if request.status in FINISHED:
        return Due("", "")
    if request.status in PAUSED:
        return Due(_("Clock stopped: waiting for the applicant"), "paused")
    if request.clock_due_at is None:
        return Due(_("No deadline"), "paused")
    now = now or timezone.now()
    return Due(due_label(request.clock_due_at, now), _level(request.clock_due_at, now))


def due_label(due_at: datetime, now: datetime | None = None) -> str:
    """The time left in working days, or the days late: "3 iş günü kaldı", "2 gün gecikti"."""
    now = now or timezone.now()
    today, last = timezone.localdate(now), timezone.localdate(due_at)
    if today == last:
        return _("Ended today") if due_at < now else _("Ends today")
    if last > today and (working := WorkingCalendar.load().working_days_between(today, last)):
        return ui.working_days_left(working)
    # Late, or a promise for a day on which nobody works: calendar days say it.
    return ui.days_left((last - today).days)


def age_label(moment: datetime) -> str:
    """How long ago, in its largest unit: "5 dk", "3 saat", "2 gün"."""
    return ui.age(moment)


def _level(due_at: datetime, now: datetime) -> str:
    if due_at < now:
        return "late"
    return "soon" if due_at < now + DUE_SOON else "ok"


# --- History ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a time line. ``who`` is empty for the applicant's eyes; ``verb`` is for tests and icons."""

    at: datetime
    title: str
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    who: str = ""
    verb: str = ""


# What the applicant reads about each event. Verbs that are not here are internal and never shown: drafts,
# answers sent for review or returned, notes, returns to triage and corrections of the category.
_PUBLIC_TITLES: Mapping[str, Promise] = {
    Verb.SUBMIT: gettext_lazy("Your application was received"),
    Verb.ROUTE: gettext_lazy("Sent to: %(department)s"),
    Verb.REROUTE: gettext_lazy("Sent to: %(department)s"),
    Verb.ACCEPT: gettext_lazy("The department started to work on it"),
    Verb.ASK: gettext_lazy("We asked you a question"),
    Verb.REPLY: gettext_lazy("You answered"),
    Verb.REMIND: gettext_lazy("We reminded you of our question"),
    Verb.RESUME: gettext_lazy("We went on without your answer"),
    Verb.EXTEND: gettext_lazy("The deadline for the answer was extended"),
    Verb.ADD_INFORMATION: gettext_lazy("You added information"),
    Verb.REJECT: gettext_lazy("The application was not taken up"),
    Verb.FORWARD: gettext_lazy("Passed to the authority in charge: %(authority)s"),
    Verb.MERGE: gettext_lazy("Joined with application %(other)s"),
    Verb.RESTORE: gettext_lazy("The application is being looked at again"),
    Verb.APPROVE_DATE: gettext_lazy("Taken into the programme: %(date)s"),
    Verb.APPROVE_ANSWER: gettext_lazy("The application was concluded"),
    Verb.APPROVE_FORWARDING: gettext_lazy("Passed to the authority in charge: %(authority)s"),
    Verb.WITHDRAW: gettext_lazy("You withdrew the application"),
    Verb.REOPEN: gettext_lazy("The application was reopened"),
    Verb.RATE: gettext_lazy("You told us what you think: %(score)s out of 5"),
}

# Events whose note is meant for the applicant. A reopening counts only where the applicant asked for it.
_PUBLIC_TEXTS = frozenset({Verb.ASK, Verb.REPLY, Verb.ADD_INFORMATION, Verb.REJECT, Verb.EXTEND, Verb.REOPEN})

_STAFF_TITLES: Mapping[str, Promise] = {
    Verb.ROUTE: gettext_lazy("Sent to: %(department)s"),
    Verb.REROUTE: gettext_lazy("Sent to another department: %(department)s"),
    Verb.FORWARD: gettext_lazy("Forwarded to: %(authority)s"),
    Verb.MERGE: gettext_lazy("Joined with application %(other)s"),
    Verb.SUBMIT_ANSWER: gettext_lazy("Answer sent for review: %(outcome)s"),
    Verb.APPROVE_DATE: gettext_lazy("Programme date approved: %(date)s"),
    Verb.APPROVE_FORWARDING: gettext_lazy("Answer approved and forwarded to: %(authority)s"),
    Verb.RATE: gettext_lazy("Rated by the applicant: %(score)s out of 5"),
}
_LET_GO = gettext_lazy("Taken back, because %(other)s ended without an answer")


def public_timeline(request: ServiceRequest) -> list[Entry]:
    """What happened, for the applicant, newest first: no staff names and nothing internal.

    An approved answer that a later one has replaced carries its text here; the newest one is for the page
    to frame. At most six queries.
    """
    events = [event for event in _events(request) if event.verb in _PUBLIC_TITLES]
    names = _names(request, events)
    replaced = _replaced_answers(names.answers)
    return [_public_entry(event, names, replaced) for event in events]


def staff_timeline(request: ServiceRequest) -> list[Entry]:
    """Everything that happened, newest first: who, when, what and why. At most six queries.

    Several savings of a draft by one person in a row are one entry.
    """
    events = list(_without_repeated_drafts(_events(request)))
    names = _names(request, events)
    return [_staff_entry(event, names) for event in events]


# The facts that are the id of another request: what this one was merged into, or let go by.
_OTHERS = ("into", "left")


@dataclass(frozen=True, slots=True)
class _Names:
    """What the ids in the facts of events stand for."""

    departments: Mapping[int, str]
    authorities: Mapping[int, str]
    others: Mapping[int, str]
    answers: Mapping[int, Answer]

    def of(self, event: RequestEvent) -> dict[str, Any]:
        """The placeholders of the titles."""
        facts = event.facts
        answer = self.answers.get(facts.get("answer", 0))
        return {
            "department": self.departments.get(event.department_id or 0, ""),
            "authority": self.authorities.get(facts.get("authority", 0), ""),
            "other": next((self.others.get(facts[fact], "") for fact in _OTHERS if fact in facts), ""),
            "outcome": Outcome(answer.outcome).label if answer and answer.outcome else "",
            "date": ui.short_date(answer.promised_on) if answer else "",
            "score": facts.get("score", ""),
        }


def _events(request: ServiceRequest) -> list[RequestEvent]:
    events = request.events.select_related("actor", "department", "note").prefetch_related("note__attachments")
    return list(events.order_by("-version"))


def _names(request: ServiceRequest, events: list[RequestEvent]) -> _Names:
    authorities = {event.facts["authority"] for event in events if "authority" in event.facts}
    others = {event.facts[fact] for event in events for fact in _OTHERS if fact in event.facts}
    answers = request.answers.exclude(state=AnswerState.DRAFT).prefetch_related("attachments")
    return _Names(
        departments={event.department.pk: event.department.name for event in events if event.department},
        authorities=dict(Authority.objects.filter(pk__in=authorities).values_list("pk", "name")) if authorities else {},
        others=dict(ServiceRequest.objects.filter(pk__in=others).values_list("pk", "number")) if others else {},
        answers={answer.pk: answer for answer in answers},
    )


def _replaced_answers(answers: Mapping[int, Answer]) -> dict[int, Answer]:
    approved = sorted((a for a in answers.values() if a.state == AnswerState.APPROVED), key=lambda a: a.pk)
    return {answer.pk: answer for answer in approved[:-1]}


def _public_entry(event: RequestEvent, names: _Names, replaced: Mapping[int, Answer]) -> Entry:
    title = str(_PUBLIC_TITLES[event.verb]) % names.of(event)
    answer = replaced.get(event.facts.get("answer", 0))
    if answer is not None:
        return Entry(event.at, title, answer.text, tuple(answer.attachments.all()), verb=event.verb)
    note = event.note if _is_public(event) else None
    return Entry(event.at, title, note.text if note else "", _files(note), verb=event.verb)


def _is_public(event: RequestEvent) -> bool:
    if event.verb == Verb.REOPEN:
        return event.actor_kind == ActorKind.APPLICANT
    return event.verb in _PUBLIC_TEXTS


def _staff_entry(event: RequestEvent, names: _Names) -> Entry:
    words = _LET_GO if "left" in event.facts else _STAFF_TITLES.get(event.verb, event.get_verb_display())
    title = str(words) % names.of(event)
    text = event.note.text if event.note else ""
    return Entry(event.at, title, text, _files(event.note), who=_who(event), verb=event.verb)


def _who(event: RequestEvent) -> str:
    return event.actor.full_name if event.actor else event.get_actor_kind_display()


def _files(note: Note | None) -> tuple[Attachment, ...]:
    return tuple(note.attachments.all()) if note else ()


def _without_repeated_drafts(events: Iterable[RequestEvent]) -> Iterator[RequestEvent]:
    newer: RequestEvent | None = None
    for event in events:
        if not (newer and event.verb == newer.verb == Verb.DRAFT_ANSWER and event.actor_id == newer.actor_id):
            yield event
        newer = event
