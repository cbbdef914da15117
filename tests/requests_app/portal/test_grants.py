"""What a session remembers about proved requests."""

import pytest
from django.contrib.sessions.backends.db import SessionStore

from requests_app.grants import MOST, Level, grant, level_of

pytestmark = pytest.mark.django_db


def test_nothing_is_proved_at_first() -> None:
    assert level_of(SessionStore(), "26-0000001-4") is None


def test_the_phone_proves_the_link_as_well() -> None:
    session = SessionStore()
    grant(session, "26-0000001-4", Level.PHONE)
    grant(session, "26-0000001-4", Level.LINK)
    assert level_of(session, "26-0000001-4") == Level.PHONE


def test_only_the_newest_are_remembered() -> None:
    session = SessionStore()
    numbers = [f"26-{serial:07d}-0" for serial in range(MOST + 1)]
    for number in numbers:
        grant(session, number, Level.LINK)
    assert level_of(session, numbers[0]) is None
    assert all(level_of(session, number) for number in numbers[1:])


def test_using_one_again_makes_it_the_newest() -> None:
    session = SessionStore()
    numbers = [f"26-{serial:07d}-0" for serial in range(MOST)]
    for number in [*numbers, numbers[0], "26-9999999-0"]:
        grant(session, number, Level.LINK)
    assert level_of(session, numbers[0]) == Level.LINK
    assert level_of(session, numbers[1]) is None
