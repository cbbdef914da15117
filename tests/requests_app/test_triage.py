"""What triage decides: what it needs, what it refuses, whom it tells."""

from datetime import date

import pytest

from common.errors import InvalidInput, NotPermitted, StaleVersion
from notifications.models import Message
from requests_app.actors import Actor
from requests_app.models import ServiceRequest
from requests_app.services import contacts, intake, routing, triage
from requests_app.vocabulary import Kind
from requests_app.workflow import Status
from tests import factories
from tests.factories import People, Town


@pytest.fixture
def clerk(people: People) -> Actor:
    return Actor.staff(people.clerk)


def last_message() -> str:
    return str(Message.objects.latest("created_at").event)


def test_a_rejection_needs_a_reason_and_tells_the_applicant(town: Town, clerk: Actor) -> None:
    request = factories.submit(town)
    with pytest.raises(InvalidInput) as refusal:
        triage.reject(request_id=request.pk, reason="  ", actor=clerk)
    assert refusal.value.field == "reason"
    triage.reject(request_id=request.pk, reason="Konu anlaşılmıyor.", actor=clerk)
    assert last_message() == "request_rejected"


def test_forwarding_names_the_authority_in_the_message(town: Town, clerk: Actor) -> None:
    request = factories.submit(town)
    after = triage.forward(request_id=request.pk, authority=town.water_board, actor=clerk)
    assert (after.status, after.authority) == (Status.FORWARDED, town.water_board)
    assert Message.objects.latest("created_at").context["authority"] == "Örnek Su İdaresi"


def test_a_forwarding_can_be_taken_back(town: Town, clerk: Actor) -> None:
    request = factories.submit(town)
    triage.forward(request_id=request.pk, authority=town.water_board, actor=clerk)
    after = triage.restore(request_id=request.pk, actor=clerk)
    assert (after.status, after.authority, after.closed_at) == (Status.RECEIVED, None, None)
    assert after.clock_due_at is not None


def test_a_merged_request_keeps_its_number_and_names_the_other(town: Town, clerk: Actor) -> None:
    request, target = factories.submit(town), factories.submit(town)
    after = triage.merge(request_id=request.pk, into_number=target.number, actor=clerk)
    assert (after.status, after.merged_into, after.number) == (Status.MERGED, target, request.number)
    assert Message.objects.latest("created_at").context["other"] == target.number


def test_a_request_is_not_merged_into_itself_or_into_nothing(town: Town, clerk: Actor) -> None:
    request = factories.submit(town)
    for number in (request.number, "26-9999999-9", ""):
        with pytest.raises(InvalidInput) as refusal:
            triage.merge(request_id=request.pk, into_number=number, actor=clerk)
        assert refusal.value.field == "into_number"


def test_a_request_is_not_merged_into_a_finished_one(town: Town, people: People, clerk: Actor) -> None:
    request, finished = factories.submit(town), factories.closed(town, people)
    with pytest.raises(InvalidInput):
        triage.merge(request_id=request.pk, into_number=finished.number, actor=clerk)


def test_nothing_is_sent_to_a_closed_department(town: Town, clerk: Actor) -> None:
    town.parks.valid_to = date(2021, 1, 1)
    town.parks.save(update_fields=["valid_to"])
    with pytest.raises(InvalidInput):
        triage.route(request_id=factories.submit(town).pk, department=town.parks, actor=clerk)


@pytest.mark.parametrize("verb", ["route", "reroute"])
def test_nothing_is_sent_to_a_unit_that_takes_no_applications(
    verb: str, town: Town, people: People, clerk: Actor
) -> None:
    town.parks.takes_requests = False
    town.parks.save(update_fields=["takes_requests"])
    request = factories.submit(town) if verb == "route" else factories.routed(town, people)
    with pytest.raises(InvalidInput):
        getattr(triage, verb)(request_id=request.pk, department=town.parks, actor=clerk)


def test_accepting_a_suggestion_sets_its_category_and_with_it_the_clock(town: Town, clerk: Actor) -> None:
    request = factories.submit(town, category=None)
    assert request.target_due_at is None
    after = triage.route(request_id=request.pk, department=town.roads, category=town.pothole, actor=clerk)
    assert after.category == town.pothole
    assert after.target_due_at is not None
    assert after.events.get(verb="route").facts["category"] == town.pothole.pk


def test_a_chosen_category_is_not_replaced_by_that_of_a_suggestion(town: Town, clerk: Actor) -> None:
    request = factories.submit(town, category=town.rubbish)
    after = triage.route(request_id=request.pk, department=town.roads, category=town.pothole, actor=clerk)
    assert after.category == town.rubbish


def test_many_sent_to_their_suggestions_take_over_the_categories(town: Town, clerk: Actor) -> None:
    requests = [factories.submit(town, category=None), factories.submit(town, category=None, description="Ağaç budama")]
    routing.route_waiting()
    triage.route_many(versions={each.pk: each.version for each in requests}, department=None, actor=clerk)
    assert [ServiceRequest.objects.get(pk=each.pk).category for each in requests] == [town.pothole, town.tree]


def test_many_sent_to_one_chosen_department_take_over_nothing(town: Town, clerk: Actor) -> None:
    request = factories.submit(town, category=None)
    routing.route_waiting()
    triage.route_many(versions={request.pk: request.version}, department=town.roads, actor=clerk)
    assert ServiceRequest.objects.get(pk=request.pk).category is None


def test_rerouting_to_where_it_lies_is_refused(town: Town, people: People, clerk: Actor) -> None:
    request = factories.routed(town, people)
    with pytest.raises(InvalidInput):
        triage.reroute(request_id=request.pk, department=town.roads, actor=clerk)


def test_a_correction_keeps_both_departments_in_the_history(town: Town, people: People, clerk: Actor) -> None:
    request = factories.routed(town, people)
    triage.reroute(request_id=request.pk, department=town.parks, reason="Parkın içinde", actor=clerk)
    event = request.events.get(verb="reroute")
    assert (event.facts["before"], event.department, event.facts["suggested"]) == (town.roads.pk, town.parks, False)


def test_in_bulk_one_refusal_does_not_hold_up_the_others(town: Town, clerk: Actor) -> None:
    good, stale, unknown = factories.submit(town), factories.submit(town), factories.submit(town, category=None)
    ServiceRequest.objects.filter(pk=unknown.pk).update(description="?")
    routing.route_waiting()
    versions = {good.pk: 1, stale.pk: 7, unknown.pk: 1}
    done, refused = triage.route_many(versions=versions, department=None, actor=clerk)
    assert [request.pk for request in done] == [good.pk]
    reasons = {request_id: type(error) for request_id, error in refused}
    assert reasons == {stale.pk: StaleVersion, unknown.pk: InvalidInput}


def test_contact_details_are_revealed_with_a_reason_that_is_kept(town: Town, people: People) -> None:
    request = factories.submit(town)
    shown = contacts.reveal(request_id=request.pk, reason="call", user=people.clerk)
    assert shown.name == "Zeynep Deneme"
    kept = request.reveals.get()
    assert (kept.user, kept.reason) == (people.clerk, "call")


@pytest.mark.parametrize("reason", ["", "Zeynep Hanım rica etti"])
def test_without_a_reason_from_the_list_nothing_is_revealed(reason: str, town: Town, people: People) -> None:
    request = factories.submit(town)
    with pytest.raises(InvalidInput):
        contacts.reveal(request_id=request.pk, reason=reason, user=people.clerk)
    assert not request.reveals.exists()


def test_who_lacks_the_permission_sees_no_contact_details(town: Town, people: People) -> None:
    request = factories.routed(town, people)
    with pytest.raises(NotPermitted):
        contacts.reveal(request_id=request.pk, reason="call", user=people.head_a)


def test_a_department_does_not_even_find_another_departments_request(town: Town, people: People) -> None:
    request = factories.routed(town, people)
    assert not ServiceRequest.objects.visible_to(people.head_b).filter(pk=request.pk).exists()
    assert ServiceRequest.objects.visible_to(people.head_a).filter(pk=request.pk).exists()


def test_what_has_no_name_does_not_become_an_information_request(town: Town, people: People) -> None:
    nameless, named = factories.submit(town, contact=None), factories.submit(town)
    to_information = {"kind": Kind.INFORMATION, "category": None, "place": intake.Place()}
    with pytest.raises(InvalidInput, match="4982") as refusal:
        triage.reclassify(request_id=nameless.pk, actor=Actor.staff(people.clerk), **to_information)
    assert refusal.value.field == "kind"
    changed = triage.reclassify(request_id=named.pk, actor=Actor.staff(people.clerk), **to_information)
    assert changed.kind == Kind.INFORMATION


def test_a_corrected_address_is_found_and_the_wrong_one_no_longer(town: Town, people: People) -> None:
    request = factories.submit(town, place=intake.Place(address="Gül Sokak 3"))
    corrected = {"kind": request.kind, "category": town.pothole, "place": intake.Place(address="Lale Sokak 3")}
    triage.reclassify(request_id=request.pk, actor=Actor.staff(people.clerk), **corrected)
    assert ServiceRequest.objects.search("lale").get() == request
    assert not ServiceRequest.objects.search("gül").exists()
    assert ServiceRequest.objects.search("çukur zeynep").get() == request
