"""A queue as a table."""

import csv
from io import StringIO

from django.test import Client
from pytest_django import DjangoAssertNumQueries

from departments.models import Neighbourhood
from requests_app.models import Category
from tests.factories import People, Town, in_progress, routed
from tests.requests_app.desk.conftest import Browser

EXPORT = "/masa/disa-aktar/"


def table(client: Client, query: str = "") -> list[list[str]]:
    """The rows below the header."""
    body = b"".join(client.get(f"{EXPORT}?{query}").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.reader(StringIO(body), delimiter=";"))[1:]


def test_it_holds_the_queue_that_was_looked_at(town: Town, people: People, head: Client) -> None:
    routed(town, people)
    wanted = in_progress(town, people)

    assert [row[0] for row in table(head, "tab=in_progress")] == [wanted.number]


def test_it_follows_the_filter(town: Town, people: People, head: Client) -> None:
    routed(town, people)

    assert table(head, "q=yokboyle") == []


def test_it_holds_nothing_of_other_departments(town: Town, people: People, browser: Browser) -> None:
    routed(town, people)

    assert table(browser(people.head_b)) == []


def test_it_holds_nothing_personal(town: Town, people: People, head: Client) -> None:
    routed(town, people)

    body = str(table(head))
    assert "Zeynep" not in body
    assert "0500" not in body


def test_no_cell_is_a_formula(town: Town, people: People, head: Client) -> None:
    Category.objects.filter(pk=town.pothole.pk).update(name="=HYPERLINK(1)")
    Neighbourhood.objects.filter(pk=town.centre.pk).update(name="+cmd")
    routed(town, people)

    cells = [cell for row in table(head) for cell in row]
    assert "'=HYPERLINK(1)" in cells
    assert "'+cmd" in cells


def test_it_is_a_file_with_a_name(town: Town, people: People, head: Client) -> None:
    response = head.get(EXPORT)

    assert response["Content-Type"].startswith("text/csv")
    assert "attachment; filename=" in response["Content-Disposition"]


def test_the_number_of_queries_does_not_grow(
    town: Town, people: People, head: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    routed(town, people)
    table(head)
    with django_assert_max_num_queries(20) as one:
        table(head)
    for _each in range(3):
        routed(town, people)
    with django_assert_max_num_queries(len(one)):
        assert len(table(head)) == 4
