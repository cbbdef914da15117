"""A small town with fixed values, and people who each play one part.

Built with the project's own services, so that a test starts from what production could hold.
"""

import uuid
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.contrib.auth.models import Group

from accounts.models import User
from accounts.roles import ROLES
from accounts.services import load_roles
from common.memo import forget_all
from common.secrets import new_secret
from departments.models import Department, LegalText, Membership, Municipality, Neighbourhood
from notifications.lanes import Lane
from notifications.models import MessageTemplate, Route
from requests_app.actors import Actor
from requests_app.models import Authority, Category, LegalPeriod, ServiceRequest, StandardReply
from requests_app.services import answers, department, intake, routing, triage
from requests_app.vocabulary import Channel, Kind, Outcome

PASSWORD = "mavi-kapı-42-anahtar"
LONG_AGO = date(2020, 1, 1)
APPLICANT_PHONE = "+905000000001"
OTHER_PHONE = "+905000000002"


def square(south: float, west: float, size: float = 0.01) -> dict[str, Any]:
    """A square of ``size`` degrees as a GeoJSON polygon, its south-west corner given."""
    north, east = south + size, west + size
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


@dataclass(frozen=True)
class Town:
    """Örnek: two departments, two neighbourhoods side by side, three categories."""

    roads: Department
    parks: Department
    centre: Neighbourhood
    hill: Neighbourhood
    pothole: Category
    tree: Category
    rubbish: Category
    water_board: Authority


@dataclass(frozen=True)
class People:
    """One person for each part; head_a and staff_a work for roads, head_b for parks."""

    clerk: User
    agent: User
    specialist: User
    administrator: User
    head_a: User
    staff_a: User
    head_b: User
    stranger: User


def make_town() -> Town:
    """Write the town into the database."""
    Route.objects.create(code="local", name="Benzetim", gateway="local", lanes=list(Lane), is_active=True)
    Municipality.objects.create(
        name="Örnek Belediyesi",
        short_name="Örnek Bld",
        province="Örnek",
        phone="0500 000 00 00",
        work_start=time(8, 30),
        work_end=time(17, 30),
        half_day_end=time(13),
        map_lat=39.01,
        map_lng=34.01,
    )
    roads = Department.objects.create(code="fen", name="Fen İşleri Müdürlüğü", valid_from=LONG_AGO)
    parks = Department.objects.create(code="park", name="Park ve Bahçeler Müdürlüğü", valid_from=LONG_AGO)
    centre = _neighbourhood("merkez", "Merkez", 39.0, 34.0)
    hill = _neighbourhood("ilik", "Ilık Tepe", 39.0, 34.01)
    _rules_of_law()
    _texts()
    town = Town(
        roads=roads,
        parks=parks,
        centre=centre,
        hill=hill,
        pothole=_category("cukur", "Yol çukuru", roads, keywords=["çukur", "asfalt"], target_working_hours=24),
        tree=_category("agac", "Ağaç budama", parks, keywords=["ağaç", "budama"], kind=Kind.REQUEST),
        rubbish=_category("moloz", "Moloz", roads, keywords=["moloz"], auto_route=True),
        water_board=Authority.objects.create(code="su", name="Örnek Su İdaresi"),
    )
    forget_all()
    return town


def make_people(town: Town) -> People:
    """Accounts for every part, none with a second factor."""
    load_roles()
    return People(
        clerk=make_user("clerk", "Ayşe Kayıt", "triage_clerk"),
        agent=make_user("agent", "Can Ses", "call_agent"),
        specialist=make_user("specialist", "Elif Denet", "pr_specialist"),
        administrator=make_user("administrator", "Yaman Kurucu", "administrator"),
        head_a=make_user("head_a", "Hakan Yol", "department_user", head_of=town.roads),
        staff_a=make_user("staff_a", "Selin Usta", "department_user", staff_of=town.roads),
        head_b=make_user("head_b", "Burak Çınar", "department_user", head_of=town.parks),
        stranger=make_user("stranger", "Yabancı Biri", "department_user"),
    )


def make_user(
    name: str, full_name: str, role: str, *, head_of: Department | None = None, staff_of: Department | None = None
) -> User:
    """An account ``name@example.org`` that holds ``role`` and, if given, a membership."""
    group = Group.objects.get(name=role)
    user = User(email=f"{name}@example.org", full_name=full_name, is_staff=ROLES[role].staff)
    user.set_password(PASSWORD)
    user.save()
    user.groups.add(group)
    for where, part in ((head_of, Membership.Role.HEAD), (staff_of, Membership.Role.STAFF)):
        if where is not None:
            Membership.objects.create(user=user, department=where, role=part, valid_from=LONG_AGO)
    return user


def make_application(town: Town, **changes: Any) -> intake.Application:
    """A complaint about a pothole in the centre by Zeynep Deneme, unless ``changes`` say otherwise."""
    values: dict[str, Any] = {
        "description": "Sokağımızın başında büyük bir çukur var, araçlar zarar görüyor.",
        "kind": Kind.COMPLAINT,
        "channel": Channel.WEB,
        "category": town.pothole,
        "contact": intake.Contact(name="Zeynep Deneme", phone=APPLICANT_PHONE),
        "place": intake.Place(neighbourhood_id=town.centre.pk, address="Çiçek Sokak 5"),
        "disclosure_version": "tr-1",
    }
    return intake.Application(**{**values, **changes})


def submit(town: Town, *, secret: str = "", **changes: Any) -> ServiceRequest:
    """A received request."""
    return intake.submit(
        application=make_application(town, **changes),
        submission_key=f"test:{uuid.uuid4()}",
        secret=secret or new_secret(),
        actor=Actor.applicant(),
    )


def routed(town: Town, people: People, *, to: Department | None = None, **changes: Any) -> ServiceRequest:
    """A request that triage sent to roads (or ``to``)."""
    request = submit(town, **changes)
    routing.route_waiting()
    return triage.route(request_id=request.pk, department=to or town.roads, actor=Actor.staff(people.clerk))


def in_progress(town: Town, people: People, **changes: Any) -> ServiceRequest:
    """A request that roads has accepted."""
    request = routed(town, people, **changes)
    return department.accept(request_id=request.pk, actor=Actor.staff(people.head_a))


def answered(
    town: Town, people: People, *, outcome: Outcome = Outcome.RESOLVED, promised_on: date | None = None, **changes: Any
) -> ServiceRequest:
    """A request whose answer waits for review."""
    request = in_progress(town, people, **changes)
    authority = town.water_board if outcome == Outcome.NOT_OURS else None
    proposal = answers.Proposal(outcome=outcome, text="Çukur kapatıldı.", promised_on=promised_on, authority=authority)
    answers.submit(request_id=request.pk, proposal=proposal, actor=Actor.staff(people.head_a))
    request.refresh_from_db()
    return request


def closed(town: Town, people: People, **changes: Any) -> ServiceRequest:
    """A request whose answer was approved."""
    request = answered(town, people, **changes)
    return answers.approve(request_id=request.pk, actor=Actor.staff(people.specialist))


def _neighbourhood(code: str, name: str, south: float, west: float) -> Neighbourhood:
    box = {"min_lat": south, "max_lat": south + 0.01, "min_lng": west, "max_lng": west + 0.01}
    return Neighbourhood.objects.create(code=code, name=name, folded_name=code, polygon=square(south, west), **box)


def _category(code: str, name: str, where: Department, **values: Any) -> Category:
    return Category.objects.create(
        code=code, name=name, group="Genel", department=where, **{"kind": Kind.COMPLAINT, **values}
    )


def _rules_of_law() -> None:
    for kind in Kind:
        if kind != Kind.INFORMATION:
            LegalPeriod.objects.create(kind=kind, days=30, unit="calendar", article="3071 m. 7", valid_from=LONG_AGO)
    LegalPeriod.objects.create(
        kind=Kind.INFORMATION, days=15, extended_days=30, unit="working", article="4982 m. 11", valid_from=LONG_AGO
    )


TEMPLATES = {
    "request_received": "{municipality}: {number} numarali basvurunuz alindi.",
    "request_received_undated": "{municipality}: {number} numarali basvurunuz alindi.",
    "request_received_thanks": "{municipality}: {number} numarali tesekkurunuz alindi.",
    "request_reopened": "{municipality}: {number} numarali basvurunuz yeniden acildi.",
    "request_restored": "{municipality}: {number} numarali basvurunuzu yeniden ele aliyoruz.",
    "request_withdrawn": "{municipality}: {number} numarali basvurunuz geri cekildi. Devam etsin: {page}",
    "request_extended": "{municipality}: {number} numarali basvurunuzun suresi {due} gunune uzadi.",
    "request_question": "{municipality}: {number} numarali basvurunuz icin {date} gunune kadar bir sorumuz var.",
    "request_question_reminder": "{municipality}: {number} numarali basvurunuzdaki soruyu {date} gunune kadar cevaplayin.",
    "request_answered": "{municipality}: {number} numarali basvurunuz sonuclandi.",
    "request_scheduled": "{municipality}: {number} numarali basvurunuz {date} tarihine programlandi.",
    "request_rejected": "{municipality}: {number} numarali basvurunuz isleme alinmadi.",
    "request_forwarded": "{municipality}: {number} numarali basvurunuz {authority} kurumuna iletildi.",
    "request_merged": "{municipality}: {number} numarali basvurunuz {other} ile birlestirildi.",
    "code_track": "{municipality}: {code} basvurunuzu gormek icin koddur.",
    "code_contact": "{municipality}: {code} iletisim bilgilerinizi gormek icin koddur.",
}


def _texts() -> None:
    for event, body in TEMPLATES.items():
        for language in ("tr", "en"):
            MessageTemplate.objects.create(
                event=event, language=language, version=1, body=body, fields=[], is_active=True, source="pack"
            )
    for kind in LegalText.Kind.values:
        for language in ("tr", "en"):
            LegalText.objects.create(
                kind=kind, language=language, version=1, title=kind, body="{municipality}", effective_from=LONG_AGO
            )
    StandardReply.objects.create(code="kapatildi", title="Kapatıldı", body="Çukur kapatıldı.")


def status_of(request: ServiceRequest) -> str:
    """The status in the database."""
    return ServiceRequest.objects.values_list("status", flat=True).get(pk=request.pk)
