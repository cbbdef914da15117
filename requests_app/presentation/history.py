"""What happened, entry by entry: once for the applicant, once for the staff."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from common.templatetags import ui
from requests_app.models import Answer, AnswerState, Attachment, Authority, RequestEvent, ServiceRequest
from requests_app.vocabulary import ActorKind, Outcome
from requests_app.workflow import Verb


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a time line. ``who`` is empty for the applicant's eyes; ``verb`` is for tests and icons.
    ``is_ours`` says that staff wrote the text, which is Turkish whatever the language of the page.
    """

    at: datetime
    title: str
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    who: str = ""
    verb: str = ""
    is_ours: bool = False


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

    Several savings of a draft by one person in a row are one entry. Files are left out: they stand with the
    questions and replies.
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
        return Entry(event.at, title, answer.text, tuple(answer.attachments.all()), verb=event.verb, is_ours=True)
    note = event.note if _is_public(event) else None
    if note is None:
        return Entry(event.at, title, verb=event.verb)
    files, is_ours = tuple(note.attachments.all()), note.author_id is not None
    return Entry(event.at, title, note.text, files, verb=event.verb, is_ours=is_ours)


def _is_public(event: RequestEvent) -> bool:
    if event.verb == Verb.REOPEN:
        return event.actor_kind == ActorKind.APPLICANT
    return event.verb in _PUBLIC_TEXTS


def _staff_entry(event: RequestEvent, names: _Names) -> Entry:
    words = _LET_GO if "left" in event.facts else _STAFF_TITLES.get(event.verb, event.get_verb_display())
    title = str(words) % names.of(event)
    text = event.note.text if event.note else ""
    return Entry(event.at, title, text, who=_who(event), verb=event.verb)


def _who(event: RequestEvent) -> str:
    return event.actor.full_name if event.actor else event.get_actor_kind_display()


def _without_repeated_drafts(events: Iterable[RequestEvent]) -> Iterator[RequestEvent]:
    newer: RequestEvent | None = None
    for event in events:
        if not (newer and event.verb == newer.verb == Verb.DRAFT_ANSWER and event.actor_id == newer.actor_id):
            yield event
        newer = event
