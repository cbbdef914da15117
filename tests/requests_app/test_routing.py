"""The router: what it suggests, when it acts by itself, and how lost bells are found."""

import pytest
from django.db import IntegrityError, connection

from accounts.models import User
from requests_app.actors import Actor
from requests_app.models import Category, RoutingDecision, RoutingRule, ServiceRequest
from requests_app.services import department, intake, routing, triage
from requests_app.tasks import sweep
from requests_app.workflow import Status
from tests import factories
from tests.factories import People, Town

Reason = RoutingDecision.Reason


def routed_by_itself(request: ServiceRequest) -> ServiceRequest:
    routing.route_waiting()
    request.refresh_from_db()
    return request


def test_the_categorys_department_is_suggested_with_its_reason(town: Town) -> None:
    request = routed_by_itself(factories.submit(town))
    assert (request.status, request.suggested_department) == (Status.RECEIVED, town.roads)
    decision = request.routing_decisions.get(rank=1)
    assert (decision.reason, decision.confidence, decision.applied) == (Reason.CATEGORY, 1.0, False)


def test_a_rule_for_the_neighbourhood_comes_before_the_category(town: Town) -> None:
    rule = RoutingRule.objects.create(category=town.pothole, neighbourhood=town.hill, department=town.parks)
    request = routed_by_itself(factories.submit(town, place=intake.Place(neighbourhood_id=town.hill.pk)))
    assert request.suggested_department == town.parks
    assert request.routing_decisions.get(rank=1).rule == rule


def test_a_rule_does_not_reach_into_the_next_neighbourhood(town: Town) -> None:
    RoutingRule.objects.create(category=town.pothole, neighbourhood=town.hill, department=town.parks)
    assert routed_by_itself(factories.submit(town)).suggested_department == town.roads


def test_a_category_set_to_auto_route_needs_no_triage(town: Town, people: People) -> None:
    request = routed_by_itself(factories.submit(town, category=town.rubbish))
    assert (request.status, request.department) == (Status.ROUTED, town.roads)
    assert request.routing_decisions.get(rank=1).applied
    assert request.events.get(verb="route").actor_kind == "system"


def test_nothing_is_sent_by_itself_to_where_nobody_works(town: Town) -> None:
    request = routed_by_itself(factories.submit(town, category=town.rubbish))
    assert (request.status, request.suggested_department) == (Status.RECEIVED, town.roads)
    assert not request.routing_decisions.get(rank=1).applied


def test_nothing_is_sent_by_itself_once_the_last_account_is_closed(town: Town, people: People) -> None:
    User.objects.filter(pk__in=[people.head_a.pk, people.staff_a.pk]).update(is_active=False)
    assert routed_by_itself(factories.submit(town, category=town.rubbish)).status == Status.RECEIVED


def test_a_subject_for_everything_else_is_no_certain_suggestion(town: Town) -> None:
    Category.objects.filter(pk=town.pothole.pk).update(catch_all=True)
    request = routed_by_itself(factories.submit(town, description="Merhaba"))
    assert (request.status, request.suggested_department) == (Status.RECEIVED, town.roads)
    assert request.routing_decisions.get().confidence == 0


def test_words_come_before_a_subject_for_everything_else(town: Town) -> None:
    Category.objects.filter(pk=town.pothole.pk).update(catch_all=True)
    request = routed_by_itself(factories.submit(town, description="Ağaçların budanması lazım"))
    by_rank = request.routing_decisions.order_by("rank").values_list("department", "reason")
    assert list(by_rank) == [(town.parks.pk, Reason.KEYWORDS), (town.roads.pk, Reason.CATEGORY)]


def test_a_rule_for_the_neighbourhood_is_certain_whatever_the_subject(town: Town) -> None:
    Category.objects.filter(pk=town.pothole.pk).update(catch_all=True)
    RoutingRule.objects.create(category=town.pothole, neighbourhood=town.hill, department=town.parks)
    request = routed_by_itself(factories.submit(town, place=intake.Place(neighbourhood_id=town.hill.pk)))
    assert request.routing_decisions.get(rank=1).confidence == 1


def test_a_subject_for_everything_else_cannot_be_sent_on_without_triage(town: Town) -> None:
    with pytest.raises(IntegrityError, match="category_catch_all_is_triaged"):
        Category.objects.filter(pk=town.rubbish.pk).update(catch_all=True)


@pytest.mark.parametrize("text", ["Ağaçların budanması lazım", "AĞAÇ DALLARI", "agac dallari sarkiyor"])
def test_words_of_the_text_suggest_a_department_where_no_category_was_chosen(town: Town, text: str) -> None:
    request = routed_by_itself(factories.submit(town, category=None, description=text))
    assert (request.status, request.suggested_department) == (Status.RECEIVED, town.parks)
    decision = request.routing_decisions.get(rank=1)
    assert decision.reason == Reason.KEYWORDS
    assert "ağaç" in decision.words


def test_nothing_known_leaves_the_request_to_triage_and_says_so(town: Town) -> None:
    request = routed_by_itself(factories.submit(town, category=None, description="Merhaba"))
    assert (request.status, request.suggested_department) == (Status.RECEIVED, None)
    assert request.routing_decisions.get().reason == Reason.NO_CATEGORY


def test_a_department_that_takes_no_applications_is_not_suggested(town: Town) -> None:
    town.parks.takes_requests = False
    town.parks.save(update_fields=["takes_requests"])
    by_category = routed_by_itself(factories.submit(town, category=town.tree, description="Merhaba"))
    by_words = routed_by_itself(factories.submit(town, category=None, description="Ağaç budansın"))
    assert by_category.suggested_department is None
    assert by_words.suggested_department is None


def test_a_closed_department_is_not_suggested(town: Town) -> None:
    town.roads.valid_to = "2021-01-01"
    town.roads.save(update_fields=["valid_to"])
    request = routed_by_itself(factories.submit(town, description="Merhaba"))
    assert request.suggested_department is None
    assert request.routing_decisions.get().reason == Reason.DEPARTMENT_CLOSED


def test_a_request_whose_bell_was_lost_is_found_by_the_sweep(town: Town) -> None:
    request = factories.submit(town)  # inside a test transaction no bell ever rings
    sweep()
    request.refresh_from_db()
    assert request.routed_by_rule_at is not None


def test_the_router_looks_at_a_request_once(town: Town) -> None:
    request = routed_by_itself(factories.submit(town))
    routing.route_waiting()
    assert request.routing_decisions.count() == 1


def test_a_request_returned_to_triage_is_not_sent_back_by_the_router(town: Town, people: People) -> None:
    request = routed_by_itself(factories.submit(town, category=town.rubbish))
    department.return_to_triage(request_id=request.pk, reason="Bizde değil", actor=Actor.staff(people.head_a))
    assert routed_by_itself(request).status == Status.RECEIVED


def test_one_request_that_cannot_be_considered_does_not_hold_up_the_others(town: Town) -> None:
    broken, good = factories.submit(town), factories.submit(town)
    with connection.cursor() as cursor:  # the database refuses decisions about this one, whatever the reason
        cursor.execute(
            "CREATE FUNCTION pg_temp.refuse() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN IF NEW.request_id = %s THEN RAISE EXCEPTION 'refused'; END IF; RETURN NEW; END $$",
            [broken.pk],
        )
        cursor.execute(
            "CREATE TRIGGER refuse BEFORE INSERT ON requests_app_routingdecision"
            " FOR EACH ROW EXECUTE FUNCTION pg_temp.refuse()"
        )
    routing.route_waiting()
    good.refresh_from_db()
    broken.refresh_from_db()
    assert good.suggested_department == town.roads
    assert (broken.suggested_department, broken.status) == (None, Status.RECEIVED)
    assert broken.routed_by_rule_at is not None


def test_correcting_the_category_makes_new_suggestions(town: Town, people: People) -> None:
    request = routed_by_itself(factories.submit(town))
    after = triage.reclassify(
        request_id=request.pk,
        kind=request.kind,
        category=town.tree,
        place=intake.Place(),
        actor=Actor.staff(people.clerk),
    )
    assert after.suggested_department == town.parks
