"""What the tests of access share: everybody's part, a browser for each, one row of everything."""

import io
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts.models import User
from common.secrets import new_secret
from departments.models import LegalText, Membership, Municipality
from departments.services import organisation, working_calendar
from notifications.gateways.notices import Arrived
from notifications.models import (
    Campaign,
    InboundNotice,
    LocalDelivery,
    Message,
    MessageTemplate,
    QuotaYear,
    Route,
    Topic,
)
from notifications.services import consents, notices
from notifications.services.campaigns import approval
from requests_app import files
from requests_app.actors import Actor
from requests_app.models import Attachment, ContactReveal, LegalPeriod, RoutingRule, ServiceRequest, StandardReply
from requests_app.services import applicant, contacts, conversation, intake
from tests import factories
from tests.factories import APPLICANT_PHONE, OTHER_PHONE, People, Town

# --- People --------------------------------------------------------------------------------------

STAFF_PERSONAS = (*(each.name for each in fields(People)), "manager")
PERSONAS = ("anonymous", "applicant", "other_applicant", *STAFF_PERSONAS)

LEFT_PHONE = "+905000000077"

EVERYBODY = frozenset(PERSONAS)
NOBODY = frozenset[str]()
VISITORS = frozenset({"anonymous", "applicant", "other_applicant"})
SIGNED_IN = EVERYBODY - VISITORS
APPLICANT = frozenset({"applicant"})
ADMINISTRATOR = frozenset({"administrator"})
MANAGER = frozenset({"manager"})
REVIEW = frozenset({"specialist", "manager"})
TRIAGE = REVIEW | {"clerk"}
RELATIONS = TRIAGE | {"agent"}
STAFF = RELATIONS | ADMINISTRATOR
ROADS = frozenset({"head_a", "staff_a"})
DEPARTMENTS = ROADS | {"head_b"}
KEEPERS = ADMINISTRATOR | MANAGER

# --- What an answer means ------------------------------------------------------------------------

OPEN, SIGN_IN, PROVE, FORBIDDEN, MISSING = "open", "sign in", "prove", "forbidden", "missing"
SEND_ONLY, REFUSED = "send only", "refused"
BY_STATUS = {403: FORBIDDEN, 404: MISSING, 405: SEND_ONLY, 409: REFUSED, 422: REFUSED}


def outcome(key: str, answer: HttpResponse) -> str:
    """What the person learns from the answer."""
    assert answer.status_code < 500, f"{key} broke: {answer.status_code}"
    policy = answer.headers.get("Content-Security-Policy", "")
    assert "default-src 'self'" in policy or "default-src 'none'" in policy, f"{key} lets foreign parts in"
    assert "unsafe" not in policy, f"{key} lets inline parts in"
    target = answer.headers.get("Location", "").partition("?")[0]
    if target == reverse("account_login") or (target == reverse("admin:login") and key.startswith("admin")):
        return SIGN_IN
    if target in (reverse("portal:track"), reverse("announcements:subscribe")):
        return PROVE
    if target == reverse("admin:index") and key == "admin:logout":
        return SIGN_IN
    if target == reverse("admin:index") and key.endswith("_history"):
        return MISSING
    return BY_STATUS.get(answer.status_code, OPEN)


# --- The world -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cast:
    """Everybody of the town. The applicant holds ``secret``, another applicant ``other_secret``."""

    town: Town
    people: People
    manager: User
    secret: str
    other_secret: str
    other_request: ServiceRequest

    def browser_of(self, persona: str) -> Client:
        """A browser in which the person is signed in; applicants have followed their own links."""
        client = Client()
        if persona in STAFF_PERSONAS:
            user = self.manager if persona == "manager" else getattr(self.people, persona)
            client.force_login(user, backend="accounts.backends.StaffBackend")
        elif persona != "anonymous":
            secret = self.secret if persona == "applicant" else self.other_secret
            client.get(reverse("portal:track_link", args=[secret]))
        return client


def make_cast(town: Town, people: People) -> Cast:
    """Write everybody into the database, and the other applicant's request, which waits for triage."""
    secret, other_secret = new_secret(), new_secret()
    other = intake.Contact(name="Ali Başka", phone=OTHER_PHONE)
    return Cast(
        town=town,
        people=people,
        manager=factories.make_user("manager", "Meral Yönet", "pr_manager"),
        secret=secret,
        other_secret=other_secret,
        other_request=factories.submit(town, secret=other_secret, contact=other),
    )


@dataclass(frozen=True)
class World:
    """The applicant's request, which roads has answered, and the pk of a row of each model by ``app/model``."""

    cast: Cast
    request: ServiceRequest
    rows: dict[str, Any]
    file_token: str

    def value(self, key: str, route: str, parameter: str) -> Any:
        """What stands in an address where its route has ``parameter``."""
        if "/entry/" in route:
            return self.rows["entered"]
        if parameter in ("object_id", "pk"):
            model = "/".join(route.split("/")[1:3]) if route.startswith("admin/") else key
            return self.rows.get(model, 1)
        return self._fixed_values()[parameter]

    def _fixed_values(self) -> dict[str, Any]:
        return {
            "number": self.request.number,
            "token": self.file_token,
            "secret": self.cast.other_secret,  # so that walking through every address proves nothing about ``request``
            "message_id": UUID(int=1),
            "step": "ne-oldu",
            "verb": "accept",
            "decision": "note",
            "action": "disable",
            "app_label": "requests_app",
            "year": 2026,
            "url": "nonsense/",
            "content_type_id": 1,
            "uidb36": "1",
            "key": "set-password",
        }


def make_world(cast: Cast) -> World:
    """Write a row of everything into the database."""
    request = factories.answered(cast.town, cast.people, secret=cast.secret)
    photo, actor = _photo(), Actor.applicant(request.pk)
    conversation.add_information(request_id=request.pk, text="Foto", files=[photo], actor=actor)
    request.refresh_from_db()
    rows = {
        **_rows_about_requests(cast),
        **_rows_of_organisation(cast),
        **_rows_of_configuration(cast.town),
        "requests_app/servicerequest": request.pk,
        "requests_app/reviewrequest": request.pk,
        "requests_app/triagerequest": cast.other_request.pk,
    }
    link = files.link_for(Attachment.objects.get())
    return World(cast=cast, request=request, rows=rows, file_token=link.strip("/").rpartition("/")[2])


def _photo() -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", (40, 30), "#00606B").save(content, "JPEG")
    return SimpleUploadedFile("foto.jpg", content.getvalue(), "image/jpeg")


def _rows_about_requests(cast: Cast) -> dict[str, Any]:
    town, people = cast.town, cast.people
    closed = factories.closed(town, people)
    told = applicant.rate(
        request_id=closed.pk, solved=True, score=5, comment="Sağ olun", actor=Actor.applicant(closed.pk)
    )
    contacts.reveal(request_id=closed.pk, reason="call", user=people.clerk)
    entered = intake.submit(
        application=factories.make_application(town),
        submission_key="entry:world",
        secret=new_secret(),
        actor=Actor.staff(people.agent),
    )
    return {
        "requests_app/contactreveal": ContactReveal.objects.get().pk,
        "requests_app/feedback": told.pk,
        "notifications/consent": consents.give(
            phone=APPLICANT_PHONE, text_version="1", source="portal", language="tr"
        ).pk,
        "notifications/message": Message.objects.order_by("created_at")[0].pk,
        "notifications/inboundnotice": _notice().pk,
        **_rows_of_announcements(people),
        "notifications/localdelivery": LocalDelivery.objects.create(to=APPLICANT_PHONE, text="Deneme").pk,
        "entered": entered.pk,
    }


def _notice() -> InboundNotice:
    notices.keep("verimor", [Arrived(InboundNotice.Kind.INBOUND, '{"source_addr":"905000000001"}')])
    return InboundNotice.objects.get()


def _rows_of_announcements(people: People) -> dict[str, Any]:
    consents.opt_out_for_owner(phone=LEFT_PHONE, actor=people.specialist)
    return {
        "notifications/campaign": make_campaign(people.specialist).pk,
        "notifications/optout": LEFT_PHONE,
        "notifications/quotayear": QuotaYear.objects.create(year=2026, limit=1_000).pk,
    }


def make_campaign(author: User) -> Campaign:
    """A draft for everybody who agreed to announcements."""
    bodies = {"tr": "Yarın su kesilecektir."}
    return approval.create(actor=author, name="Su kesintisi", bodies=bodies, purpose="public")


def _rows_of_organisation(cast: Cast) -> dict[str, Any]:
    people, tomorrow = cast.people, timezone.localdate() + timedelta(days=1)
    delegation = organisation.name_delegate(
        actor=people.head_a,
        department=cast.town.roads,
        delegate=people.staff_a,
        starts_on=tomorrow,
        ends_on=tomorrow,
    )
    day = working_calendar.set_calendar_day(
        actor=people.administrator, day=date(2026, 6, 1), kind="holiday", name="Yerel bayram"
    )
    return {
        "accounts/user": people.stranger.pk,
        "departments/municipality": Municipality.objects.get().pk,
        "departments/department": cast.town.roads.pk,
        "departments/membership": Membership.objects.filter(user=people.head_a)[0].pk,
        "departments/delegation": delegation.pk,
        "desk:revoke": delegation.pk,
        "departments/neighbourhood": cast.town.centre.pk,
        "departments/calendarday": day.pk,
        "departments/legaltext": LegalText.objects.order_by("pk")[0].pk,
    }


def _rows_of_configuration(town: Town) -> dict[str, Any]:
    rule = RoutingRule.objects.create(category=town.tree, neighbourhood=town.hill, department=town.roads)
    return {
        "notifications/messagetemplate": MessageTemplate.objects.order_by("pk")[0].pk,
        "notifications/route": Route.objects.get().pk,
        "notifications/topic": Topic.objects.create(code="spor", name="Spor").pk,
        "requests_app/category": town.pothole.pk,
        "requests_app/routingrule": rule.pk,
        "requests_app/legalperiod": LegalPeriod.objects.order_by("pk")[0].pk,
        "requests_app/standardreply": StandardReply.objects.get().pk,
        "requests_app/authority": town.water_board.pk,
    }
