"""``manage.py load_reference_data``."""

from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command

from departments.models import Municipality
from notifications.models import MessageTemplate
from requests_app.models import Category

pytestmark = pytest.mark.django_db


def load(*arguments: str) -> str:
    output = StringIO()
    call_command("load_reference_data", *arguments, stdout=output)
    return output.getvalue()


def test_it_loads_every_part_of_the_pack() -> None:
    printed = load("ornek")
    assert Municipality.objects.get().name == "Örnek Belediyesi"
    assert Group.objects.filter(name="administrator").exists()
    assert MessageTemplate.objects.exists()
    assert Category.objects.exists()
    assert "departments: 14 created, 0 updated, 0 unchanged, 0 closed, 0 kept" in printed


@pytest.mark.parametrize("pack", ["ornek", "kecioren"])
def test_a_second_run_changes_nothing(pack: str) -> None:
    load(pack)
    printed = load(pack)
    assert all(": 0 created, 0 updated," in line and "0 closed" in line for line in printed.splitlines()), printed


def test_from_one_pack_to_the_other_and_back() -> None:
    for pack in ("ornek", "kecioren", "ornek"):
        load(pack)
    assert Municipality.objects.get().name == "Örnek Belediyesi"
    assert Category.objects.get(code="yol-cukuru").department.valid_to is None


def test_without_a_name_it_takes_the_pack_of_the_settings(settings: Any) -> None:
    settings.REFERENCE_PACK = "kecioren"
    load()
    assert Municipality.objects.get().name == "Keçiören Belediyesi"


def test_an_unknown_pack_is_named() -> None:
    with pytest.raises(CommandError, match="atlantis"):
        load("atlantis")


def test_a_path_instead_of_a_name_is_refused() -> None:
    with pytest.raises(CommandError):
        load("../departments")
