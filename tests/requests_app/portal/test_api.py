"""What the pages ask for while a form is being filled in."""

import json
from typing import Any

import pytest
import time_machine
from django.test import Client

from departments.models import Neighbourhood
from requests_app.views import throttle
from tests import factories

pytestmark = pytest.mark.usefixtures("town")

LOCATE, SUGGEST, BOUNDARIES = (
    "/api/v1/neighbourhoods/locate",
    "/api/v1/categories/suggest",
    "/api/v1/neighbourhoods.geojson",
)


def ask(client: Client, address: str, body: Any) -> Any:
    return client.post(address, json.dumps(body), content_type="application/json")


def test_a_point_finds_its_neighbourhood(client: Client) -> None:
    answer = ask(client, LOCATE, {"lat": 39.005, "lng": 34.005})
    assert answer.json() == {"neighbourhood": {"code": "merkez", "name": "Merkez"}}


def test_a_point_outside_finds_none(client: Client) -> None:
    assert ask(client, LOCATE, {"lat": 0, "lng": 0}).json() == {"neighbourhood": None}


@pytest.mark.parametrize(
    "body",
    [{}, {"lat": "x", "lng": 1}, {"lat": 91, "lng": 0}, {"lat": None, "lng": 0}, [], "x", {"lat": 1e999, "lng": 0}],
)
def test_what_is_no_point_is_refused(client: Client, body: Any) -> None:
    assert ask(client, LOCATE, body).status_code == 400


def test_words_suggest_subjects_whatever_their_endings_and_letters(client: Client) -> None:
    answer = ask(client, SUGGEST, {"text": "YOLDAKI ÇUKURDAN asfalt taşıyor"})
    assert [item["code"] for item in answer.json()["categories"]] == ["cukur"]


def test_words_without_a_meaning_suggest_nothing(client: Client) -> None:
    assert ask(client, SUGGEST, {"text": "merhaba"}).json() == {"categories": []}


@pytest.mark.parametrize("body", [{}, {"text": 5e400}, {"text": "a" * 2001}, {"text": ["x"]}, {"text": "\x00çukur"}])
def test_what_is_no_text_is_refused(client: Client, body: Any) -> None:
    assert ask(client, SUGGEST, body).status_code == 400


def test_a_body_that_is_too_large_is_not_read(client: Client) -> None:
    assert ask(client, SUGGEST, {"text": "a" * 30_000}).status_code == 400


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 10_000])
def test_what_is_no_json_is_refused(client: Client, body: bytes) -> None:
    assert client.post(SUGGEST, body, content_type="application/json").status_code == 400


def test_texts_and_positions_never_stand_in_an_address(client: Client) -> None:
    assert client.get(LOCATE, {"lat": 39, "lng": 34}).status_code == 405
    assert client.get(SUGGEST, {"text": "çukur"}).status_code == 405


def test_boundaries_may_be_kept_by_caches(client: Client) -> None:
    response = client.get(BOUNDARIES)
    assert response["Cache-Control"] == "public, max-age=3600"
    assert response["Content-Type"] == "application/geo+json"
    assert {item["properties"]["name"] for item in response.json()["features"]} == {"Merkez", "Ilık Tepe"}


def test_a_neighbourhood_without_a_boundary_is_left_out(client: Client, town: factories.Town) -> None:
    Neighbourhood.objects.filter(pk=town.hill.pk).update(
        polygon=None, min_lat=None, max_lat=None, min_lng=None, max_lng=None
    )
    assert len(client.get(BOUNDARIES).json()["features"]) == 1


@time_machine.travel("2026-11-20T12:00:30+03:00", tick=False)
def test_one_address_asks_only_so_often(client: Client) -> None:
    for _ in range(throttle.API.most):
        throttle.allows(throttle.API, "127.0.0.1")
    assert ask(client, SUGGEST, {"text": "çukur"}).status_code == 429
