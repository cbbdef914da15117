"""A head is away: somebody else acts as head, and only on those days."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from departments.models import Delegation
from departments.services.organisation import name_delegate
from requests_app.models import Answer, AnswerState
from tests.factories import People, Town, in_progress
from tests.requests_app.desk.conftest import Browser, action, answer, page_of

DELEGATE = "/masa/vekalet/"


def today() -> date:
    """The day in the municipality."""
    return timezone.localdate()


def asked(people: People, town: Town, **changes: Any) -> dict[str, Any]:
    """The form for a week from today with the staff member as delegate."""
    last = today() + timedelta(days=7)
    sent = {"department": town.roads.pk, "delegate": people.staff_a.pk, "starts_on": today(), "ends_on": last}
    return {**sent, "reason": "Yıllık izin", **changes}


def delegated(people: People, town: Town, delegate: User, starts_on: date, ends_on: date) -> Delegation:
    """The head of roads names somebody."""
    return name_delegate(
        actor=people.head_a, department=town.roads, delegate=delegate, starts_on=starts_on, ends_on=ends_on
    )


def test_a_head_names_a_delegate(town: Town, people: People, head: Client) -> None:
    response = head.post(DELEGATE, asked(people, town), follow=True)

    body = response.content.decode()
    assert Delegation.objects.get().delegate == people.staff_a
    assert "Vekil belirlendi." in body
    assert "Selin Usta" in body


def test_naming_twice_with_one_form_is_one_delegation(town: Town, people: People, head: Client) -> None:
    responses = [head.post(DELEGATE, asked(people, town)) for _press in range(2)]

    assert [response.status_code for response in responses] == [302, 302]
    assert Delegation.objects.count() == 1


def test_overlapping_days_are_refused_and_the_form_is_kept(town: Town, people: People, head: Client) -> None:
    delegated(people, town, people.staff_a, today(), today() + timedelta(days=3))

    response = head.post(DELEGATE, asked(people, town, delegate=people.head_b.pk))

    assert response.status_code == 422
    assert "Yıllık izin" in response.content.decode()
    assert Delegation.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"delegate": ""}, "delegate"),
        ({"delegate": "999999"}, "delegate"),
        ({"starts_on": "dün"}, "starts_on"),
        ({"ends_on": ""}, "ends_on"),
        ({"ends_on": "2020-01-01"}, "ends_on"),
    ],
)
def test_a_wrong_value_is_refused_beside_its_field(
    changes: dict[str, str], field: str, town: Town, people: People, head: Client
) -> None:
    response = head.post(DELEGATE, asked(people, town, **changes))

    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not Delegation.objects.exists()


def test_a_head_cannot_delegate_another_department(town: Town, people: People, head: Client) -> None:
    response = head.post(DELEGATE, asked(people, town, department=town.parks.pk))

    assert response.status_code == 422
    assert not Delegation.objects.exists()


def test_staff_see_the_page_but_cannot_name_anybody(town: Town, people: People, staff: Client) -> None:
    assert "Vekili müdür belirler." in staff.get(DELEGATE).content.decode()
    assert staff.post(DELEGATE, asked(people, town, delegate=people.head_b.pk)).status_code == 404
    assert not Delegation.objects.exists()


def test_a_delegate_passes_nothing_on(town: Town, people: People, staff: Client) -> None:
    delegated(people, town, people.staff_a, today(), today())

    assert staff.post(DELEGATE, asked(people, town, delegate=people.head_b.pk)).status_code == 404


def test_a_delegate_sends_answers_while_it_runs(town: Town, people: People, staff: Client) -> None:
    request = in_progress(town, people)
    delegated(people, town, people.staff_a, today(), today())

    staff.post(action(request, "submit_answer"), answer(request))

    sent = Answer.objects.get(request=request)
    assert (sent.state, sent.submitted_by) == (AnswerState.SUBMITTED, people.staff_a)


@pytest.mark.parametrize("days", [-1, 4])
def test_a_delegate_is_nobody_outside_the_days(days: int, town: Town, people: People, browser: Browser) -> None:
    request = in_progress(town, people)
    first = today() + timedelta(days=10)
    delegated(people, town, people.head_b, first, first + timedelta(days=3))

    noon = timezone.localtime().replace(hour=12) + timedelta(days=10 + days)
    with time_machine.travel(noon):
        response = browser(people.head_b).get(page_of(request))

    assert response.status_code == 404


@pytest.mark.parametrize("days", [0, 3])
def test_the_first_and_the_last_day_count(days: int, town: Town, people: People, browser: Browser) -> None:
    request = in_progress(town, people)
    first = today() + timedelta(days=10)
    delegated(people, town, people.head_b, first, first + timedelta(days=3))

    noon = timezone.localtime().replace(hour=12) + timedelta(days=10 + days)
    with time_machine.travel(noon):
        response = browser(people.head_b).get(page_of(request))

    assert response.context["may_submit"]


def test_a_delegate_reads_for_whom_and_until_when(town: Town, people: People, staff: Client) -> None:
    delegated(people, town, people.staff_a, today(), today())

    assert "Hakan Yol yerine vekâlet ediyorsunuz" in staff.get("/masa/").content.decode()


def test_revoking_ends_it_at_once(town: Town, people: People, head: Client, staff: Client) -> None:
    request = in_progress(town, people)
    delegation = delegated(people, town, people.staff_a, today(), today())

    head.post(reverse("desk:revoke", args=[delegation.pk]))

    assert staff.post(action(request, "submit_answer"), answer(request)).status_code == 403


def test_nobody_revokes_another_heads_delegation(town: Town, people: People, browser: Browser) -> None:
    delegation = delegated(people, town, people.staff_a, today(), today())

    for other in (people.staff_a, people.head_b):
        assert browser(other).post(reverse("desk:revoke", args=[delegation.pk])).status_code == 404
    delegation.refresh_from_db()
    assert delegation.revoked_at is None


def test_the_reason_is_shown_to_the_head_alone(town: Town, people: People, head: Client, staff: Client) -> None:
    head.post(DELEGATE, asked(people, town, reason="Ameliyat"))

    assert "Ameliyat" in head.get(DELEGATE).content.decode()
    assert "Ameliyat" not in staff.get(DELEGATE).content.decode()
