"""What can be done at the desk: each verb with its form, its service and what is said afterwards."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from requests_app.actors import Actor
from requests_app.forms import desk as forms
from requests_app.models import RequestEvent, ServiceRequest
from requests_app.repeats import answer_of, just_done
from requests_app.services import answers, conversation, department
from requests_app.vocabulary import Outcome
from requests_app.workflow import Verb

Form = Any
Run = Callable[[int, Actor, Form], object]


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
        _("The question was sent. Meanwhile the period stands still."),
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


def was_done_already(number: str, action: Action, form: Form, actor: Actor) -> bool:
    """Whether this very act of ``actor`` has been done a moment ago: the button was pressed twice."""
    request_id = ServiceRequest.objects.filter(number=number).values_list("pk", flat=True).first()
    if request_id is None:
        return False
    seen = form.cleaned_data["version"]
    event = just_done(request_id=request_id, verbs=(action.verb,), actor=actor, seen=seen, words=_typed(form))
    return event is not None and ("outcome" not in form.cleaned_data or _is_same_answer(event, form))


def _typed(form: Form) -> str:
    data = form.cleaned_data
    if "outcome" in data:
        return str(form.proposal().text)
    return str(data.get("reason") or data.get("question") or data.get("text") or "")


def _is_same_answer(event: RequestEvent, form: Form) -> bool:
    answer, proposal = answer_of(event), form.proposal()
    promised_on = proposal.promised_on if proposal.outcome == Outcome.SCHEDULED else None
    return answer is not None and (answer.outcome, answer.promised_on) == (proposal.outcome, promised_on)
