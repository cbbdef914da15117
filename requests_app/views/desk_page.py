"""Everything the page of one request shows, gathered with a bounded number of queries."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings

from notifications.services.rendering import Preview
from requests_app import policies, presentation
from requests_app.forms import desk as forms
from requests_app.models import Answer, AnswerState, Applicant, Authority, ServiceRequest, StandardReply
from requests_app.presentation import Entry
from requests_app.questions import answers_of
from requests_app.services.answers import message_of
from requests_app.services.telling import preview
from requests_app.services.unanswered import reply_until
from requests_app.views.desk_access import Desk
from requests_app.views.shown import shown_contact, shown_files, shown_notes
from requests_app.vocabulary import PUBLIC_NOTES, NoteKind
from requests_app.workflow import Verb

Context = dict[str, Any]

# The forms of the page: each is offered while its verb is.
OFFERED: dict[str, tuple[type[forms.VersionForm], Verb]] = {
    "accept": (forms.VersionForm, Verb.ACCEPT),
    "resume": (forms.VersionForm, Verb.RESUME),
    "answer": (forms.AnswerForm, Verb.DRAFT_ANSWER),
    "ask": (forms.QuestionForm, Verb.ASK),
    "return": (forms.ReturnForm, Verb.RETURN_TO_TRIAGE),
    "extend": (forms.ExtendForm, Verb.EXTEND),
    "note": (forms.NoteForm, Verb.ADD_NOTE),
}
MAP_ZOOM = 15


@dataclass(frozen=True, slots=True)
class Refusal:
    """A form that was refused, by its place on the page; ``files_lost``: its files have to be chosen again."""

    name: str
    form: forms.VersionForm
    files_lost: bool = False

    @property
    def typed(self) -> list[str]:
        """The texts that were typed into it."""
        values = (self.form.data.get(name, "") for name in ("text", "question", "reason"))
        return [text for text in values if text.strip()]


def context_of(
    desk: Desk, item: ServiceRequest, *, refusal: Refusal | None = None, revealed: Applicant | None = None
) -> Context:
    """The page of ``item`` for this desk, with a refused form in place or with contact details just revealed."""
    timeline = presentation.staff_timeline(item)
    return {
        "item": item,
        "department_name": item.department.label if item.department else "",
        "timeline": timeline,
        "contact": shown_contact(revealed or item.applicant, whole=revealed is not None),
        **_story(item),
        **_doing(desk, item, refusal),
        **_answers(item, timeline),
        "sms": sms_of(item, *_chosen(item, refusal)),
    }


def sms_of(item: ServiceRequest, outcome: str, promised_on: date | None, authority: Authority | None) -> Preview | None:
    """The SMS that approving an answer of this outcome would send; None where nothing can be sent yet."""
    event, context = message_of(outcome, promised_on, authority)
    return preview(item, event, **context) if all(context.values()) else None


def _story(item: ServiceRequest) -> Context:
    told = shown_notes(item, *PUBLIC_NOTES, NoteKind.INTERNAL)
    return {
        "due": presentation.due(item),
        "place": presentation.place_of(item),
        "extra_answers": answers_of(item),
        "sent_by_router": presentation.sent_by_router(item),
        "merged_count": item.merged.count(),
        "photos": shown_files(item.attachments.filter(answer=None, note=None)),
        "conversation": [each for each in told if each.note.kind in PUBLIC_NOTES],
        "internal_notes": [each for each in told if each.note.kind == NoteKind.INTERNAL],
        "tile_url": settings.MAP_TILE_URL,
        "tile_attribution": settings.MAP_TILE_ATTRIBUTION,
        "map_zoom": MAP_ZOOM,
    }


def _doing(desk: Desk, item: ServiceRequest, refusal: Refusal | None) -> Context:
    verbs = policies.verbs_for(desk.actor, item)
    offered = {name: _blank(name, kind, item) for name, (kind, verb) in OFFERED.items() if verb in verbs}
    if item.applicant_id and desk.user.has_perm("requests_app.reveal_contact"):
        offered["reveal"] = _blank("reveal", forms.RevealForm, item)
    if refusal and refusal.name in offered:
        offered[refusal.name] = refusal.form
    if isinstance(form := offered.get("answer"), forms.AnswerForm):
        form.offer(StandardReply.objects.fitting(item.category_id))
    return {
        "forms": offered,
        "form": refusal.form if refusal else None,  # for the error summary and the title
        "unsent": refusal.typed if refusal and refusal.name not in offered else [],
        "files_lost": bool(refusal and refusal.files_lost),
        "is_head": desk.is_head_for(item),
        "may_submit": Verb.SUBMIT_ANSWER in verbs,
        "question_sms": preview(item, "request_question", date=reply_until(item)) if "ask" in offered else None,
    }


def _blank(name: str, kind: type[forms.VersionForm], item: ServiceRequest) -> forms.VersionForm:
    initial: Context = {"version": item.version}
    draft = _draft_of(item) if kind is forms.AnswerForm else None
    if draft is not None:
        initial |= {name: getattr(draft, name) for name in ("outcome", "text", "promised_on", "authority")}
    return kind(initial=initial, auto_id=f"{name}_%s")


def _draft_of(item: ServiceRequest) -> Answer | None:
    return next((answer for answer in item.answers.all() if answer.state == AnswerState.DRAFT), None)


def _answers(item: ServiceRequest, timeline: list[Entry]) -> Context:
    draft = _draft_of(item)
    sent = [answer for answer in item.answers.all() if answer.state in (AnswerState.SUBMITTED, AnswerState.APPROVED)]
    return {
        "draft": draft,
        "draft_files": shown_files(draft.attachments.all()) if draft else [],
        "draft_saved": _latest(timeline, Verb.DRAFT_ANSWER) if draft else None,
        "returned": _return_of(timeline) if draft else None,
        "sent": [(answer, shown_files(answer.attachments.all())) for answer in sent],
        "feedback": item.feedback.order_by("-closing").first() if item.closed_at else None,
        "has_phone": bool(item.applicant and item.applicant.phone),
    }


def _chosen(item: ServiceRequest, refusal: Refusal | None) -> tuple[str, date | None, Authority | None]:
    """Outcome, promised date and authority as they stand in the form: what was sent, else the draft's."""
    if refusal is not None and refusal.name == "answer":
        sent = refusal.form.cleaned_data
        return sent.get("outcome", ""), sent.get("promised_on"), sent.get("authority")
    draft = _draft_of(item)
    return (draft.outcome, draft.promised_on, draft.authority) if draft else ("", None, None)


def _latest(timeline: list[Entry], *verbs: Verb) -> Entry | None:
    return next((entry for entry in timeline if entry.verb in verbs), None)


def _return_of(timeline: list[Entry]) -> Entry | None:
    """Why public relations sent the last answer back, unless another one has been sent since."""
    last = _latest(timeline, Verb.RETURN_ANSWER, Verb.SUBMIT_ANSWER)
    return last if last and last.verb == Verb.RETURN_ANSWER else None
