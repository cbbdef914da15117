"""Whether somebody did the very same thing a moment ago: a button pressed twice, a form sent again."""

from collections.abc import Collection
from datetime import timedelta

from django.utils import timezone

from requests_app.actors import Actor
from requests_app.models import Answer, RequestEvent
from requests_app.workflow import Verb

# A second press of a button comes within this time of the first.
PRESSED_TWICE = timedelta(minutes=2)

# What these wrote is the answer itself, not a note beside it.
_WRITES_ANSWER = frozenset({Verb.DRAFT_ANSWER, Verb.SUBMIT_ANSWER})


def just_done(
    *, request_id: int, verbs: Collection[Verb], actor: Actor, seen: int, words: str = ""
) -> RequestEvent | None:
    """The first change after version ``seen``, if it was one of ``verbs`` by ``actor`` with these words a moment ago.

    What else was chosen is for the caller to compare. At most two queries.
    """
    found = RequestEvent.objects.select_related("note").filter(
        request_id=request_id,
        verb__in=verbs,
        actor_kind=actor.kind,
        actor=actor.user,
        version=seen + 1,
        at__gte=timezone.now() - PRESSED_TWICE,
    )
    event = found.first()
    return event if event is not None and _words_of(event) == words.strip() else None


def answer_of(event: RequestEvent) -> Answer | None:
    """The answer that ``event`` is about. One query."""
    return Answer.objects.filter(pk=event.facts.get("answer")).first()


def _words_of(event: RequestEvent) -> str:
    if event.verb in _WRITES_ANSWER:
        answer = answer_of(event)
        return answer.text if answer else ""
    return event.note.text if event.note else ""
