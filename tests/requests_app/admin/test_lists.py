"""The lists: who opens them, in which order, how they are searched and filtered."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from requests_app.actors import Actor
from requests_app.models import ServiceRequest
from requests_app.services import conversation, routing
from requests_app.services.intake import Place
from requests_app.vocabulary import Channel, Kind
from tests import factories
from tests.factories import People, Town
from tests.requests_app.admin.addresses import ALL, REVIEW, TRIAGE, listing
from tests.requests_app.admin.conftest import Browser


def numbers(response: object) -> list[str]:
    """The numbers of the listed requests, in their order."""
    return [row.number for row in response.context["cl"].result_list]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("model", "allowed"),
    [
        (TRIAGE, {"clerk", "specialist"}),
        (REVIEW, {"specialist"}),
        (ALL, {"clerk", "agent", "specialist"}),
    ],
)
def test_a_list_opens_only_for_those_who_work_on_it(
    model: str, allowed: set[str], people: People, browser: Browser
) -> None:
    everybody = ("clerk", "agent", "specialist", "administrator", "head_a", "staff_a", "stranger")
    opened = {name for name in everybody if browser(getattr(people, name)).get(listing(model)).status_code == 200}
    assert opened == allowed


def test_a_visitor_is_sent_to_sign_in(client: Client, town: Town) -> None:
    assert client.get(listing(TRIAGE)).status_code == 302


def test_the_queue_holds_only_what_waits_for_triage(clerk: Client, town: Town, people: People) -> None:
    waiting = factories.submit(town)
    factories.routed(town, people)
    assert numbers(clerk.get(listing(TRIAGE))) == [waiting.number]


def test_the_most_urgent_comes_first_and_what_has_no_clock_last(clerk: Client, town: Town) -> None:
    anonymous = factories.submit(town, contact=None, category=None)
    later = factories.submit(town, category=town.tree)
    sooner = factories.submit(town, category=town.pothole)
    assert numbers(clerk.get(listing(TRIAGE))) == [sooner.number, later.number, anonymous.number]


def test_headers_sort_the_queue(clerk: Client, town: Town) -> None:
    first, second = factories.submit(town), factories.submit(town)
    assert numbers(clerk.get(listing(TRIAGE), {"o": "-2"})) == [second.number, first.number]


def test_a_row_shows_place_channel_and_suggestion(clerk: Client, town: Town) -> None:
    factories.submit(town)
    routing.route_waiting()
    page = clerk.get(listing(TRIAGE)).content.decode()
    assert "Merkez, Çiçek Sokak 5" in page
    assert "Fen İşleri Müdürlüğü" in page
    assert "%100" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"channel": "sms"}, "other"),
        ({"kind": "report"}, "other"),
        ({"neighbourhood": "ilik"}, "other"),
        ({"category": "agac"}, "other"),
        ({"age": "week"}, "other"),
        ({"due": "late"}, "other"),
        ({"age": "day"}, "usual"),
        ({"due": "soon"}, "usual"),
    ],
)
def test_filters_in_the_address_narrow_the_queue(query: dict[str, str], found: str, clerk: Client, town: Town) -> None:
    usual = factories.submit(town)
    ServiceRequest.objects.filter(pk=usual.pk).update(clock_due_at=timezone.now() + timedelta(days=1))
    place = Place(neighbourhood_id=town.hill.pk)
    other = factories.submit(town, channel=Channel.SMS, kind=Kind.REPORT, category=town.tree, place=place)
    ago = timezone.now() - timedelta(days=8)
    ServiceRequest.objects.filter(pk=other.pk).update(submitted_at=ago, clock_due_at=ago)
    assert numbers(clerk.get(listing(TRIAGE), query)) == [{"usual": usual, "other": other}[found].number]


@pytest.mark.parametrize("value", ["nowhere", "", "0 OR 1=1"])
def test_a_filter_value_that_does_not_exist_filters_nothing(value: str, clerk: Client, town: Town) -> None:
    waiting = factories.submit(town)
    assert numbers(clerk.get(listing(TRIAGE), {"neighbourhood": value})) == [waiting.number]


def test_a_lookup_that_is_not_a_filter_is_refused(clerk: Client, town: Town) -> None:
    assert clerk.get(listing(ALL), {"applicant__phone": factories.APPLICANT_PHONE}).status_code == 400


@pytest.mark.parametrize("typed", ["CUKUR", "çukur araclar", "zeynep"])
def test_words_are_found_with_or_without_turkish_letters(typed: str, clerk: Client, town: Town) -> None:
    found = factories.submit(town)
    factories.submit(town, description="Parkta ağaç devrildi.", contact=None)
    assert numbers(clerk.get(listing(ALL), {"q": typed})) == [found.number]


def test_a_number_is_found_however_it_is_typed(clerk: Client, town: Town) -> None:
    found = factories.submit(town)
    factories.submit(town)
    typed = found.number.replace("-", " ")
    assert numbers(clerk.get(listing(ALL), {"q": typed})) == [found.number]


def test_a_whole_phone_number_finds_its_applications(agent: Client, town: Town) -> None:
    found = factories.submit(town)
    factories.submit(town, contact=None)
    assert numbers(agent.get(listing(ALL), {"q": "0500 000 00 01"})) == [found.number]


def test_a_phone_number_finds_nothing_for_those_who_may_not_see_contacts(
    browser: Browser, people: People, town: Town
) -> None:
    factories.submit(town)
    people.clerk.groups.clear()
    people.clerk.user_permissions.set(_permissions("view_servicerequest", "view_all"))
    assert numbers(browser(people.clerk).get(listing(ALL), {"q": "0500 000 00 01"})) == []


def test_counters_say_how_much_waits(specialist: Client, town: Town, people: People) -> None:
    factories.answered(town, people)
    late, soon = factories.submit(town), factories.submit(town)
    ServiceRequest.objects.filter(pk=late.pk).update(clock_due_at=timezone.now() - timedelta(hours=1))
    ServiceRequest.objects.filter(pk=soon.pk).update(clock_due_at=timezone.now() + timedelta(hours=1))
    counters = specialist.get(listing(TRIAGE)).context["counters"]
    assert [counter.count for counter in counters] == [2, 1, 1, 0, 0, 1]
    assert counters[0].is_current


def test_what_triage_asked_about_is_counted_and_found(clerk: Client, town: Town, people: People) -> None:
    asked = factories.submit(town)
    conversation.ask(request_id=asked.pk, question="Hangi sokak?", actor=Actor.staff(people.clerk))
    factories.submit(town)
    counter = clerk.get(listing(TRIAGE)).context["counters"][3]
    assert counter.count == 1
    assert [row.pk for row in clerk.get(counter.url).context["cl"].result_list] == [asked.pk]


def test_a_stopped_clock_is_a_short_word_beside_its_status(clerk: Client, town: Town, people: People) -> None:
    asked = factories.submit(town)
    conversation.ask(request_id=asked.pk, question="Hangi sokak?", actor=Actor.staff(people.clerk))
    text = clerk.get(listing(ALL)).content.decode()
    assert "Vatandaştan bilgi bekleniyor" in text
    assert re.search(r'<span class="chip chip--paused"><svg.*?</svg>\s*Süre durdu</span>', text, re.DOTALL)


def test_what_the_departments_are_late_with_is_counted_and_found(clerk: Client, town: Town, people: People) -> None:
    late, _in_time = factories.routed(town, people), factories.in_progress(town, people)
    in_triage, under_review = factories.submit(town), factories.answered(town, people)
    passed = [late.pk, in_triage.pk, under_review.pk]
    ServiceRequest.objects.filter(pk__in=passed).update(clock_due_at=timezone.now() - timedelta(hours=1))
    counter = clerk.get(listing(TRIAGE)).context["counters"][4]
    assert (counter.label, counter.count, counter.level) == ("Müdürlüklerde geciken", 1, "late")
    assert [row.pk for row in clerk.get(counter.url).context["cl"].result_list] == [late.pk]


def test_the_first_page_shows_the_queues_first(clerk: Client, town: Town) -> None:
    factories.submit(town)
    page = clerk.get(reverse("admin:index")).content.decode()
    assert 0 < page.index(listing(TRIAGE)) < page.index("app-list" if "app-list" in page else "<table")


def test_an_empty_queue_says_what_will_appear(clerk: Client, town: Town) -> None:
    assert "empty__title" in clerk.get(listing(TRIAGE)).content.decode()


@pytest.mark.parametrize(("model", "queries"), [(TRIAGE, 11), (ALL, 12)])
def test_queries_do_not_grow_with_the_rows(
    model: str, queries: int, clerk: Client, town: Town, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    counted = []
    for rows in (1, 6):
        for _ in range(rows):
            factories.submit(town)
        routing.route_waiting()
        clerk.get(listing(model))  # fills the caches that last for half a minute
        with django_assert_max_num_queries(queries) as captured:
            assert clerk.get(listing(model)).status_code == 200
        counted.append(len(captured))
    assert counted[0] == counted[1]


def test_counting_stops_at_ten_thousand(clerk: Client, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("requests_app.admin.base.MOST_COUNTED", 2)
    for _ in range(3):
        factories.submit(town)
    assert clerk.get(listing(ALL)).context["cl"].result_count == 2


def _permissions(*codes: str) -> list[object]:
    return list(Permission.objects.filter(codename__in=codes, content_type__app_label="requests_app"))
