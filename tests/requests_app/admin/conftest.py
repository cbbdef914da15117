"""The administration through HTTP: one signed-in browser for each person."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from accounts.models import User
from requests_app.models import ServiceRequest
from requests_app.services import routing
from tests import factories
from tests.factories import People, Town

Browser = Callable[[User], Client]


@pytest.fixture(autouse=True)
def no_second_factor(settings: Any) -> None:
    """Sign-in has its own tests."""
    settings.STAFF_MFA_REQUIRED = False
    settings.SECURE_SSL_REDIRECT = False


@pytest.fixture(autouse=True)
def turkish() -> Iterator[None]:
    """A page in English leaves its language behind in the thread; the next test starts in Turkish."""
    with translation.override("tr"):
        yield


@pytest.fixture
def browser() -> Browser:
    """A browser in which the given person is signed in."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="accounts.backends.StaffBackend")
        return client

    return signed_in


@pytest.fixture
def clerk(browser: Browser, people: People) -> Client:
    """The browser of the triage clerk."""
    return browser(people.clerk)


@pytest.fixture
def agent(browser: Browser, people: People) -> Client:
    """The browser of the call-centre agent."""
    return browser(people.agent)


@pytest.fixture
def specialist(browser: Browser, people: People) -> Client:
    """The browser of the public-relations specialist."""
    return browser(people.specialist)


@pytest.fixture
def waiting(town: Town) -> ServiceRequest:
    """A request that the router has looked at."""
    request = factories.submit(town)
    routing.route_waiting()
    request.refresh_from_db()
    return request
