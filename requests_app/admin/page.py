"""Everything the page of one request shows. Each part is read when the page first asks for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import get_language

from accounts.models import User
from departments.models import Department
from departments.services.organisation import municipality
from notifications.models import Message, MessageTemplate
from notifications.services.rendering import Preview
from requests_app import presentation
from requests_app.actors import Actor
from requests_app.admin import suggestions
from requests_app.admin.decisions import DECISIONS, form_of
from requests_app.forms.triage import ReclassifyForm
from requests_app.models import Answer, AnswerState, Note, RequestEvent, ServiceRequest, StandardReply
from requests_app.policies import verbs_for
from requests_app.questions import answers_of
from requests_app.services.answers import message_of
from requests_app.services.telling import preview
from requests_app.views.shown import ShownContact, ShownFile, ShownNote, shown_contact, shown_files, shown_notes
from requests_app.vocabulary import PUBLIC_NOTES, NoteKind
from requests_app.workflow import Status, Verb

SHOWN_WITH_IT = (
    "category",
    "neighbourhood",
    "department",
    "suggested_department",
    "applicant",
    "entered_by",
    "authority",
    "merged_into",
)
MOST_EARLIER = 8
MOST_SIMILAR = 4


@dataclass(frozen=True, slots=True)
class Return:
    """A department said that the request is not theirs."""

    department: str
    who: str
    reason: str


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message to the applicant: what it says and what became of it."""

    title: str
    message: Message


class RequestPage:
    """One request for one reader. ``typed`` is the form that was refused, by the name of its decision."""

    def __init__(
        self, request: ServiceRequest, user: User, *, is_revealed: bool = False, typed: Mapping[str, Any] | None = None
    ) -> None:
        self.request = request
        self.user = user
        self.actor = Actor.staff(user)
        self.is_revealed = is_revealed
        self.typed = typed or {}

    # --- The application -------------------------------------------------------------------------

    @cached_property
    def due(self) -> presentation.Due:
        """How the clock stands."""
        return presentation.due(self.request)

    @cached_property
    def place(self) -> str:
        """Where it is, in words."""
        return presentation.place_of(self.request)

    @cached_property
    def extra_answers(self) -> list[tuple[str, str]]:
        """What the applicant answered to the category's questions."""
        return answers_of(self.request)

    @cached_property
    def sent_by_router(self) -> str:
        """By which rule the router sent it where it lies, if it did."""
        return presentation.sent_by_router(self.request)

    @cached_property
    def files(self) -> list[ShownFile]:
        """The applicant's photos and documents."""
        return shown_files(self.request.attachments.filter(answer=None, note=None))

    @cached_property
    def contact(self) -> ShownContact | None:
        """The applicant, masked unless the details were asked for."""
        return shown_contact(self.request.applicant, whole=self.is_revealed)

    @cached_property
    def may_reveal(self) -> bool:
        """Whether the reader may ask for the contact details."""
        return self.request.applicant is not None and self.user.has_perm("requests_app.reveal_contact")

    @cached_property
    def earlier(self) -> list[ServiceRequest]:
        """Other applications made with the same phone, newest first."""
        if self.request.applicant is None:
            return []
        found = ServiceRequest.objects.visible_to(self.user).of_phone(self.request.applicant.phone)
        return list(found.exclude(pk=self.request.pk).select_related("department").defer("search_text")[:MOST_EARLIER])

    @cached_property
    def similar(self) -> list[ServiceRequest]:
        """Open applications about the same category in the same neighbourhood, newest first."""
        subject, where = self.request.category_id, self.request.neighbourhood_id
        if subject is None or where is None:
            return []
        known = [self.request.pk, *(each.pk for each in self.earlier)]
        found = ServiceRequest.objects.visible_to(self.user).open().filter(category=subject, neighbourhood=where)
        return list(found.exclude(pk__in=known).select_related("department").order_by("-submitted_at")[:MOST_SIMILAR])

    @cached_property
    def map(self) -> dict[str, Any]:
        """What the map needs to know."""
        town = municipality()
        return {
            "lat": town.map_lat if town else None,
            "lng": town.map_lng if town else None,
            "zoom": town.map_zoom if town else 13,
            "tile_url": settings.MAP_TILE_URL,
            "tile_attribution": settings.MAP_TILE_ATTRIBUTION,
        }

    # --- What happened ---------------------------------------------------------------------------

    @cached_property
    def history(self) -> list[presentation.Entry]:
        """Everything that happened, newest first."""
        return presentation.staff_timeline(self.request)

    @cached_property
    def conversation(self) -> list[ShownNote]:
        """Our questions, the replies, and what the applicant added unasked."""
        return shown_notes(self.request, *PUBLIC_NOTES)

    @cached_property
    def notes(self) -> QuerySet[Note]:
        """Internal notes, newest first."""
        return self.request.notes.filter(kind=NoteKind.INTERNAL).select_related("author").order_by("-created_at", "-pk")

    @cached_property
    def messages(self) -> list[SentMessage]:
        """What the applicant was told by message; nothing for readers who may not see messages."""
        titles = MessageTemplate.objects.all().titles(get_language() or settings.LANGUAGE_CODE)
        sent = Message.objects.visible_to(self.user).for_reference(f"request:{self.request.number}")
        return [SentMessage(titles.get(message.event, message.event), message) for message in sent]

    @cached_property
    def returned(self) -> Return | None:
        """Why the last department sent it back, while that still has to be dealt with."""
        event = self._last_return
        if event is None or self.request.status != Status.RECEIVED:
            return None
        name = Department.objects.filter(pk=event.facts.get("before")).values_list("name", flat=True).first()
        return Return(name or "", event.actor.full_name if event.actor else "", event.note.text if event.note else "")

    @cached_property
    def _last_return(self) -> RequestEvent | None:
        found = self.request.events.filter(verb=Verb.RETURN_TO_TRIAGE).select_related("actor", "note")
        return found.order_by("-version").first()

    # --- What can be done ------------------------------------------------------------------------

    @cached_property
    def verbs(self) -> frozenset[Verb]:
        """What the reader may do now."""
        return verbs_for(self.actor, self.request)

    @cached_property
    def forms(self) -> dict[str, Any]:
        """A form for each thing that may be done, by its name; a refused one as it was typed."""
        offered = {name for name, decision in DECISIONS.items() if decision.verbs & self.verbs}
        return {name: self.typed.get(name) or form_of(name, initial=self._initial(name)) for name in offered}

    def _initial(self, name: str) -> dict[str, Any]:
        return ReclassifyForm.initial_of(self.request) if name == "reclassify" else {}

    @cached_property
    def lost_texts(self) -> list[str]:
        """Words that were typed into a form which is not offered any more."""
        lost = {name: form for name, form in self.typed.items() if name not in self.forms and name in DECISIONS}
        texts = [form.data.get(DECISIONS[name].text_field, "") for name, form in lost.items()]
        return [text for text in texts if text.strip()]

    @cached_property
    def departments(self) -> list[Department]:
        """Where it could be sent."""
        return list(Department.objects.taking_requests())

    @cached_property
    def staffed(self) -> frozenset[int]:
        """The departments (ids) where somebody would see what is sent."""
        return frozenset(Department.objects.staffed().values_list("pk", flat=True))

    @cached_property
    def offers(self) -> list[suggestions.Offer]:
        """The router's suggestions."""
        returned_by = self._last_return.facts.get("before") if self._last_return else None
        return suggestions.offers_for(
            self.request,
            self._suggested,
            open_departments=self.departments,
            staffed=self.staffed,
            returned_by=returned_by,
        )

    @cached_property
    def gap(self) -> str:
        """Why the router has no department for the category, where it has none."""
        return suggestions.gap_in(self._suggested, open_departments=self.departments)

    @cached_property
    def _suggested(self) -> suggestions.Found:
        return suggestions.newest(self.request)

    @cached_property
    def replies(self) -> list[Any]:
        """Standard texts for this category or for all, in groups."""
        return presentation.replies_by_outcome(StandardReply.objects.fitting(self.request.category_id))

    # --- The answer ------------------------------------------------------------------------------

    @cached_property
    def answer(self) -> Answer | None:
        """The answer under review, else the last one that was approved."""
        answers = self.request.answers.select_related("department", "authority", "submitted_by", "reviewed_by")
        shown = answers.filter(state__in=[AnswerState.SUBMITTED, AnswerState.APPROVED]).order_by("-submitted_at")
        return shown.first()

    @cached_property
    def merged_count(self) -> int:
        """How many other applicants get the answer as well."""
        return self.request.merged.count()

    @cached_property
    def answer_files(self) -> list[ShownFile]:
        """The answer's photos and documents."""
        return shown_files(self.answer.attachments.all()) if self.answer else []

    @cached_property
    def is_own_answer(self) -> bool:
        """Whether the reader sent the answer and therefore cannot review it."""
        return self.answer is not None and self.answer.submitted_by_id == self.user.pk

    @cached_property
    def sms(self) -> Preview | None:
        """The message that approval would send."""
        if self.answer is None:
            return None
        event, context = message_of(self.answer.outcome, self.answer.promised_on, self.answer.authority)
        return preview(self.request, event, **context)
