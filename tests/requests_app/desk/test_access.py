"""Who sees which pages of the desk."""

import pytest
from django.test import Client
from django.urls import reverse

from departments.models import Department
from tests.factories import LONG_AGO, People, Town, in_progress, make_user, routed
from tests.requests_app.desk.conftest import Browser, action, answer, page_of

PAGES = ["desk:queue", "desk:delegate", "desk:export"]


@pytest.mark.parametrize("name", PAGES)
def test_a_stranger_is_asked_to_sign_in(name: str, town: Town) -> None:
    response = Client().get(reverse(name))

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", PAGES)
def test_somebody_without_a_department_gets_a_friendly_page(name: str, people: People, browser: Browser) -> None:
    response = browser(people.stranger).get(reverse(name))

    assert response.status_code == 403
    assert "Henüz bir müdürlükte görünmüyorsunuz" in response.content.decode()


def test_public_relations_without_a_department_is_shown_the_way(people: People, browser: Browser) -> None:
    response = browser(people.specialist).get(reverse("desk:queue"))

    assert response.status_code == 403
    assert reverse("admin:index") in response.content.decode()


def test_head_and_staff_see_their_departments_request(town: Town, people: People, head: Client, staff: Client) -> None:
    request = routed(town, people)

    assert head.get(page_of(request)).status_code == 200
    assert staff.get(page_of(request)).status_code == 200


def test_another_departments_request_does_not_exist(town: Town, people: People, browser: Browser) -> None:
    request = routed(town, people)

    assert browser(people.head_b).get(page_of(request)).status_code == 404


@pytest.mark.parametrize("verb", ["accept", "return_to_triage", "ask", "add_note", "draft_answer", "submit_answer"])
def test_another_department_can_do_nothing_to_it(verb: str, town: Town, people: People, browser: Browser) -> None:
    request = in_progress(town, people)
    words = {"reason": "Bizim değil.", "question": "Nerede?"}

    response = browser(people.head_b).post(action(request, verb), answer(request, **words))

    assert response.status_code == 404
    before = request.version
    request.refresh_from_db()
    assert request.version == before


def test_the_same_page_answers_for_a_number_nobody_has(people: People, browser: Browser) -> None:
    response = browser(people.head_b).get("/masa/26-0000999-9/")

    assert response.status_code == 404


def test_an_unknown_verb_is_not_found(town: Town, people: People, head: Client) -> None:
    assert head.post(action(routed(town, people), "approve_answer"), {"version": 1}).status_code == 404


def test_actions_are_not_done_by_a_link(town: Town, people: People, head: Client) -> None:
    assert head.get(action(routed(town, people), "accept")).status_code == 405


def test_a_head_sees_the_departments_below(town: Town, people: People, browser: Browser) -> None:
    city = Department.objects.create(code="bsk", name="Başkan Yardımcılığı", valid_from=LONG_AGO)
    Department.objects.filter(pk=town.roads.pk).update(parent=city)
    above = browser(make_user("above", "Üst Müdür", "department_user", head_of=city))

    assert above.get(page_of(routed(town, people))).status_code == 200


def test_staff_do_not_see_the_departments_below(town: Town, people: People, browser: Browser) -> None:
    city = Department.objects.create(code="bsk", name="Başkan Yardımcılığı", valid_from=LONG_AGO)
    Department.objects.filter(pk=town.roads.pk).update(parent=city)
    above = browser(make_user("above", "Üst Memur", "department_user", staff_of=city))

    assert above.get(page_of(routed(town, people))).status_code == 404


def test_who_sees_everything_still_has_only_the_own_department_at_the_desk(
    town: Town, people: People, browser: Browser
) -> None:
    reviewer = make_user("both", "İki Görev", "pr_specialist", staff_of=town.parks)

    assert browser(reviewer).get(page_of(routed(town, people))).status_code == 404
