"""The same application in two windows, and what a citizen reads while somebody else holds what is changed."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpResponse

from common.errors import StaleVersion
from common.secrets import new_secret
from notifications.models import Message
from requests_app.forms.application import WholeApplication
from requests_app.models import Applicant, ApplicationDraft, ServiceRequest
from requests_app.services import drafts
from tests import factories
from tests.requests_app.portal.citizen import Citizen, last_code, text_of
from tests.requests_app.portal.conftest import picture
from tests.requests_app.waiting import until_somebody_waits

NEW_TEXT = "Sokağın başındaki çukur büyüdü, bir araç düştü."
BUSY = "Şu anda başka biri burada değişiklik yapıyor."


def send_as_read(draft: ApplicationDraft, key: str) -> ServiceRequest:
    """Send what was read a while ago."""
    whole = WholeApplication(draft.data)
    assert not whole.first_incomplete
    return drafts.send(draft=draft, key=key, application=whole.application(language="tr"))


def nothing_was_sent() -> bool:
    return not ServiceRequest.objects.exists() and not Message.objects.exists() and not Applicant.objects.exists()


class TestTheDraft:
    """What was changed or discarded since it was read is not sent."""

    def test_text_changed_since_is_not_lost(self, citizen: Citizen) -> None:
        citizen.fill()
        read = citizen.draft
        citizen.take("what", description=NEW_TEXT)
        with pytest.raises(StaleVersion):
            send_as_read(read, citizen.key)
        assert nothing_was_sent()
        assert citizen.draft.data["what"]["description"] == NEW_TEXT

    def test_a_file_added_since_is_looked_at_first(self, citizen: Citizen) -> None:
        citizen.fill()
        read = citizen.draft
        citizen.take("what", files=picture("cukur.jpg"), attach="1")
        with pytest.raises(StaleVersion):
            send_as_read(read, citizen.key)
        assert citizen.draft.attachments.count() == 1

    def test_what_was_discarded_since_is_not_sent(self, citizen: Citizen) -> None:
        citizen.fill()
        read = citizen.draft
        citizen.post("apply")
        with pytest.raises(drafts.DraftGone):
            send_as_read(read, citizen.key)
        assert nothing_was_sent()


class TestTwoConnections:
    """Somebody else holds a row."""

    pytestmark = pytest.mark.django_db(transaction=True)

    @pytest.fixture
    def town(self, transactional_db: None) -> Iterator[factories.Town]:
        yield factories.make_town()

    def test_who_sends_while_another_window_saves_is_shown_the_new_text(self, citizen: Citizen) -> None:
        citizen.fill()
        draft = citizen.draft
        saved = {**draft.data["what"], "description": NEW_TEXT}
        with held(lambda: drafts.save_step(draft_id=draft.pk, step="what", data=saved)) as release:
            thread, answers = in_thread(citizen.send)
            until_somebody_waits(thread)
            release()
            thread.join()
        assert answers[0].status_code == 409
        assert NEW_TEXT in text_of(answers[0])
        assert nothing_was_sent()
        assert citizen.send()["Location"] == "/basvuru/alindi/"
        assert ServiceRequest.objects.get().description == NEW_TEXT

    def test_text_typed_while_another_window_discards_is_shown_again(self, citizen: Citizen) -> None:
        citizen.take("what")
        draft = citizen.draft
        with held(lambda: drafts.discard(draft_id=draft.pk)) as release:
            thread, answers = in_thread(lambda: citizen.take("what", description=NEW_TEXT))
            until_somebody_waits(thread)
            release()
            thread.join()
        assert answers[0].status_code == 422
        assert NEW_TEXT in text_of(answers[0])
        assert citizen.take("what", description=NEW_TEXT)["Location"] == "/basvuru/nerede/"

    def test_who_waits_too_long_to_send_is_asked_to_try_again(self, citizen: Citizen) -> None:
        citizen.fill()
        with held(lambda: ApplicationDraft.objects.select_for_update().get()):
            response = impatiently(citizen.send)
        assert response.status_code == 409
        assert BUSY in text_of(response)
        assert nothing_was_sent()
        assert citizen.send()["Location"] == "/basvuru/alindi/"

    def test_who_waits_too_long_to_go_on_keeps_what_was_typed(self, citizen: Citizen) -> None:
        citizen.take("what")
        with held(lambda: ApplicationDraft.objects.select_for_update().get()):
            response = impatiently(lambda: citizen.take("what", description=NEW_TEXT))
        assert response.status_code == 409
        assert BUSY in text_of(response)
        assert NEW_TEXT in text_of(response)

    def test_who_waits_too_long_to_add_something_keeps_it(self, town: factories.Town) -> None:
        owner, request = owner_of(town)
        with held(lambda: ServiceRequest.objects.select_for_update().get()):
            response = impatiently(lambda: owner.post("request_add", request.number, text=NEW_TEXT))
        assert response.status_code == 409
        assert BUSY in text_of(response)
        assert NEW_TEXT in text_of(response)

    def test_a_row_held_outside_of_any_change_of_a_request_is_no_failure_either(self, town: factories.Town) -> None:
        owner, request = owner_of(town)
        owner.post("request_contact", request.number, send="1")
        with held(lambda: Applicant.objects.select_for_update().get()):
            response = impatiently(lambda: owner.post("request_contact", request.number, code=last_code("contact")))
        assert response.status_code == 409
        assert BUSY in text_of(response)


def owner_of(town: factories.Town) -> tuple[Citizen, ServiceRequest]:
    """Somebody who has opened an own request."""
    secret, owner = new_secret(), Citizen()
    request = factories.submit(town, secret=secret)
    owner.get("track_link", secret)
    return owner, request


def in_thread(work: Callable[[], HttpResponse]) -> tuple[threading.Thread, list[HttpResponse]]:
    """Do ``work`` on another connection."""
    results: list[HttpResponse] = []

    def run() -> None:
        try:
            results.append(work())
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, results


def impatiently(work: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer of ``work`` on a connection that waits for a lock only a moment."""

    def hurried() -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        return work()

    thread, results = in_thread(hurried)
    thread.join()
    return results[0]


@contextmanager
def held(change: Callable[[], Any]) -> Iterator[Callable[[], None]]:
    """Another connection is in the middle of ``change`` until it is released or the block ends."""
    begun, released = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                change()
                begun.set()
                released.wait(timeout=30)
        finally:
            connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    begun.wait(timeout=30)

    def release() -> None:
        released.set()
        thread.join()

    try:
        yield release
    finally:
        release()
