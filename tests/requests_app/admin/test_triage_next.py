"""Working a queue off: what comes after a decision, and who else is at it."""

import pytest
from django.test import Client

from requests_app.actors import Actor
from requests_app.models import ServiceRequest
from requests_app.services import triage
from requests_app.workflow import Status
from tests import factories
from tests.factories import People, Town, status_of
from tests.requests_app.admin.addresses import ALL, TRIAGE, decide, listing, page, typed


def test_after_a_decision_the_next_one_opens_and_says_what_was_done(clerk: Client, town: Town) -> None:
    first, second = factories.submit(town), factories.submit(town)
    sent = clerk.post(decide(TRIAGE, first, "route"), typed(first, department=town.roads.pk), follow=True)
    assert sent.redirect_chain[0][0].startswith(page(TRIAGE, second))
    assert f"{first.number} yönlendirildi: Fen İşleri Müdürlüğü." in sent.content.decode()


def test_after_the_last_one_the_empty_queue_opens(clerk: Client, waiting: ServiceRequest) -> None:
    sent = clerk.post(decide(TRIAGE, waiting, "reject"), typed(waiting, reason="Reklam."), follow=True)
    assert sent.redirect_chain[0][0] == f"{listing(TRIAGE)}?done={waiting.pk}"
    assert "empty__title" in sent.content.decode()


def test_the_next_one_comes_from_the_filtered_queue(clerk: Client, town: Town) -> None:
    first = factories.submit(town, category=town.tree)
    factories.submit(town, category=town.pothole)
    second = factories.submit(town, category=town.tree)
    address = f"{decide(TRIAGE, first, 'route')}?_changelist_filters=category%3Dagac"
    location = clerk.post(address, typed(first, department=town.parks.pk)).headers["Location"]
    assert location.startswith(page(TRIAGE, second))
    assert "category%3Dagac" in location


def test_the_next_one_is_not_what_a_colleague_has_open(clerk: Client, specialist: Client, town: Town) -> None:
    first, second, third = (factories.submit(town) for _ in range(3))
    specialist.get(page(TRIAGE, second))
    location = clerk.post(decide(TRIAGE, first, "route"), typed(first, department=town.roads.pk)).headers["Location"]
    assert location.startswith(page(TRIAGE, third))


def test_the_page_says_who_else_has_it_open(clerk: Client, specialist: Client, waiting: ServiceRequest) -> None:
    specialist.get(page(TRIAGE, waiting))
    assert "Elif Denet" in clerk.get(page(TRIAGE, waiting)).content.decode()


def test_a_rejection_can_be_taken_back_from_the_next_page(clerk: Client, waiting: ServiceRequest, town: Town) -> None:
    factories.submit(town)
    after = clerk.post(decide(TRIAGE, waiting, "reject"), typed(waiting, reason="Reklam."), follow=True)
    assert after.context["done"].can_restore
    waiting.refresh_from_db()
    back = clerk.post(decide(ALL, waiting, "restore"), typed(waiting))
    assert back.headers["Location"] == page(TRIAGE, waiting)
    assert status_of(waiting) == Status.RECEIVED


def test_a_routing_can_be_corrected_from_the_next_page(clerk: Client, waiting: ServiceRequest, town: Town) -> None:
    factories.submit(town)
    after = clerk.post(decide(TRIAGE, waiting, "route"), typed(waiting, department=town.roads.pk), follow=True)
    assert after.context["done"].can_reroute
    waiting.refresh_from_db()
    clerk.post(decide(ALL, waiting, "reroute"), typed(waiting, department=town.parks.pk, reason="Yanlış bastım."))
    waiting.refresh_from_db()
    assert waiting.department == town.parks


@pytest.mark.parametrize("done", ["", "abc", "999999", "1' OR 1", "9" * 40])
def test_a_forged_message_shows_nothing(done: str, clerk: Client, waiting: ServiceRequest) -> None:
    response = clerk.get(page(TRIAGE, waiting), {"done": done})
    assert response.status_code == 200
    assert response.context["done"] is None


def test_what_somebody_else_did_is_not_claimed(
    clerk: Client, waiting: ServiceRequest, town: Town, people: People
) -> None:
    other = factories.submit(town)
    triage.reject(request_id=other.pk, reason="Reklam.", actor=Actor.staff(people.specialist))
    assert clerk.get(page(TRIAGE, waiting), {"done": other.pk}).context["done"] is None


def test_keys_lead_to_the_neighbours_in_the_queue(clerk: Client, town: Town) -> None:
    first, second = factories.submit(town), factories.submit(town)
    place = clerk.get(page(TRIAGE, second)).context["queue_place"]
    assert (place.position, place.total, place.previous, place.next) == (2, 2, first.pk, first.pk)
