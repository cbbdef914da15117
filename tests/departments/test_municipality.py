"""The municipality's own row."""

from collections.abc import Callable
from datetime import time
from typing import Any

import pytest
from django.db import IntegrityError

from accounts.models import User
from common.errors import InvalidInput, NotPermitted
from departments.models import Municipality
from departments.services import organisation
from requests_app.models import ClockRecount

pytestmark = pytest.mark.django_db


def test_without_reference_data_there_is_none() -> None:
    assert organisation.municipality() is None


def test_it_is_asked_for_once(place: Municipality, django_assert_num_queries: Callable[[int], Any]) -> None:
    with django_assert_num_queries(1):
        assert [organisation.municipality() for _ in range(3)] == [place] * 3


def test_there_is_only_one(place: Municipality) -> None:
    place.pk = 2
    with pytest.raises(IntegrityError):
        place.save(force_insert=True)


def test_an_administrator_changes_it(administrator: User, place: Municipality) -> None:
    organisation.change_municipality(actor=administrator, changes={"phone": "0500 000 00 01"})
    place.refresh_from_db()
    assert place.phone == "0500 000 00 01"


def test_the_change_is_seen_once_it_is_committed(
    administrator: User, place: Municipality, django_capture_on_commit_callbacks: Any
) -> None:
    organisation.municipality()
    with django_capture_on_commit_callbacks(execute=True):
        organisation.change_municipality(actor=administrator, changes={"short_name": "Yeni"})
    found = organisation.municipality()
    assert found is not None
    assert found.short_name == "Yeni"


def test_new_working_hours_are_announced_and_a_new_phone_is_not(administrator: User, place: Municipality) -> None:
    organisation.change_municipality(actor=administrator, changes={"phone": "0500 000 00 01"})
    assert not ClockRecount.objects.exists()
    organisation.change_municipality(actor=administrator, changes={"work_end": time(17)})
    assert ClockRecount.objects.exists()


def test_nobody_else_changes_it(person: Callable[..., User], place: Municipality) -> None:
    with pytest.raises(NotPermitted):
        organisation.change_municipality(actor=person("biri"), changes={"phone": "1"})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("brand_colour", "red;} body{display:none"),
        ("reopen_days", 0),
        ("work_end", time(8)),
        ("half_day_end", time(18)),
        ("map_lat", 91.0),
    ],
)
def test_what_makes_no_sense_is_refused(administrator: User, place: Municipality, field: str, value: Any) -> None:
    with pytest.raises(InvalidInput):
        organisation.change_municipality(actor=administrator, changes={field: value})


def test_the_database_refuses_a_colour_that_is_none(place: Municipality) -> None:
    with pytest.raises(IntegrityError):
        Municipality.objects.update(brand_dark="url(x)")
