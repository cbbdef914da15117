"""What no honest browser sends, sent to every address: none of it may break a page."""

from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.access import World, make_cast, make_world
from tests.test_urls import PARAMETER, address, all_routes

pytestmark = pytest.mark.django_db

# Between them they open every page there is; each page is tried by the first of them who opens it.
CURIOUS = ("applicant", "head_a", "manager", "administrator")
HUGE = "9" * 30
NUL = "a\0b"
ODD_VALUES = ("-1", "007", HUGE, "9223372036854775808", "٣", "", "None", NUL, "_5F", "%")
ODD_QUERIES = (
    "%00=1", "q=%00", f"a={'a' * 3000}&next=//x.example&_to_field={HUGE}", "_popup=1&_to_field=id",
)  # fmt: skip
ODD_QUERIES_OF_LISTS = (
    "p=x", "p=-1", f"p={HUGE}", "p=٣", "o=x", f"o={HUGE}", "o=1.2.-3", "o=-", "e=1", "all=", "q=%FF", f"q={HUGE}",
    "q=%27%5C%26%21%3A%2A", f"done={HUGE}", "done=%C2%B2", f"id={HUGE}", f"id__in={HUGE},x", "id__exact=x",
    "is_active__exact=2", "valid_from__gt=x", f"department__id__exact={HUGE}", f"department={HUGE}", "period=x",
    "role__exact=%27", "date__year=99999", "date__month=13&date__year=2026", "date__day=99&date__month=2&date__year=2026",
    "_changelist_filters=%FF%26o%3Dx", "_changelist_filters=p%3Dx", "tab=x&page=x&sort=x", "solved__exact=x",
    "&".join(f"a{number}=1" for number in range(400)),
)  # fmt: skip
# An export is read by the same code as its list.
LISTS = ("_changelist", "desk:queue", "_triagerequest_change")


@pytest.fixture
def world(town: factories.Town, people: factories.People) -> World:
    """A row of everything."""
    return make_world(make_cast(town, people))


@pytest.fixture
def browsers(world: World) -> list[Client]:
    """The browsers of the curious; a page that breaks answers them instead of raising."""
    browsers = [world.cast.browser_of(persona) for persona in CURIOUS]
    for browser in browsers:
        browser.raise_request_exception = False
    return browsers


@dataclass(frozen=True)
class Page:
    """An address that opens, its route, and the browser in which it does."""

    key: str
    route: str
    path: str
    browser: Client


def pages(world: World, browsers: list[Client]) -> list[Page]:
    """Every address that opens for one of the curious."""
    found = []
    for key, route in all_routes():
        path = address(key, route, world)
        opens = (browser for browser in browsers if browser.get(path).status_code == 200)
        if key != "readyz" and (browser := next(opens, None)):  # no worker runs here, so it answers 503
            found.append(Page(key, route, path, browser))
    return found


def breaks(ask: Callable[..., Any], path: str, data: Any = None) -> bool:
    """Whether the server breaks. Whatever was changed is taken back."""
    with transaction.atomic():
        status = ask(path, data).status_code
        transaction.set_rollback(True)
    return bool(status >= 500)


def test_odd_values_in_an_address_break_nothing(world: World, browsers: list[Client]) -> None:
    asked = [
        (page.browser, "/" + PARAMETER.sub(quote(odd, safe=""), page.route).strip("^$"))
        for page in pages(world, browsers)
        if PARAMETER.search(page.route)
        for odd in ODD_VALUES
    ]
    assert not [path for browser, path in asked if breaks(browser.get, path)]


def test_odd_queries_break_nothing(world: World, browsers: list[Client]) -> None:
    asked = [
        (page.browser, f"{page.path}?{query}")
        for page in pages(world, browsers)
        for query in (*ODD_QUERIES, *(ODD_QUERIES_OF_LISTS if page.key.endswith(LISTS) else ()))
    ]
    assert not [path for browser, path in asked if breaks(browser.get, path)]


@pytest.mark.parametrize("path", ["/", "/admin/", "/masa/", "/takip/", "/livez"])
def test_a_nul_byte_is_refused_in_words_on_every_surface(path: str, client: Client, town: factories.Town) -> None:
    assert client.get(f"{path}?q=a%00b").status_code == 400
    assert client.get(f"{path}%00/").status_code == 400
    client.cookies["sessionid"] = NUL * 10
    assert client.get(path).status_code == 400


# --- Bodies --------------------------------------------------------------------------------------


class Forms(HTMLParser):
    """The forms of a page: where each is sent to, and what its fields hold."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A form begins, or a field of it."""
        values = {name: value or "" for name, value in attrs}
        if tag == "form" and values.get("method", "").lower() == "post":
            self.found.append((values.get("action", ""), {}))
        elif self.found and tag in ("input", "select", "textarea", "button") and values.get("name"):
            self.found[-1][1][values["name"]] = values.get("value", "")


def forms(world: World, browsers: list[Client]) -> list[tuple[Client, str, dict[str, str]]]:
    """The forms of all pages, each kind once: in which browser, where it is sent to, and its fields."""
    found: dict[Any, tuple[Client, str, dict[str, str]]] = {}
    for page in pages(world, browsers):
        answer = page.browser.get(page.path)
        if answer.headers["Content-Type"].startswith("text/html"):
            for action, fields in Forms(answer.content.decode()).found:
                fields.pop("csrfmiddlewaretoken", None)
                kind = (PurePosixPath(action).name, *sorted(fields))  # the same decision stands on several lists
                found.setdefault(kind, (page.browser, action or page.path, fields))
    return list(found.values())


def test_odd_values_in_forms_break_nothing(world: World, browsers: list[Client]) -> None:
    sent = []
    for browser, action, fields in forms(world, browsers):
        sent += [(browser, action, dict.fromkeys(fields, odd)) for odd in ("007", HUGE, "", NUL)]
        sent += [(browser, action, {**fields, name: NUL}) for name in fields]
    assert len(sent) > 100
    assert not [(action, fields) for browser, action, fields in sent if breaks(browser.post, action, fields)]


LISTS_WITH_ACTIONS = [model for model, row in admin.site._registry.items() if row.actions is not None]


@pytest.mark.parametrize("model", LISTS_WITH_ACTIONS, ids=lambda model: model.__name__)
def test_odd_ids_chosen_in_a_list_break_nothing(model: Any, world: World, browsers: list[Client]) -> None:
    path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    actions = ("delete_selected", *(admin.site._registry[model].actions or ()))
    chosen = {ACTION_CHECKBOX_NAME: ODD_VALUES, "index": "0"}
    sent = [
        {**chosen, "action": action, "confirmed": confirmed, "post": confirmed}
        for action in actions
        for confirmed in ("", "1", "yes")
    ]
    assert not [each for each in sent for browser in browsers[2:] if breaks(browser.post, path, each)]
