"""The last look and the sending."""

import threading
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from notifications.models import Message
from requests_app.models import ApplicationDraft, Category, RequestEvent, ServiceRequest
from requests_app.vocabulary import Channel
from tests import factories
from tests.requests_app.portal.citizen import Citizen, text_of

TRANSACTION = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")


def test_the_last_look_shows_everything_with_a_way_to_change_it(citizen: Citizen) -> None:
    citizen.fill()
    page = text_of(citizen.get("apply_step", "check"))
    for shown in ("derin bir çukur", "Yol çukuru", "Merkez", "Çiçek Sokak 5", "Zeynep Deneme", "0500 000 00 01"):
        assert shown in page
    for step in ("what", "where", "you"):
        assert f'href="{citizen.url("apply_step", step)}?to=check"' in page


def test_looking_sends_nothing(citizen: Citizen) -> None:
    citizen.fill()
    citizen.get("apply_step", "check")
    assert not ServiceRequest.objects.exists()


def test_a_changed_step_returns_to_the_last_look(citizen: Citizen) -> None:
    citizen.fill()
    changed = citizen.client.post("/basvuru/nerede/?to=check", {"place": "here", "address": "Gül Sokak 1"})
    assert changed["Location"] == "/basvuru/kontrol/"
    assert "Gül Sokak 1" in text_of(citizen.get("apply_step", "check"))


def test_a_forged_way_back_leads_nowhere_else(citizen: Citizen) -> None:
    citizen.take("what")
    changed = citizen.client.post("/basvuru/nerede/?to=//evil.example", {"place": "nowhere"})
    assert changed["Location"] == "/basvuru/siz/"


@pytest.mark.parametrize("missing", ["what", "where", "you"])
def test_an_incomplete_draft_leads_to_what_is_missing(citizen: Citizen, missing: str) -> None:
    for step in ("what", "where", "you"):
        if step != missing:
            citizen.take(step)
    if missing == "what":
        citizen.take("what", description="")
    assert citizen.send()["Location"].startswith(citizen.url("apply_step", missing))
    assert not ServiceRequest.objects.exists()


def test_the_missing_part_is_marked_where_one_is_sent_back(citizen: Citizen, town: factories.Town) -> None:
    citizen.fill()
    Category.objects.update(is_active=False)
    factories.forget_all()
    response = citizen.send()
    assert "Listeden bir konu seçin" in text_of(citizen.client.get(response["Location"]))


def test_sending_makes_a_request_with_its_history_and_its_message(citizen: Citizen) -> None:
    citizen.fill()
    assert citizen.send()["Location"] == "/basvuru/alindi/"
    sent = ServiceRequest.objects.get()
    assert sent.channel == Channel.WEB
    assert RequestEvent.objects.get().request == sent
    assert Message.objects.get().event == "request_received"


def test_sending_empties_the_draft(citizen: Citizen) -> None:
    citizen.apply()
    assert ApplicationDraft.objects.get().data == {}


def test_sending_twice_makes_one_request(citizen: Citizen) -> None:
    citizen.fill()
    assert citizen.send()["Location"] == citizen.send()["Location"] == "/basvuru/alindi/"
    assert ServiceRequest.objects.count() == 1
    assert Message.objects.count() == 1


@pytest.mark.parametrize("step", ["what", "where", "you", "check"])
def test_after_sending_every_step_leads_to_the_receipt(citizen: Citizen, step: str) -> None:
    citizen.apply()
    assert citizen.get("apply_step", step)["Location"] == "/basvuru/alindi/"
    assert citizen.take(step, description="başka")["Location"] == "/basvuru/alindi/"


def test_sending_takes_at_most_ten_statements(citizen: Citizen) -> None:
    Citizen().apply()  # calendar and periods are remembered from now on
    citizen.fill()
    with CaptureQueriesContext(connection) as captured:
        citizen.send()
    statements = [query["sql"] for query in captured if not query["sql"].startswith(TRANSACTION)]
    assert len(statements) <= 10, "\n".join(statements)


def test_sending_touches_no_session(citizen: Citizen) -> None:
    citizen.fill()
    with CaptureQueriesContext(connection) as captured:
        response = citizen.send()
    assert "sessionid" not in response.cookies
    assert not any("django_session" in query["sql"] for query in captured)


def test_sending_needs_the_token_of_the_page(town: factories.Town) -> None:
    citizen = Citizen(enforce_csrf_checks=True)
    response = citizen.take("what")
    assert response.status_code == 403
    assert not ApplicationDraft.objects.exists()


def test_markup_and_formulas_in_the_text_are_kept_and_shown_as_text(citizen: Citizen) -> None:
    hostile = '=CMD("x") <script>alert(1)</script> {{ 7*7 }}'
    citizen.fill(what={"description": hostile}, where={"address": "<b>sokak</b>"})
    page = text_of(citizen.get("apply_step", "check"))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "{{ 7*7 }}" in page
    citizen.send()
    assert ServiceRequest.objects.get().description == hostile


def test_an_english_application_is_answered_in_english(town: factories.Town) -> None:
    citizen = Citizen("en")
    sent = citizen.apply()
    assert sent.language == "en"
    assert Message.objects.get().language == "en"
    with override("en"):
        assert "We have received your application" in text_of(citizen.get("receipt"))


class TestTwoAtOnce:
    """A double click on two real connections."""

    pytestmark = pytest.mark.django_db(transaction=True)

    @pytest.fixture
    def town(self, transactional_db: None) -> Iterator[factories.Town]:
        yield factories.make_town()

    def test_two_at_the_same_moment_make_one_request(self, town: factories.Town) -> None:
        citizen = Citizen()
        citizen.fill()
        twins = [Citizen(), Citizen()]
        for twin in twins:
            twin.client.cookies = citizen.client.cookies
        barrier = threading.Barrier(2)
        answers: list[str] = []

        def send(twin: Citizen) -> None:
            barrier.wait()
            try:
                answers.append(twin.send()["Location"])
            finally:
                connection.close()

        threads = [threading.Thread(target=send, args=(twin,)) for twin in twins]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert answers == ["/basvuru/alindi/"] * 2
        assert ServiceRequest.objects.count() == 1
        assert Message.objects.count() == 1
