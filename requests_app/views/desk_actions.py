"""What can be done at the desk: each verb with its form, its service and what is said afterwards."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from requests_app.actors import Actor
from requests_app.forms import desk as forms
from requests_app.models import Answer, RequestEvent
from requests_app.services import answers, conversation, department
from requests_app.workflow import Verb

Form = Any
Run = Callable[[int, Actor, Form], object]

# A second press of a button comes within this time of the first.
PRESSED_TWICE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Action:
    """One verb. ``form_name`` is the form's place on the page; ``to_queue``: nothing is left to do there."""

    verb: Verb
    form_name: str
    form: type[forms.VersionForm]
    run: Run
    done: Promise
    to_queue: bool = False


def _accept(request_id: int, actor: Actor, form: Form) -> object:
    return department.accept(request_id=request_id, actor=actor, expected_version=form.cleaned_data["version"])


def _return(request_id: int, actor: Actor, form: Form) -> object:
    data = form.cleaned_data
    return department.return_to_triage(
        request_id=request_id, reason=data["reason"], actor=actor, expected_version=data["version"]
    )


def _extend(request_id: int, actor: Actor, form: Form) -> object:
    data = form.cleaned_data
    return department.extend(
        request_id=request_id, reason=data["reason"], actor=actor, expected_version=data["version"]
    )


def _ask(request_id: int, actor: Actor, form: Form) -> object:
    data = form.cleaned_data
    return conversation.ask(
        request_id=request_id, question=data["question"], actor=actor, expected_version=data["version"]
    )


def _resume(request_id: int, actor: Actor, form: Form) -> object:
    return conversation.resume(request_id=request_id, actor=actor, expected_version=form.cleaned_data["version"])


def _note(request_id: int, actor: Actor, form: Form) -> object:
    return conversation.add_note(request_id=request_id, text=form.cleaned_data["text"], actor=actor)


def _draft(request_id: int, actor: Actor, form: Form) -> object:
    return answers.save_draft(
        request_id=request_id,
        proposal=form.proposal(),
        actor=actor,
        expected_version=form.cleaned_data["version"],
    )


def _submit(request_id: int, actor: Actor, form: Form) -> object:
    return answers.submit(
        request_id=request_id,
        proposal=form.proposal(),
        actor=actor,
        expected_version=form.cleaned_data["version"],
    )


_ALL = (
    Action(Verb.ACCEPT, "accept", forms.VersionForm, _accept, _("You have accepted the application.")),
    Action(
        Verb.RETURN_TO_TRIAGE,
        "return",
        forms.ReturnForm,
        _return,
        _("The application went back to public relations."),
        to_queue=True,
    ),
    Action(
        Verb.ASK,
        "ask",
        forms.QuestionForm,
        _ask,
        _("The question was sent. The period stands still until the applicant replies."),
    ),
    Action(Verb.RESUME, "resume", forms.VersionForm, _resume, _("The work goes on and the period runs again.")),
    Action(Verb.EXTEND, "extend", forms.ExtendForm, _extend, _("The period was extended.")),
    Action(Verb.ADD_NOTE, "note", forms.NoteForm, _note, _("The note was added.")),
    Action(Verb.DRAFT_ANSWER, "answer", forms.AnswerForm, _draft, _("The draft was saved.")),
    Action(
        Verb.SUBMIT_ANSWER,
        "answer",
        forms.AnswerForm,
        _submit,
        _("The answer was sent for review. The applicant gets it when public relations approves it."),
        to_queue=True,
    ),
)

ACTIONS: dict[str, Action] = {action.verb: action for action in _ALL}


def was_done_already(number: str, action: Action, form: Form, user: User) -> bool:
    """Whether this very act of ``user`` has been done a moment ago: the button was pressed twice."""
    event = (
        RequestEvent.objects.select_related("note")
        .filter(request__number=number, verb=action.verb, actor=user, version=form.cleaned_data["version"] + 1)
        .filter(at__gte=timezone.now() - PRESSED_TWICE)
        .first()
    )
    return event is not None and _words_of(event) == _typed(form)


def _typed(form: Form) -> str:
    data = form.cleaned_data
    if "outcome" in data:
        return str(form.proposal().text)
    return str(data.get("reason") or data.get("question") or data.get("text") or "")


def _words_of(event: RequestEvent) -> str:
    if event.note is not None:
        return event.note.text
    return Answer.objects.filter(pk=event.facts.get("answer")).values_list("text", flat=True).first() or ""
