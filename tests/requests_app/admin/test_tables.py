"""What every list of the administration has, whoever wrote its page."""

import re
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from notifications.models import Message
from notifications.tasks import deliver_transactional
from requests_app.models import Category, StandardReply
from tests import factories
from tests.access import World, make_cast, make_world
from tests.factories import People, Town
from tests.requests_app.admin.conftest import Browser
from tests.requests_app.admin.files import csv_rows


@pytest.fixture
def world(town: Town, people: People) -> World:
    """A row of everything."""
    return make_world(make_cast(town, people))


# There is one municipality, and simulated messages stand in an inbox.
WITHOUT_TABLE = ("Municipality", "LocalDelivery")
LISTS = [model for model in admin.site._registry if model.__name__ not in WITHOUT_TABLE]


ANY_LIST = [model for model in admin.site._registry if model.__name__ != "Municipality"]


@pytest.mark.parametrize("model", ANY_LIST, ids=lambda model: model.__name__)
def test_every_list_has_a_sentence_for_when_it_is_empty(model: Any) -> None:
    assert str(admin.site._registry[model].empty_text)  # type: ignore[attr-defined]


def test_an_empty_table_shows_its_sentence(clerk: Client, people: People) -> None:
    text = clerk.get(reverse("admin:notifications_message_changelist")).content.decode()
    assert "Burada kayıt yok" in text
    assert "Başvuru sahibine bildirilecek bir şey olduğunda" in text
    assert "CSV olarak indir" not in text


def test_a_search_that_finds_nothing_says_what_to_change(clerk: Client, people: People) -> None:
    text = clerk.get(reverse("admin:departments_department_changelist"), {"q": "yokböylebiryer"}).content.decode()
    assert "Eşleşen kayıt yok" in text
    assert "Müdürlükler hazır verilerle gelir" not in text


def test_departments_leave_as_a_file(clerk: Client, people: People) -> None:
    listed = clerk.get(reverse("admin:departments_department_changelist")).content.decode()
    address = reverse("admin:departments_department_export")
    assert f'href="{address}?"' in listed
    titles, *lines = csv_rows(clerk.get(address))
    assert titles[:2] == ["kod", "ad"]
    assert ["fen", "Fen İşleri Müdürlüğü"] in [line[:2] for line in lines]


def test_the_file_follows_search_and_filters(clerk: Client, town: Town) -> None:
    Category.objects.filter(pk=town.tree.pk).update(is_active=False)
    answer = clerk.get(reverse("admin:requests_app_category_export"), {"is_active__exact": "0"})
    assert [line[0] for line in csv_rows(answer)[1:]] == ["agac"]


TABLES_WITH_A_FILE = [model for model, page in admin.site._registry.items() if getattr(page, "export_fields", ())]


@pytest.mark.parametrize("model", TABLES_WITH_A_FILE, ids=lambda model: model.__name__)
def test_a_filter_that_makes_no_sense_is_left_out_of_the_file_as_of_the_list(model: Any, world: World) -> None:
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_export")
    browsers = [world.cast.browser_of(persona) for persona in ("manager", "administrator")]
    browser = next(browser for browser in browsers if browser.get(address).status_code == 200)
    assert csv_rows(browser.get(address, {"nonsense": "1"})) == csv_rows(browser.get(address))


def test_what_is_named_like_a_formula_does_no_harm_in_any_table(clerk: Client, town: Town) -> None:
    StandardReply.objects.update(title="=HYPERLINK(1)")
    lines = csv_rows(clerk.get(reverse("admin:requests_app_standardreply_export")))
    assert lines[1][1] == "'=HYPERLINK(1)"


def test_the_file_of_the_messages_holds_masked_phones_and_no_texts(
    clerk: Client, town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    request = factories.submit(town)
    deliver_transactional()
    text = "\n".join(";".join(line) for line in csv_rows(clerk.get(reverse("admin:notifications_message_export"))))
    assert request.number in text
    assert "0500 *** ** 01" in text
    assert Message.objects.get().text
    for personal in ("5000000001", "0500 000 00 01", "Zeynep", Message.objects.get().text):
        assert personal not in text
    [line] = [record for record in caplog.records if record.getMessage() == "table.exported"]
    assert line.__dict__["table"] == "notifications.message"


@pytest.mark.parametrize("who", ["agent", "clerk", "stranger"])
def test_nobody_gets_a_file_of_a_list_they_may_not_see(who: str, people: People, browser: Browser) -> None:
    person = browser(getattr(people, who))
    assert person.get(reverse("admin:departments_calendarday_export")).status_code in (302, 403)


@pytest.mark.parametrize("model", LISTS, ids=lambda model: model.__name__)
def test_every_table_has_a_caption_and_sorts_by_its_headers(model: Any, world: World) -> None:
    path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    answers = [world.cast.browser_of(persona).get(path) for persona in ("manager", "administrator")]
    page = next(answer for answer in answers if answer.status_code == 200).content.decode()
    assert re.search(r'<table id="result_list">\s*<caption[^>]*>[^<]+</caption>', page)
    assert re.search(r'<th scope="col"[^>]*>(?:(?!</th>).)*href="\?', page, re.DOTALL)
