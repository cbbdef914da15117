"""What every list of the administration has, whoever wrote its page."""

import re
from typing import Any

import pytest
from django.contrib import admin
from django.urls import reverse

from tests.access import World, make_cast, make_world
from tests.factories import People, Town


@pytest.fixture
def world(town: Town, people: People) -> World:
    """A row of everything."""
    return make_world(make_cast(town, people))


# There is one municipality, and simulated messages stand in an inbox.
WITHOUT_TABLE = ("Municipality", "LocalDelivery")
LISTS = [model for model in admin.site._registry if model.__name__ not in WITHOUT_TABLE]


@pytest.mark.parametrize("model", LISTS, ids=lambda model: model.__name__)
def test_every_table_has_a_caption_and_sorts_by_its_headers(model: Any, world: World) -> None:
    path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    answers = [world.cast.browser_of(persona).get(path) for persona in ("manager", "administrator")]
    page = next(answer for answer in answers if answer.status_code == 200).content.decode()
    assert re.search(r'<table id="result_list">\s*<caption[^>]*>[^<]+</caption>', page)
    assert re.search(r'<th scope="col"[^>]*>(?:(?!</th>).)*href="\?', page, re.DOTALL)
