"""The queues: what lies in which, in what order, narrowed how."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from departments.models import Membership
from requests_app.actors import Actor
from requests_app.models import ServiceRequest
from requests_app.services import answers, conversation
from requests_app.services.answers import Proposal
from requests_app.services.intake import Place
from requests_app.vocabulary import Outcome
from tests.factories import LONG_AGO, People, Town, answered, closed, in_progress, routed
from tests.requests_app.desk.conftest import Browser, page_of

QUEUE = "/masa/"


def numbers(client: Client, query: str) -> list[str]:
    """The numbers of the cards, in their order."""
    return [card.request.number for card in client.get(f"{QUEUE}?{query}").context["cards"]]


def due_at(request: ServiceRequest, days: float) -> None:
    """Put the request's clock ``days`` from now."""
    ServiceRequest.objects.filter(pk=request.pk).update(clock_due_at=timezone.now() + timedelta(days=days))


def test_a_new_request_lies_in_new(town: Town, people: People, head: Client) -> None:
    request = routed(town, people)

    assert numbers(head, "tab=new") == [request.number]


def test_what_waits_for_its_applicant_has_a_queue_of_its_own(town: Town, people: People, head: Client) -> None:
    accepted, waiting = in_progress(town, people), in_progress(town, people)
    conversation.ask(request_id=waiting.pk, question="Nerede?", actor=Actor.staff(people.head_a))

    assert numbers(head, "tab=in_progress") == [accepted.number]
    assert numbers(head, "tab=waiting") == [waiting.number]


def test_a_request_due_within_three_days_is_due_soon(town: Town, people: People, head: Client) -> None:
    near, far = routed(town, people), routed(town, people)
    due_at(near, 2)
    due_at(far, 5)

    assert numbers(head, "tab=due_soon") == [near.number]


def test_a_request_past_its_clock_is_overdue(town: Town, people: People, head: Client) -> None:
    late = routed(town, people)
    due_at(late, -1)

    assert numbers(head, "tab=overdue") == [late.number]


def test_a_late_answer_under_review_is_not_the_departments_debt(town: Town, people: People, head: Client) -> None:
    due_at(answered(town, people), -1)

    assert numbers(head, "tab=overdue") == []


def test_answers_under_review_have_their_own_queue(town: Town, people: People, head: Client) -> None:
    request = answered(town, people)

    assert numbers(head, "tab=answered") == [request.number]


def test_a_programme_date_lies_in_the_programme(town: Town, people: People, head: Client) -> None:
    day = timezone.localdate() + timedelta(days=20)
    request = closed(town, people, outcome=Outcome.SCHEDULED, promised_on=day)

    assert numbers(head, "tab=scheduled") == [request.number]


def test_what_finished_long_ago_is_not_listed(town: Town, people: People, head: Client) -> None:
    lately, long_ago = closed(town, people), closed(town, people)
    ServiceRequest.objects.filter(pk=long_ago.pk).update(closed_at=timezone.now() - timedelta(days=31))

    assert numbers(head, "tab=closed") == [lately.number]


def test_the_most_urgent_stands_on_top(town: Town, people: People, head: Client) -> None:
    first, second = routed(town, people), routed(town, people)
    due_at(first, 9)
    due_at(second, 4)

    assert numbers(head, "tab=new") == [second.number, first.number]


def test_another_order_can_be_asked_for(town: Town, people: People, head: Client) -> None:
    first, second = routed(town, people), routed(town, people)
    due_at(first, 4)
    due_at(second, 9)

    assert numbers(head, "tab=new&sort=newest") == [second.number, first.number]


def test_the_tabs_count(town: Town, people: People, head: Client) -> None:
    due_at(routed(town, people), 2)
    due_at(in_progress(town, people), -2)
    due_at(in_progress(town, people), 9)

    assert [tab["count"] for tab in head.get(QUEUE).context["tabs"]] == [1, 2, 1, 1]


def test_another_departments_requests_are_not_counted(town: Town, people: People, browser: Browser) -> None:
    routed(town, people)

    assert [tab["count"] for tab in browser(people.head_b).get(QUEUE).context["tabs"]] == [0, 0, 0, 0]


def test_search_finds_words_without_turkish_letters(town: Town, people: People, head: Client) -> None:
    found = routed(town, people, description="Şişli durağının ışığı yanmıyor.")
    routed(town, people)

    assert numbers(head, "q=isigi") == [found.number]


def test_search_finds_a_number(town: Town, people: People, head: Client) -> None:
    found = routed(town, people)
    routed(town, people)

    assert numbers(head, f"q={found.number}") == [found.number]


def test_neighbourhood_and_category_narrow_the_queue(town: Town, people: People, head: Client) -> None:
    hill = routed(town, people, place=Place(neighbourhood_id=town.hill.pk), category=town.tree)
    routed(town, people)

    assert numbers(head, f"neighbourhood={town.hill.pk}&category={town.tree.pk}") == [hill.number]


def test_the_counts_follow_the_filter(town: Town, people: People, head: Client) -> None:
    routed(town, people)

    tabs = head.get(f"{QUEUE}?q=yokboyle").context["tabs"]

    assert [tab["count"] for tab in tabs] == [0, 0, 0, 0]
    assert all("q=yokboyle" in tab["url"] for tab in tabs)


def test_only_people_with_several_departments_choose_one(town: Town, people: People, browser: Browser) -> None:
    Membership.objects.create(user=people.head_b, department=town.roads, role="staff", valid_from=LONG_AGO)
    here = routed(town, people, to=town.parks)
    routed(town, people)
    client = browser(people.head_b)

    assert numbers(client, f"department={town.parks.pk}") == [here.number]
    assert "department" not in browser(people.head_a).get(QUEUE).context["filter"].form.fields


@pytest.mark.parametrize("query", ["neighbourhood=x", "category=999999", "sort=x", "department=1"])
def test_a_forged_filter_is_refused_in_words(query: str, town: Town, people: People, head: Client) -> None:
    routed(town, people)

    assert head.get(f"{QUEUE}?{query}").status_code == 200


@pytest.mark.parametrize("query", ["page=99", "page=x", "tab=nothing", "page=-1"])
def test_a_page_or_queue_that_does_not_exist_shows_one_that_does(
    query: str, town: Town, people: People, head: Client
) -> None:
    request = routed(town, people)

    assert numbers(head, query) == [request.number]


def test_twenty_stand_on_a_page(town: Town, people: People, head: Client) -> None:
    request = routed(town, people)
    for number in range(25):
        ServiceRequest.objects.create(**_copy_of(request, number))

    assert len(numbers(head, "")) == 20
    assert len(numbers(head, "page=2")) == 6


def test_an_empty_queue_says_what_will_appear(people: People, head: Client) -> None:
    body = head.get(f"{QUEUE}?tab=overdue").content.decode()

    assert "Geciken başvuru yok" in body
    assert "Süresi cevapsız dolan başvurular burada görünür." in body


def test_a_card_says_that_a_draft_is_ready(town: Town, people: People, head: Client) -> None:
    request = in_progress(town, people)
    answers.save_draft(request_id=request.pk, proposal=Proposal(text="Bakıyoruz."), actor=Actor.staff(people.staff_a))

    assert "Taslak var" in head.get(f"{QUEUE}?tab=in_progress").content.decode()


def test_the_number_of_queries_does_not_grow_with_the_queue(
    town: Town, people: People, head: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    request = routed(town, people)
    head.get(QUEUE)
    with django_assert_max_num_queries(30) as one:
        head.get(QUEUE)
    for number in range(15):
        ServiceRequest.objects.create(**_copy_of(request, number))

    with django_assert_max_num_queries(len(one)):
        assert len(numbers(head, "")) == 16


def test_the_way_back_leads_to_the_queue_one_came_from(town: Town, people: People, head: Client) -> None:
    request = in_progress(town, people)
    head.get(f"{QUEUE}?tab=in_progress&q=çukur")

    body = head.get(page_of(request)).content.decode()

    assert f'href="{reverse("desk:queue")}?tab=in_progress&amp;q=%C3%A7ukur"' in body


def _copy_of(request: ServiceRequest, number: int) -> dict[str, object]:
    """The fields of another request like this one."""
    kept = ("kind", "category", "description", "channel", "neighbourhood", "status", "department", "clock_due_at")
    times = {name: request.submitted_at for name in ("submitted_at", "updated_at", "clock_started_at")}
    unique = {name: f"{name}-{number}" for name in ("tracking_hash", "submission_key")}
    return {**{name: getattr(request, name) for name in kept}, **times, **unique, "number": f"25-{number:07}-0"}
