"""The administration pages of the organisation, as an administrator and as others."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.services import load_roles
from departments.models import (
    CalendarDay,
    Delegation,
    Department,
    LegalText,
    Membership,
    Municipality,
    Neighbourhood,
)
from departments.querysets import roles_of
from departments.services import reference
from tests.departments.conftest import LONG_AGO, PACKS, Tree

pytestmark = pytest.mark.django_db

Maker = Callable[..., User]
PAGES = ["municipality", "department", "membership", "delegation", "neighbourhood", "calendarday", "legaltext"]


def signed_in(settings: Any, role: str) -> Client:
    settings.STAFF_MFA_REQUIRED = False
    load_roles()
    user = User.objects.create_user(f"{role}@example.org", full_name="Yaman Kurucu", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def office(settings: Any, db: None) -> Client:
    """A browser in which an administrator has signed in."""
    return signed_in(settings, "administrator")


def address(page: str, what: str = "changelist", *args: Any) -> str:
    return reverse(f"admin:departments_{page}_{what}", args=args)


def errors(response: Any) -> dict[str, Any]:
    return dict(response.context["adminform"].form.errors)


@pytest.mark.parametrize("page", PAGES)
def test_an_administrator_sees_every_list(office: Client, page: str) -> None:
    reference.load(PACKS / "ornek")
    assert office.get(address(page), follow=True).status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_a_call_agent_changes_nothing(settings: Any, page: str) -> None:
    agent = signed_in(settings, "call_agent")
    assert agent.get(address(page, "add")).status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_who_has_not_signed_in_sees_nothing(client: Client, page: str) -> None:
    assert client.get(address(page)).status_code == 302


def test_the_list_of_departments_is_a_tree(office: Client, tree: Tree) -> None:
    rows = list(office.get(address("department")).context["cl"].result_list)
    assert rows == [tree.culture, tree.technical, tree.roads, tree.parks]


def test_the_list_of_departments_asks_the_same_number_of_queries_for_any_length(
    office: Client, tree: Tree, person: Maker, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    for number in range(10):
        department = Department.objects.create(code=f"d{number}", name=f"D{number}", valid_from=LONG_AGO)
        person(f"baş{number}", head_of=department)
    with django_assert_max_num_queries(12):
        office.get(address("department"))


def test_closed_departments_are_shown_on_request(office: Client, tree: Tree) -> None:
    Department.objects.filter(pk=tree.roads.pk).update(valid_to=date(2021, 1, 1))
    assert tree.roads not in office.get(address("department")).context["cl"].result_list
    assert tree.roads in office.get(address("department") + "?period=all").context["cl"].result_list


def test_a_department_is_opened(office: Client, tree: Tree) -> None:
    response = office.post(
        address("department", "add"),
        {"code": "zabita", "name": "Zabıta Müdürlüğü", "parent": tree.technical.pk, "valid_from": "2026-01-01"},
    )
    assert response.status_code == 302
    assert Department.objects.get(code="zabita").parent == tree.technical


def department_form(department: Department, **changes: Any) -> dict[str, Any]:
    values = {"name": department.name, "parent": department.parent_id or "", "valid_from": "2020-01-01"}
    return {**values, **changes}


def test_a_department_is_changed(office: Client, tree: Tree) -> None:
    office.post(address("department", "change", tree.roads.pk), department_form(tree.roads, name="Yollar"))
    tree.roads.refresh_from_db()
    assert tree.roads.name == "Yollar"


def test_a_circle_is_refused_beside_the_field(office: Client, tree: Tree) -> None:
    response = office.post(
        address("department", "change", tree.technical.pk), department_form(tree.technical, parent=tree.roads.pk)
    )
    assert "parent" in errors(response)


def test_a_department_is_closed(office: Client, tree: Tree) -> None:
    office.post(address("department", "change", tree.roads.pk), department_form(tree.roads, valid_to="2026-06-01"))
    tree.roads.refresh_from_db()
    assert tree.roads.valid_to == date(2026, 6, 1)


def test_closing_above_open_ones_is_refused_beside_the_field(office: Client, tree: Tree) -> None:
    response = office.post(
        address("department", "change", tree.technical.pk), department_form(tree.technical, valid_to="2030-06-01")
    )
    assert "valid_to" in errors(response)


def test_no_department_is_deleted(office: Client, tree: Tree) -> None:
    assert office.post(address("department", "delete", tree.roads.pk), {"post": "yes"}).status_code == 403


def test_somebody_is_appointed_and_leaves(office: Client, tree: Tree, person: Maker) -> None:
    user = person("yeni")
    office.post(
        address("membership", "add"),
        {"user": user.pk, "department": tree.roads.pk, "role": "head", "valid_from": "2020-01-01"},
    )
    assert roles_of(user).head_of == {tree.roads.pk}
    office.post(address("membership", "change", user.memberships.get().pk), {"valid_to": "2026-06-01"})
    assert user.memberships.get().valid_to == date(2026, 6, 1)


def test_the_same_membership_twice_is_refused_on_the_form(office: Client, tree: Tree, person: Maker) -> None:
    user = person("usta", staff_of=tree.roads)
    response = office.post(
        address("membership", "add"),
        {"user": user.pk, "department": tree.roads.pk, "role": "staff", "valid_from": "2026-01-01"},
    )
    assert response.status_code == 200
    assert errors(response)
    assert Membership.objects.filter(user=user).count() == 1


def test_an_end_before_the_beginning_is_refused_on_the_form(office: Client, tree: Tree, person: Maker) -> None:
    membership = person("usta", staff_of=tree.roads).memberships.get()
    response = office.post(address("membership", "change", membership.pk), {"valid_to": "1990-01-01"})
    assert response.status_code == 200
    assert "valid_to" in errors(response)
    assert Membership.objects.get().valid_to is None
    fields = {"user": membership.user_id, "department": tree.parks.pk, "role": "staff", "valid_from": "2026-01-01"}
    assert "valid_to" in errors(office.post(address("membership", "add"), {**fields, "valid_to": "2025-01-01"}))


def test_a_department_that_closes_before_the_first_day_is_refused_beside_the_field(
    office: Client, tree: Tree, person: Maker
) -> None:
    user = person("yeni")
    Department.objects.filter(pk=tree.roads.pk).update(valid_to=timezone.localdate() + timedelta(days=10))
    fields = {"user": user.pk, "department": tree.roads.pk, "role": "staff"}
    first_day = timezone.localdate() + timedelta(days=10)
    response = office.post(address("membership", "add"), {**fields, "valid_from": first_day.isoformat()})
    assert response.status_code == 200
    assert "department" in errors(response)
    office.post(address("membership", "add"), {**fields, "valid_from": timezone.localdate().isoformat()})
    assert user.memberships.exists()


def delegation_form(tree: Tree, head: User, delegate: User) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "department": tree.roads.pk,
        "head": head.pk,
        "delegate": delegate.pk,
        "starts_on": today.isoformat(),
        "ends_on": today.isoformat(),
        "reason": "",
    }


def test_a_delegate_is_named_and_revoked(office: Client, tree: Tree, person: Maker) -> None:
    head, deputy = person("baş", head_of=tree.roads), person("vekil", staff_of=tree.roads)
    office.post(address("delegation", "add"), delegation_form(tree, head, deputy))
    delegation = Delegation.objects.get()
    assert roles_of(deputy).head_of == {tree.roads.pk}
    office.post(address("delegation"), {"action": "revoke", "_selected_action": [delegation.pk]})
    assert roles_of(deputy).head_of == frozenset()


def test_a_delegate_from_outside_is_refused_beside_the_field(office: Client, tree: Tree, person: Maker) -> None:
    head, stranger = person("baş", head_of=tree.roads), person("yabancı")
    response = office.post(address("delegation", "add"), delegation_form(tree, head, stranger))
    assert "delegate" in errors(response)


def test_a_delegation_is_not_rewritten(office: Client, tree: Tree, person: Maker) -> None:
    head, deputy = person("baş", head_of=tree.roads), person("vekil", staff_of=tree.roads)
    office.post(address("delegation", "add"), delegation_form(tree, head, deputy))
    delegation = Delegation.objects.get()
    office.post(address("delegation", "change", delegation.pk), {"ends_on": "2040-01-01"})
    assert Delegation.objects.get().ends_on == delegation.ends_on


def test_a_calendar_day_is_set_and_cleared(office: Client) -> None:
    office.post(address("calendarday", "add"), {"date": "2026-11-20", "kind": "holiday", "name": "İdari izin"})
    day = CalendarDay.objects.get()
    assert day.source == ""
    office.post(address("calendarday", "delete", day.pk), {"post": "yes"})
    assert not CalendarDay.objects.exists()


def test_several_calendar_days_are_cleared_at_once(office: Client) -> None:
    for number in (20, 21):
        CalendarDay.objects.create(date=date(2026, 11, number), kind="holiday", name="İzin")
    chosen = list(CalendarDay.objects.values_list("pk", flat=True))
    office.post(address("calendarday"), {"action": "delete_selected", "_selected_action": chosen, "post": "yes"})
    assert not CalendarDay.objects.exists()


def test_the_year_shows_the_law_and_the_municipality(office: Client) -> None:
    CalendarDay.objects.create(date=date(2026, 11, 20), kind="half_day", name="Kutlama")
    page = office.get(address("calendarday", "year", 2026)).content.decode()
    for text in ("Ramazan Bayramı", "Cumhuriyet Bayramı", "Kutlama"):
        assert text in page


@pytest.mark.parametrize("year", [1, 1981, 2101, 99999])
def test_a_year_out_of_reach_is_not_found(office: Client, year: int) -> None:
    assert office.get(address("calendarday", "year", year)).status_code == 404


def test_the_year_is_not_for_everybody(settings: Any) -> None:
    agent = signed_in(settings, "call_agent")
    assert agent.get(address("calendarday", "year", 2026)).status_code == 403


def test_the_municipality_is_a_single_page(office: Client, place: Municipality) -> None:
    assert office.get(address("municipality")).headers["Location"] == address("municipality", "change", 1)


def test_the_municipality_is_changed(office: Client, place: Municipality) -> None:
    form = office.get(address("municipality", "change", 1)).context["adminform"].form
    values = {name: value for name, value in form.initial.items() if value is not None}
    office.post(address("municipality", "change", 1), {**values, "phone": "0500 000 00 07"})
    place.refresh_from_db()
    assert place.phone == "0500 000 00 07"


def test_a_neighbourhood_is_renamed(office: Client) -> None:
    reference.load(PACKS / "ornek")
    castle = Neighbourhood.objects.get(code="kale")
    office.post(address("neighbourhood", "change", castle.pk), {"name": "Hisar", "is_active": "on"})
    castle.refresh_from_db()
    assert (castle.name, castle.folded_name, castle.source) == ("Hisar", "hisar", "")
    assert castle.box is not None


def test_the_page_of_a_neighbourhood_shows_no_raw_boundary(office: Client) -> None:
    reference.load(PACKS / "ornek")
    castle = Neighbourhood.objects.get(code="kale")
    assert "coordinates" not in office.get(address("neighbourhood", "change", castle.pk)).content.decode()


def test_a_legal_text_gets_a_new_version(office: Client) -> None:
    reference.load(PACKS / "ornek")
    values = {"kind": "disclosure", "language": "tr", "title": "Yeni", "body": "Metin.", "effective_from": "2026-01-01"}
    office.post(address("legaltext", "add"), values)
    assert LegalText.objects.get(title="Yeni").version == 2


def test_a_published_text_is_read_only(office: Client) -> None:
    reference.load(PACKS / "ornek")
    text = LegalText.objects.first()
    assert text is not None
    assert office.post(address("legaltext", "change", text.pk), {"title": "Başka"}).status_code == 403
