"""Everything that changes something by being sent, tried by everybody: only the right hands change anything.

Each act is sent with data that are good, which its right hands prove, so a refusal is about the person.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import Sum
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from departments.models import Delegation
from departments.services import organisation
from notifications.models import Campaign, CampaignEvent, MessageTemplate, OneTimeCode, OptOut, OwnPhone, QuotaYear
from notifications.services.campaigns import approval
from requests_app.actors import Actor
from requests_app.models import Answer, Attachment, ContactReveal, Feedback, Note, RequestEvent, ServiceRequest
from requests_app.services import applicant, conversation, triage
from requests_app.vocabulary import Kind
from tests import factories
from tests.access import (
    ADMINISTRATOR,
    APPLICANT,
    KEEPERS,
    NOBODY,
    OPEN,
    PERSONAS,
    RELATIONS,
    REVIEW,
    ROADS,
    TRIAGE,
    Cast,
    make_campaign,
    make_cast,
    outcome,
)

pytestmark = pytest.mark.django_db

HEAD = frozenset({"head_a"})
WORDS = "Yerinde bakıldı, yarın bitecek."

# --- Requests to act on --------------------------------------------------------------------------

Make = Callable[..., ServiceRequest]


def received(cast: Cast, **changes: Any) -> ServiceRequest:
    """Waiting for triage."""
    return factories.submit(cast.town, secret=cast.secret, **changes)


def nameless(cast: Cast) -> ServiceRequest:
    """Without a phone, so that its link is all that can be proved."""
    return received(cast, contact=None)


def withdrawn(cast: Cast) -> ServiceRequest:
    """Withdrawn, and without a phone."""
    request = nameless(cast)
    return applicant.withdraw(request_id=request.pk, actor=Actor.applicant(request.pk))


def _later(make: Make) -> Make:
    return lambda cast, **changes: make(cast.town, cast.people, secret=cast.secret, **changes)


routed, in_progress = _later(factories.routed), _later(factories.in_progress)
answered, closed = _later(factories.answered), _later(factories.closed)


def information(cast: Cast) -> ServiceRequest:
    """An information request in progress."""
    return in_progress(cast, kind=Kind.INFORMATION)


def waiting(cast: Cast) -> ServiceRequest:
    """A request whose applicant was asked something."""
    request = in_progress(cast)
    return conversation.ask(request_id=request.pk, question=WORDS, actor=Actor.staff(cast.people.head_a))


def rejected(cast: Cast) -> ServiceRequest:
    """A request that was not taken up."""
    request = received(cast)
    return triage.reject(request_id=request.pk, reason=WORDS, actor=Actor.staff(cast.people.clerk))


# --- Acts ----------------------------------------------------------------------------------------


Data = Callable[[Cast, ServiceRequest], dict[str, Any]]


def _nothing(cast: Cast, request: ServiceRequest) -> dict[str, Any]:
    return {}


def _words(name: str) -> Data:
    return lambda cast, request: {name: WORDS}


def _answer(cast: Cast, request: ServiceRequest) -> dict[str, Any]:
    return {"outcome": "resolved", "text": WORDS}


@dataclass(frozen=True)
class Act:
    """Something that is sent: to which address, about which request, with what, and by whom alone."""

    name: str
    arguments: tuple[str, ...]
    make: Make
    who: frozenset[str]
    data: Data = _nothing

    def __str__(self) -> str:
        return " ".join((self.name, *self.arguments))

    def send(self, client: Client, cast: Cast, request: ServiceRequest) -> str:
        """Send it and say what came of it."""
        values = {"number": request.number, "pk": request.pk}
        path = reverse(self.name, args=[values.get(each, each) for each in self.arguments])
        data = {"version": request.version, **self.data(cast, request)}
        return outcome(self.name, client.post(path, data))


def _to_call(cast: Cast, request: ServiceRequest) -> dict[str, Any]:
    return {"version": request.version, "reason": "call"}


def _at_desk(verb: str, make: Make, who: frozenset[str] = ROADS, data: Data = _nothing) -> Act:
    return Act("desk:act", ("number", verb), make, who, data)


DESK = [
    _at_desk("accept", routed),
    _at_desk("return_to_triage", routed, data=_words("reason")),
    _at_desk("ask", in_progress, data=_words("question")),
    _at_desk("resume", waiting),
    _at_desk("extend", information, HEAD, _words("reason")),
    _at_desk("add_note", in_progress, data=_words("text")),
    _at_desk("draft_answer", in_progress, data=_answer),
    _at_desk("submit_answer", in_progress, HEAD, _answer),
    Act("desk:reveal", ("number",), in_progress, NOBODY, _to_call),
]


def _to_roads(cast: Cast, request: ServiceRequest) -> dict[str, Any]:
    return {"department": cast.town.roads.pk}


def _to_parks(cast: Cast, request: ServiceRequest) -> dict[str, Any]:
    return {"department": cast.town.parks.pk, "reason": WORDS}


def _to_water_board(cast: Cast, request: ServiceRequest) -> dict[str, Any]:
    return {"authority": cast.town.water_board.pk}


def _into_other(cast: Cast, request: ServiceRequest) -> dict[str, Any]:
    return {"into_number": cast.other_request.number, "confirmed": "1"}


def _as_suggestion(cast: Cast, request: ServiceRequest) -> dict[str, Any]:
    return {"kind": Kind.SUGGESTION}


DECISIONS: dict[str, tuple[Make, frozenset[str], Data]] = {
    "route": (received, TRIAGE, _to_roads),
    "reroute": (routed, TRIAGE, _to_parks),
    "ask": (received, TRIAGE, _words("question")),
    "resume": (waiting, TRIAGE, _nothing),
    "reject": (received, TRIAGE, _words("reason")),
    "forward": (received, TRIAGE, _to_water_board),
    "merge": (received, TRIAGE, _into_other),
    "restore": (rejected, TRIAGE, _nothing),
    "reclassify": (received, TRIAGE, _as_suggestion),
    "note": (received, TRIAGE | {"agent"}, _words("text")),
    "extend": (information, TRIAGE, _words("reason")),
    "approve": (answered, REVIEW, _nothing),
    "return": (answered, REVIEW, _words("reason")),
    "reopen": (closed, REVIEW, _words("reason")),
}
# The same decisions stand on the pages of three lists, each for who works on that list.
LISTS = {"servicerequest": RELATIONS, "triagerequest": TRIAGE, "reviewrequest": REVIEW}

ADMINISTRATION = [
    Act(f"admin:requests_app_{where}_decide", ("pk", decision), make, who & at_list, data)
    for where, at_list in LISTS.items()
    for decision, (make, who, data) in DECISIONS.items()
] + [
    Act(f"admin:requests_app_{where}_reveal", ("pk",), received, at_list, _to_call) for where, at_list in LISTS.items()
]

PORTAL = [
    Act("portal:request_add", ("number",), received, APPLICANT, _words("text")),
    Act("portal:request_withdraw", ("number",), nameless, APPLICANT),
    Act("portal:request_restore", ("number",), withdrawn, APPLICANT),
    Act("portal:request_reopen", ("number",), closed, APPLICANT, _words("reason")),
    Act("portal:request_rate", ("number",), closed, APPLICANT, lambda cast, request: {"solved": "yes", "score": "5"}),
    Act("portal:request_contact", ("number",), received, APPLICANT, lambda cast, request: {"send": "1"}),
]


def _bulk(cast: Cast, request: ServiceRequest) -> dict[str, Any]:
    chosen = {"_selected_action": request.pk, f"version_{request.pk}": request.version}
    return {"action": "route_selected", "confirmed": "1", "department": cast.town.roads.pk, **chosen}


_READ_ALOUD = {"disclosure": "on", "disclosure_version": "tr-1"}


def _entry(cast: Cast, request: ServiceRequest) -> dict[str, Any]:
    about = {"key": "0d7c1d2e-58f5-4b61-a2b8-3f0f3f1f3a11", "channel": "call_centre", "language": "tr"}
    return {**about, "phone": "0500 000 00 03", "name": "Veli Arayan", "description": WORDS, **_READ_ALOUD}


def _delegate(cast: Cast, request: ServiceRequest) -> dict[str, Any]:
    tomorrow = timezone.localdate() + timedelta(days=1)
    people = {"department": cast.town.roads.pk, "delegate": cast.people.staff_a.pk}
    return {**people, "starts_on": tomorrow, "ends_on": tomorrow}


OTHERS = [
    Act("admin:requests_app_triagerequest_changelist", (), received, TRIAGE, _bulk),
    Act("admin:requests_app_servicerequest_entry", (), received, RELATIONS, _entry),
    Act("desk:delegate", (), in_progress, HEAD, _delegate),
]

COUNTED = (Answer, Attachment, ContactReveal, Delegation, Feedback, Note, OneTimeCode, RequestEvent, ServiceRequest)


def footprint() -> tuple[int, ...]:
    """What every act leaves a trace in."""
    versions = ServiceRequest.objects.aggregate(total=Sum("version"))["total"]
    return (versions, *(model.objects.count() for model in COUNTED))


@pytest.fixture
def cast(town: factories.Town, people: factories.People) -> Cast:
    """Everybody."""
    return make_cast(town, people)


@pytest.mark.parametrize("act", [*DESK, *ADMINISTRATION, *PORTAL, *OTHERS], ids=str)
def test_only_the_right_hands_change_anything(act: Act, cast: Cast) -> None:
    request = act.make(cast)
    before = footprint()
    for persona in PERSONAS:
        client = cast.browser_of(persona)
        with transaction.atomic():
            found = act.send(client, cast, request)
            changed = footprint() != before
            transaction.set_rollback(True)
        assert (found == OPEN, changed) == (persona in act.who, persona in act.who), f"{persona}: {found}"


def test_only_the_head_ends_a_delegation(cast: Cast) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    where = {"department": cast.town.roads, "delegate": cast.people.staff_a}
    named = organisation.name_delegate(actor=cast.people.head_a, **where, starts_on=tomorrow, ends_on=tomorrow)
    for persona in PERSONAS:
        with transaction.atomic():
            cast.browser_of(persona).post(reverse("desk:revoke", args=[named.pk]))
            named.refresh_from_db()
            transaction.set_rollback(True)
        assert (named.revoked_at is not None) == (persona in HEAD), persona


@pytest.mark.parametrize("action", ["disable", "reset-second-step"])
def test_only_the_administrator_acts_on_accounts(action: str, cast: Cast) -> None:
    path = reverse("admin:accounts_user_act", args=[cast.people.stranger.pk, action])
    opened = {persona for persona in PERSONAS if _opens("admin:accounts_user_act", path, cast, persona)}
    assert opened == ADMINISTRATOR
    assert User.objects.get(pk=cast.people.stranger.pk).is_active == (action != "disable")


def _upload(campaign: Campaign) -> dict[str, Any]:
    file = SimpleUploadedFile("liste.csv", b"Telefon\n05000000042\n")
    return {"upload": "1", "version": campaign.version, "file": file}


def _draft(campaign: Campaign) -> dict[str, Any]:
    return {
        "version": campaign.version,
        "name": "Su",
        "purpose": "public",
        "audience": "consents",
        "body_tr": "Su yok.",
    }


def _decision(campaign: Campaign) -> dict[str, Any]:
    return {"version": campaign.version, "reason": WORDS}


# What can be done about a draft that the specialist wrote, or, for the last two, that waits for approval.
ANNOUNCEMENT_ACTS: dict[str, tuple[str, tuple[str, ...], frozenset[str], Callable[[Campaign], dict[str, Any]]]] = {
    "add": ("add", (), REVIEW, _draft),
    "edit": ("edit", (), REVIEW, _draft),
    "upload": ("receivers", (), REVIEW, _upload),
    "phone": ("phone", (), REVIEW, lambda campaign: {"phone": "0500 000 00 99"}),
    "test": ("test", (), REVIEW, lambda campaign: {}),
    "submit": ("decide", ("submit",), REVIEW, _decision),
    "cancel": ("decide", ("cancel",), REVIEW, _decision),
    "return": ("decide", ("return",), REVIEW, _decision),
    "approve": ("decide", ("approve",), frozenset({"manager"}), _decision),
}


def _traces() -> tuple[Any, ...]:
    return (
        Campaign.objects.count(),
        CampaignEvent.objects.count(),
        OneTimeCode.objects.count(),
        OptOut.objects.count(),
        *QuotaYear.objects.values(),
    )


@pytest.mark.parametrize("act", ANNOUNCEMENT_ACTS)
def test_only_public_relations_touches_announcements(act: str, cast: Cast) -> None:
    page, extra, who, data = ANNOUNCEMENT_ACTS[act]
    campaign = make_campaign(cast.people.specialist)
    OwnPhone.objects.bulk_create(OwnPhone(user=user, phone="+905000000099") for user in User.objects.all())
    if act in ("return", "approve"):
        author = cast.people.specialist
        campaign = approval.submit(actor=author, campaign_id=campaign.pk, expected_version=campaign.version)
    arguments = [*([] if act == "add" else [campaign.pk]), *extra]
    path = reverse(f"admin:notifications_campaign_{page}", args=arguments)
    assert _who_leaves_a_trace(path, lambda: data(campaign), cast) == who


def test_only_who_may_keeps_announcements_from_a_phone(cast: Cast) -> None:
    path = reverse("admin:notifications_optout_add")
    assert _who_leaves_a_trace(path, lambda: {"phone": "0500 000 00 66"}, cast) == REVIEW | {"agent"}


def test_only_the_manager_changes_the_quota(cast: Cast) -> None:
    year = QuotaYear.objects.create(year=2026, limit=1_000)
    path = reverse("admin:notifications_quotayear_change", args=[year.pk])
    assert _who_leaves_a_trace(path, lambda: {"limit": "2000"}, cast) == {"manager"}


def _who_leaves_a_trace(path: str, data: Callable[[], dict[str, Any]], cast: Cast) -> set[str]:
    before, found = _traces(), set()
    for persona in PERSONAS:
        with transaction.atomic():
            cast.browser_of(persona).post(path, data())
            if _traces() != before:
                found.add(persona)
            transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("page", ["revise", "preview"])
def test_only_its_keepers_word_a_message(page: str, cast: Cast) -> None:
    path = reverse(f"admin:notifications_{page}", args=[MessageTemplate.objects.order_by("pk")[0].pk])
    assert {persona for persona in PERSONAS if _opens(f"admin:notifications_{page}", path, cast, persona)} == KEEPERS


def _opens(key: str, path: str, cast: Cast, persona: str) -> bool:
    return outcome(key, cast.browser_of(persona).post(path)) == OPEN
