"""What can be done on the page of a request: each verb with its form and its service."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms

from requests_app.actors import Actor
from requests_app.admin import second_look
from requests_app.forms import review as review_forms
from requests_app.forms import triage as triage_forms
from requests_app.models import RequestEvent, ServiceRequest
from requests_app.repeats import just_done
from requests_app.services import answers, applicant, conversation, department, triage
from requests_app.workflow import Verb


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing to do.

    ``text_field`` is the form's field for words, which standard replies are put into and ``key`` jumps to.
    ``second_look`` says what is shown on a page of its own before it is done; ``chose`` whether an event was
    the form's choice, where words alone do not tell.
    """

    verbs: frozenset[Verb]
    form: type[forms.Form]
    service: Callable[..., Any]
    text_field: str = ""
    key: str = ""
    is_versioned: bool = True
    second_look: Callable[[ServiceRequest, Actor, Any], Any] | None = None
    chose: Callable[[RequestEvent, Any], bool] | None = None

    def run(self, request_id: int, actor: Actor, form: Any) -> None:
        """Call the service with what ``form`` holds. Raises what the service raises."""
        arguments = {**(form.arguments() if hasattr(form, "arguments") else form.cleaned_data)}
        arguments.pop("version", None)
        if self.is_versioned:
            arguments["expected_version"] = form.cleaned_data["version"]
        self.service(request_id=request_id, actor=actor, **arguments)

    def was_just_done(self, request_id: int, actor: Actor, form: Any) -> bool:
        """Whether ``actor`` did this very thing a moment ago: the button was pressed twice."""
        values = form.cleaned_data
        event = just_done(
            request_id=request_id,
            verbs=self.verbs,
            actor=actor,
            seen=values["version"],
            words=values.get(self.text_field, ""),
        )
        return event is not None and (self.chose is None or self.chose(event, form))


def _this_department(event: RequestEvent, form: Any) -> bool:
    return bool(event.department_id == form.cleaned_data["department"].pk)


def _this_authority(event: RequestEvent, form: Any) -> bool:
    return bool(event.facts.get("authority") == form.cleaned_data["authority"].pk)


def _this_other_request(event: RequestEvent, form: Any) -> bool:
    other = ServiceRequest.objects.filter(pk=event.facts.get("into"))
    return bool(other.values_list("number", flat=True).first() == form.cleaned_data["into_number"])


def _these_corrections(event: RequestEvent, form: Any) -> bool:
    corrected = triage_forms.ReclassifyForm.initial_of(event.request)
    return corrected == {name: form.cleaned_data[name] for name in corrected}


def _one(verb: Verb, form: type[forms.Form], service: Callable[..., Any], **options: Any) -> Decision:
    return Decision(frozenset({verb}), form, service, **options)


# By the last part of the address; also the name of the form on the page.
DECISIONS: dict[str, Decision] = {
    "route": _one(Verb.ROUTE, triage_forms.RouteForm, triage.route, chose=_this_department),
    "reroute": _one(
        Verb.REROUTE, triage_forms.RerouteForm, triage.reroute, text_field="reason", chose=_this_department
    ),
    "ask": _one(Verb.ASK, triage_forms.QuestionForm, conversation.ask, text_field="question"),
    "resume": _one(Verb.RESUME, triage_forms.VersionForm, conversation.resume),
    "reject": _one(Verb.REJECT, triage_forms.RejectForm, triage.reject, text_field="reason"),
    "forward": _one(Verb.FORWARD, triage_forms.ForwardForm, triage.forward, text_field="reason", chose=_this_authority),
    "merge": _one(
        Verb.MERGE, triage_forms.MergeForm, triage.merge, second_look=second_look.of_merge, chose=_this_other_request
    ),
    "restore": _one(Verb.RESTORE, triage_forms.VersionForm, triage.restore),
    "reclassify": _one(Verb.RECLASSIFY, triage_forms.ReclassifyForm, triage.reclassify, chose=_these_corrections),
    "note": _one(
        Verb.ADD_NOTE, triage_forms.NoteForm, conversation.add_note, text_field="text", key="n", is_versioned=False
    ),
    "extend": _one(Verb.EXTEND, triage_forms.ExtendForm, department.extend, text_field="reason"),
    "approve": Decision(
        frozenset({Verb.APPROVE_ANSWER, Verb.APPROVE_DATE, Verb.APPROVE_FORWARDING}),
        review_forms.ApproveForm,
        answers.approve,
    ),
    "return": _one(
        Verb.RETURN_ANSWER, review_forms.ReturnAnswerForm, answers.return_answer, text_field="reason", key="r"
    ),
    "reopen": _one(Verb.REOPEN, review_forms.ReopenForm, applicant.reopen, text_field="reason"),
}


def form_of(name: str, data: Any = None, **options: Any) -> Any:
    """The form of a decision; several stand on one page, so each has its own ids."""
    decision = DECISIONS[name]
    form = decision.form(data, auto_id=f"{name}_%s", **options)
    if decision.key:
        form.fields[decision.text_field].widget.attrs["data-key"] = decision.key
    return form


def with_reply(name: str, data: Any, body: str) -> Any:
    """What was typed into the decision's form, with a standard reply below it."""
    field = DECISIONS[name].text_field
    extended = data.copy()
    extended[field] = "\n\n".join(filter(None, (data.get(field, "").strip(), body)))
    return extended
