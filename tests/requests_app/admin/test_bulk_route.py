"""Several applications at once: what will happen is shown first, and what was refused is named."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from requests_app.actors import Actor
from requests_app.models import ServiceRequest
from requests_app.services import routing, triage
from requests_app.workflow import Status
from tests import factories
from tests.factories import People, Town
from tests.requests_app.admin.addresses import TRIAGE, listing
from tests.requests_app.admin.conftest import Browser


@pytest.fixture
def two(town: Town) -> list[ServiceRequest]:
    """One with a suggestion for roads, one with a suggestion for parks."""
    requests = [factories.submit(town), factories.submit(town, category=town.tree)]
    routing.route_waiting()
    return requests


def chosen(requests: list[ServiceRequest], **values: Any) -> dict[str, Any]:
    """What the list sends for the rows that were ticked."""
    ids = [request.pk for request in requests]
    return {"action": "route_selected", "_selected_action": ids, "department": "", "index": "0", **values}


def confirmed(requests: list[ServiceRequest], **values: Any) -> dict[str, Any]:
    """What the page of the second look sends."""
    versions = {f"version_{request.pk}": request.version for request in requests}
    sent = chosen(requests, confirmed="1", **versions, **values)
    del sent["index"]
    return sent


def statuses(requests: list[ServiceRequest]) -> list[str]:
    """Their statuses in the database."""
    found = ServiceRequest.objects.in_bulk([request.pk for request in requests])
    return [found[request.pk].status for request in requests]


def test_the_second_look_says_what_goes_where_and_sends_nothing(clerk: Client, two: list[ServiceRequest]) -> None:
    response = clerk.post(listing(TRIAGE), chosen(two))
    text = response.content.decode()
    assert [(each.number, target.code) for each, target in response.context["plan"]] == [
        (two[0].number, "fen"),
        (two[1].number, "park"),
    ]
    assert "2 başvuruyu yönlendir" in text
    assert statuses(two) == [Status.RECEIVED, Status.RECEIVED]


def test_the_second_look_says_where_nobody_works(clerk: Client, two: list[ServiceRequest], people: People) -> None:
    people.head_b.memberships.update(valid_to=timezone.localdate())
    text = clerk.post(listing(TRIAGE), chosen(two)).content.decode()
    assert "<strong>Park ve Bahçeler Müdürlüğü</strong> · Burada çalışan kimse yok" in text
    assert "<strong>Fen İşleri Müdürlüğü</strong> · " not in text


def test_confirmed_each_goes_to_its_suggested_department(clerk: Client, two: list[ServiceRequest], town: Town) -> None:
    response = clerk.post(listing(TRIAGE), confirmed(two), follow=True)
    assert "2 başvuru yönlendirildi." in response.content.decode()
    assert [ServiceRequest.objects.get(pk=each.pk).department for each in two] == [town.roads, town.parks]


def test_confirmed_all_go_to_the_chosen_department(clerk: Client, two: list[ServiceRequest], town: Town) -> None:
    clerk.post(listing(TRIAGE), confirmed(two, department=town.parks.pk))
    assert [ServiceRequest.objects.get(pk=each.pk).department for each in two] == [town.parks, town.parks]


def test_what_has_no_suggestion_is_left_out_and_named(clerk: Client, town: Town) -> None:
    without = factories.submit(town, category=None, description="Merhaba, bir sorum olacaktı.")
    with_one = factories.submit(town)
    routing.route_waiting()
    response = clerk.post(listing(TRIAGE), chosen([without, with_one]))
    assert [each.number for each, _target in response.context["plan"]] == [with_one.number]
    assert [each.number for each in response.context["left_out"]] == [without.number]


def test_one_refusal_does_not_hold_up_the_rest_and_is_named(
    clerk: Client, two: list[ServiceRequest], people: People
) -> None:
    sent = confirmed(two)
    triage.reject(request_id=two[0].pk, reason="Reklam.", actor=Actor.staff(people.specialist))
    text = clerk.post(listing(TRIAGE), sent, follow=True).content.decode()
    assert statuses(two) == [Status.REJECTED, Status.ROUTED]
    assert "1 başvuru yönlendirildi." in text
    assert f"{two[0].number}: " in text
    assert "Elif Denet" in text


@pytest.mark.parametrize("who", ["agent", "administrator", "head_a", "stranger"])
def test_nobody_else_sends_several(who: str, people: People, browser: Browser, two: list[ServiceRequest]) -> None:
    response = browser(getattr(people, who)).post(listing(TRIAGE), confirmed(two))
    assert response.status_code in (302, 403)
    assert statuses(two) == [Status.RECEIVED, Status.RECEIVED]


@pytest.mark.parametrize("forged", ["abc", "1.5", "9" * 40, ""])
def test_forged_ids_break_nothing(forged: str, clerk: Client, two: list[ServiceRequest]) -> None:
    sent = {**confirmed(two), "_selected_action": [forged]}
    assert clerk.post(listing(TRIAGE), sent).status_code == 302
    assert statuses(two) == [Status.RECEIVED, Status.RECEIVED]


def test_ids_that_do_not_exist_and_versions_that_are_none_change_nothing(
    clerk: Client, two: list[ServiceRequest]
) -> None:
    sent = {**confirmed(two), "_selected_action": [999999, two[0].pk], f"version_{two[0].pk}": "x"}
    assert clerk.post(listing(TRIAGE), sent).status_code == 302
    assert statuses(two) == [Status.RECEIVED, Status.RECEIVED]


def test_a_department_that_does_not_exist_is_refused(clerk: Client, two: list[ServiceRequest]) -> None:
    clerk.post(listing(TRIAGE), confirmed(two, department="999999"))
    assert statuses(two) == [Status.RECEIVED, Status.RECEIVED]
