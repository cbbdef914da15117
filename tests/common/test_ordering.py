"""The Turkish alphabet in the database is the one of Python."""

import pytest
from django.db import connection

from common.turkish import LETTERS, PLACES, sort_key
from departments.models import Department, Neighbourhood
from requests_app import catalogue
from tests.factories import LONG_AGO

NAMES = [
    "Zabıta",
    "Şehir",
    "Sosyal",
    "İmar",
    "Ilıca",
    "Işık",
    "Çevre",
    "Cadde",
    "Üst",
    "Uç",
    "Âdil",
    "Adıl",
    "Öz",
    "Of",
    "1. Bölge",
]

pytestmark = pytest.mark.django_db


def test_the_database_knows_every_letter_that_python_knows() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT turkish_order(%s)", [LETTERS])
        assert cursor.fetchone() == (PLACES,)


def test_departments_stand_in_the_order_of_the_turkish_alphabet() -> None:
    for number, name in enumerate(NAMES):
        Department.objects.create(code=f"d{number}", name=name, valid_from=LONG_AGO)
    in_order = sorted(NAMES, key=sort_key)
    assert [row.name for row in Department.objects.all()] == in_order
    assert [row.name for row in Department.objects.in_tree_order()] == in_order


def test_neighbourhoods_stand_in_the_order_of_the_turkish_alphabet() -> None:
    for number, name in enumerate(NAMES):
        Neighbourhood.objects.create(code=f"n{number}", name=name, folded_name="")
    in_order = sorted(NAMES, key=sort_key)
    assert [row.name for row in Neighbourhood.objects.all()] == in_order
    assert [name for _code, name in catalogue.neighbourhood_choices()] == in_order
