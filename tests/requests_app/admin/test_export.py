"""Lists as files: the rows of the filters, no personal data, no formulas, not for everybody."""

import pytest
from django.test import Client
from django.urls import reverse

from common.spreadsheets import without_formula
from tests import factories
from tests.factories import People, Town
from tests.requests_app.admin.addresses import ALL, REVIEW, TRIAGE
from tests.requests_app.admin.conftest import Browser
from tests.requests_app.admin.files import csv_rows


def export(model: str) -> str:
    """The address of the file."""
    return reverse(f"admin:requests_app_{model}_export")


def test_the_file_holds_the_rows_of_the_filters(clerk: Client, town: Town) -> None:
    factories.submit(town)
    tree = factories.submit(town, category=town.tree)
    titles, *lines = csv_rows(clerk.get(export(TRIAGE), {"category": "agac"}))
    assert titles[0] == "numara"
    assert [line[0] for line in lines] == [tree.number]


def test_the_file_holds_no_names_phones_or_texts(clerk: Client, town: Town) -> None:
    factories.submit(town)
    text = "".join(";".join(line) for line in csv_rows(clerk.get(export(ALL))))
    for personal in ("Zeynep", "0500", "+90", "Çiçek Sokak", "çukur var"):
        assert personal not in text


def test_the_file_is_written_in_the_language_of_the_page(clerk: Client, town: Town) -> None:
    assert csv_rows(clerk.get(f"/en{export(ALL)}"))[0][0] == "number"


@pytest.mark.parametrize("cell", ["=1+1", "+90 500", "-2", "@SUM(A1)", "\t=1", " =1", "＝1"])
def test_a_cell_is_never_a_formula(cell: str) -> None:
    assert without_formula(cell) == f"'{cell}"


def test_a_category_named_like_a_formula_does_no_harm(clerk: Client, town: Town) -> None:
    town.pothole.name = "=HYPERLINK(1)"
    town.pothole.save()
    factories.submit(town)
    assert csv_rows(clerk.get(export(ALL)))[1][3] == "'=HYPERLINK(1)"


@pytest.mark.parametrize(
    ("model", "allowed"),
    [(TRIAGE, {"clerk", "specialist"}), (REVIEW, {"specialist"}), (ALL, {"clerk", "specialist"})],
)
def test_the_file_is_only_for_those_who_may(model: str, allowed: set[str], people: People, browser: Browser) -> None:
    everybody = ("clerk", "agent", "specialist", "administrator", "head_a", "stranger")
    given = {name for name in everybody if browser(getattr(people, name)).get(export(model)).status_code == 200}
    assert given == allowed


def test_senseless_filters_give_the_whole_list(clerk: Client, town: Town) -> None:
    request = factories.submit(town)
    assert [line[0] for line in csv_rows(clerk.get(export(ALL), {"status__nothing": "1"}))[1:]] == [request.number]
