"""What is configured: changed by administrators, taken out of use instead of deleted."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from common.errors import NotPermitted
from requests_app.actors import Actor
from requests_app.models import Authority, Category, ClockRecount, Feedback, LegalPeriod, RoutingRule
from requests_app.services import applicant, configuration
from tests import factories
from tests.factories import People, Town
from tests.requests_app.admin.conftest import Browser

MODELS = ("category", "routingrule", "legalperiod", "standardreply", "authority")


@pytest.fixture
def administrator(browser: Browser, people: People) -> Client:
    """The browser of the administrator."""
    return browser(people.administrator)


def listing(model: str) -> str:
    """The address of a list."""
    return reverse(f"admin:requests_app_{model}_changelist")


def change(row: Any) -> str:
    """The address of a row's form."""
    return reverse(f"admin:requests_app_{row._meta.model_name}_change", args=[row.pk])


def category_form(category: Category, **changes: Any) -> dict[str, Any]:
    """What the form of a category sends."""
    return {
        "name": category.name,
        "name_en": "",
        "group": category.group,
        "group_en": "",
        "department": category.department_id,
        "kind": category.kind,
        "target_working_hours": category.target_working_hours or "",
        "keywords": "\n".join(category.keywords),
        "questions": json.dumps(category.questions),
        "sort_order": 0,
        "is_active": "on",
        "help": "",
        "help_en": "",
        **changes,
    }


@pytest.mark.parametrize("model", MODELS)
def test_every_list_opens_for_the_administrator(model: str, administrator: Client, town: Town) -> None:
    assert administrator.get(listing(model)).status_code == 200


@pytest.mark.parametrize("who", ["agent", "clerk", "specialist", "head_a", "stranger"])
def test_nobody_else_changes_a_category(who: str, people: People, browser: Browser, town: Town) -> None:
    sent = category_form(town.pothole, name="Başka ad")
    assert browser(getattr(people, who)).post(change(town.pothole), sent).status_code in (302, 403)
    assert Category.objects.get(pk=town.pothole.pk).name == "Yol çukuru"


def test_a_changed_row_belongs_to_the_staff(administrator: Client, town: Town) -> None:
    Category.objects.filter(pk=town.pothole.pk).update(source="ornek")
    administrator.post(change(town.pothole), category_form(town.pothole, name="Yolda çukur"))
    row = Category.objects.get(pk=town.pothole.pk)
    assert (row.name, row.source, row.code) == ("Yolda çukur", "", "cukur")


def test_keywords_are_written_one_on_each_line(administrator: Client, town: Town) -> None:
    administrator.post(change(town.pothole), category_form(town.pothole, keywords="çukur\r\n\r\n delik \r\nçukur"))
    assert Category.objects.get(pk=town.pothole.pk).keywords == ["çukur", "delik"]


@pytest.mark.parametrize(
    "questions",
    [
        '{"code": "a"}',
        "[1]",
        '[{"code": "a", "label": "A"}]',
        '[{"code": "a", "label": "A", "type": "date"}]',
        '[{"code": "a", "label": "A", "type": "choice"}]',
        '[{"code": "a", "label": "A", "type": "choice", "choices": [{"value": "x"}]}]',
        '[{"code": "a", "label": "A", "type": "text"}, {"code": "a", "label": "B", "type": "text"}]',
        "no json",
    ],
)
def test_questions_of_which_no_form_can_be_made_are_refused(questions: str, administrator: Client, town: Town) -> None:
    response = administrator.post(change(town.pothole), category_form(town.pothole, questions=questions))
    assert response.status_code == 200
    assert "questions" in response.context["adminform"].form.errors
    assert Category.objects.get(pk=town.pothole.pk).questions == []


def test_good_questions_are_kept(administrator: Client, town: Town) -> None:
    questions = [
        {"code": "kac", "label": "Kaç tane?", "type": "number"},
        {"code": "ne", "label": "Hangisi?", "type": "choice", "choices": [{"value": "a", "label": "A"}]},
    ]
    administrator.post(change(town.pothole), category_form(town.pothole, questions=json.dumps(questions)))
    assert Category.objects.get(pk=town.pothole.pk).questions == questions


def test_the_service_saves_for_whoever_may(town: Town, people: People) -> None:
    town.pothole.name = "Çukur"
    configuration.save(row=town.pothole, changed=("name",), actor=people.administrator)
    assert Category.objects.get(pk=town.pothole.pk).name == "Çukur"


@pytest.mark.parametrize("who", ["clerk", "specialist", "head_a"])
def test_the_service_saves_for_nobody_else(who: str, town: Town, people: People) -> None:
    actor = getattr(people, who)
    with pytest.raises(NotPermitted):
        configuration.switch(row=town.pothole, is_active=False, actor=actor)
    assert Category.objects.get(pk=town.pothole.pk).is_active


@pytest.mark.parametrize("model", MODELS)
def test_no_list_offers_to_delete(model: str, administrator: Client, town: Town) -> None:
    assert "delete_selected" not in administrator.get(listing(model)).content.decode()


def test_a_row_is_not_deleted_by_its_address_either(administrator: Client, town: Town) -> None:
    address = reverse("admin:requests_app_authority_delete", args=[town.water_board.pk])
    assert administrator.post(address, {"post": "yes"}).status_code == 403
    assert Authority.objects.filter(pk=town.water_board.pk).exists()


def test_rows_go_out_of_use_and_back(administrator: Client, town: Town) -> None:
    sent = {"action": "take_out_of_use", "_selected_action": [town.water_board.pk], "index": "0"}
    administrator.post(listing("authority"), sent)
    assert not Authority.objects.get(pk=town.water_board.pk).is_active
    administrator.post(listing("authority"), {**sent, "action": "take_into_use"})
    assert Authority.objects.get(pk=town.water_board.pk).is_active


def test_a_rule_that_would_contradict_another_stays_out_of_use(administrator: Client, town: Town) -> None:
    same = {"category": town.pothole, "neighbourhood": town.centre, "department": town.parks}
    old = RoutingRule.objects.create(**same, is_active=False)
    RoutingRule.objects.create(**same)
    sent = {"action": "take_into_use", "_selected_action": [old.pk], "index": "0"}
    assert administrator.post(listing("routingrule"), sent).status_code == 302
    assert not RoutingRule.objects.get(pk=old.pk).is_active


def test_a_changed_period_moves_the_clocks(administrator: Client, town: Town) -> None:
    period = LegalPeriod.objects.get(kind="complaint")
    sent = {"kind": "complaint", "days": 20, "unit": "calendar", "extended_days": "", "article": "3071 m. 7", "valid_from": "01.01.2020", "valid_to": ""}  # fmt: skip
    assert administrator.post(change(period), sent).status_code == 302
    assert ClockRecount.objects.exists()


def test_a_changed_target_moves_the_clocks(administrator: Client, town: Town) -> None:
    administrator.post(change(town.pothole), category_form(town.pothole, name="Çukur"))
    assert not ClockRecount.objects.exists()
    administrator.post(change(town.pothole), category_form(town.pothole, target_working_hours=48))
    assert ClockRecount.objects.exists()


def test_feedback_is_read_and_changed_by_nobody(specialist: Client, town: Town, people: People) -> None:
    request = factories.closed(town, people)
    applicant.rate(request_id=request.pk, solved=True, score=5, comment="Sağ olun.", actor=Actor.applicant(request.pk))
    assert "Sağ olun." in specialist.get(listing("feedback")).content.decode()
    row = Feedback.objects.get()
    assert specialist.get(change(row)).status_code == 200
    assert specialist.post(change(row), {"score": 1}).status_code == 403


@pytest.mark.parametrize("model", ["requestevent", "note", "answer", "applicant", "attachment", "routingdecision"])
def test_what_belongs_to_a_request_has_no_page_of_its_own(model: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(f"admin:requests_app_{model}_changelist")
