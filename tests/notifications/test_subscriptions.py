"""Subscribing to announcements, changing and leaving them, as a citizen does it; and what strangers learn: nothing."""

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from notifications.ids import new_id
from notifications.models import BulkMessage, Consent, Message, OneTimeCode, OptOut, Topic
from notifications.services import consents, leaving, partitions
from notifications.services.campaigns import approval
from notifications.services.campaigns.forecast import Forecast
from tests import factories
from tests.access import make_campaign

pytestmark = pytest.mark.django_db

PHONE, STORED = "0500 000 00 01", "+905000000001"
NOVEMBER = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def topics(town: factories.Town) -> None:
    Topic.objects.bulk_create([Topic(code="spor", name="Spor"), Topic(code="kurs", name="Kurslar", name_en="Courses")])


def _code() -> str:
    newest = Message.objects.filter(event="code_subscribe").latest("id")
    return str(newest.context["code"])


def _ask(client: Client, **changes: Any) -> Any:
    typed = {"phone": PHONE, "consent": "on", "topics": ["spor"], "neighbourhood": ""}
    return client.post(reverse("announcements:subscribe"), {**typed, **changes})


def _prove(client: Client) -> Any:
    client.post(reverse("announcements:mine"), {"phone": PHONE})
    return client.post(reverse("announcements:code"), {"code": _code()})


def _page(client: Client, name: str = "mine") -> str:
    return client.get(reverse(f"announcements:{name}")).content.decode()


def test_whoever_types_the_code_is_subscribed_to_what_was_chosen(client: Client, town: factories.Town) -> None:
    assert _ask(client, neighbourhood=town.hill.pk).url == reverse("announcements:code")
    assert not Consent.objects.exists()
    assert client.post(reverse("announcements:code"), {"code": _code()}).url == reverse("announcements:mine")
    consent = Consent.objects.get()
    assert (consent.phone, consent.topics, consent.neighbourhood_id) == (STORED, ["spor"], town.hill.pk)
    assert (consent.text_version, consent.source, consent.language) == ("tr-1", "portal", "tr")


def test_a_wrong_code_subscribes_nobody(client: Client) -> None:
    _ask(client)
    wrong = f"{(int(_code()) + 1) % 1_000_000:06}"
    assert client.post(reverse("announcements:code"), {"code": wrong}).status_code == 422
    assert not Consent.objects.exists()


def test_nobody_is_subscribed_without_agreeing(client: Client) -> None:
    answer = _ask(client, consent="")
    assert answer.status_code == 422
    assert "Rızanız olmadan" in answer.content.decode()
    assert not OneTimeCode.objects.exists()


def test_a_code_is_good_only_in_the_browser_that_asked(client: Client) -> None:
    _ask(client)
    other = Client()
    _ask(other, phone="0500 000 00 02")
    code = str(Message.objects.get(phone=STORED).context["code"])
    other.post(reverse("announcements:code"), {"code": code})
    assert not Consent.objects.exists()


@pytest.mark.parametrize("known", [True, False])
def test_a_stranger_sees_the_same_whether_a_phone_is_subscribed_or_not(client: Client, known: bool) -> None:
    if known:
        consents.give(phone=STORED, text_version="tr-1", source="portal", language="tr")
    asked = client.post(reverse("announcements:mine"), {"phone": PHONE})
    shown = re.sub(r"csrf\w+\" value=\"\w+", "", _page(client, "code"))
    assert (asked.status_code, asked.url) == (302, reverse("announcements:code"))
    assert "0500 *** ** 01" in shown
    assert "abone değil" not in shown
    assert Message.objects.filter(event="code_subscribe", phone=STORED).count() == 1


def test_without_a_code_no_subscription_is_shown(client: Client) -> None:
    consents.give(phone=STORED, text_version="tr-1", source="portal", language="tr")
    assert "0500" not in re.sub(r"0500 000 00 00|0500000000", "", _page(client))


def test_who_proved_the_phone_changes_what_it_is_about(client: Client, town: factories.Town) -> None:
    consents.give(phone=STORED, text_version="tr-1", source="portal", language="tr")
    _prove(client)
    client.post(reverse("announcements:mine"), {"topics": ["kurs"], "neighbourhood": town.centre.pk, "save": "1"})
    consent = Consent.objects.get()
    assert (consent.topics, consent.neighbourhood_id) == (["kurs"], town.centre.pk)


def test_who_chose_a_topic_that_went_out_of_use_keeps_it(client: Client, town: factories.Town) -> None:
    _ask(client, topics=["spor"], neighbourhood=town.hill.pk)
    client.post(reverse("announcements:code"), {"code": _code()})
    Topic.objects.update(is_active=False)
    town.hill.is_active = False
    town.hill.save()
    shown = _page(client)
    assert "Spor (artık kullanılmıyor)" in shown
    assert "Kurslar" not in shown
    client.post(reverse("announcements:mine"), {"topics": ["spor"], "neighbourhood": town.hill.pk})
    consent = Consent.objects.get()
    assert (consent.topics, consent.neighbourhood) == (["spor"], town.hill)


def test_who_proved_the_phone_leaves_in_one_press(client: Client) -> None:
    consents.give(phone=STORED, text_version="tr-1", source="portal", language="tr")
    _prove(client)
    shown = client.post(reverse("announcements:mine"), {"leave": "1"}, follow=True).content.decode()
    assert Consent.objects.get().withdrawn_at is not None
    assert OptOut.objects.get().phone == STORED
    assert "Artık bizden duyuru almayacaksınız." in shown


def test_a_phone_that_is_not_subscribed_can_leave_lists_too(client: Client) -> None:
    _prove(client)
    assert "abone değil" in _page(client)
    client.post(reverse("announcements:mine"), {"leave": "1"})
    assert OptOut.objects.filter(phone=STORED).exists()


def test_subscribing_anew_ends_the_opt_out(client: Client) -> None:
    consents.opt_out(phone=STORED, source="sms")
    _ask(client)
    client.post(reverse("announcements:code"), {"code": _code()})
    assert not OptOut.objects.exists()


def test_too_many_codes_are_refused_beside_the_phone(client: Client) -> None:
    answers = [_ask(client) for _each in range(4)]
    assert [answer.status_code for answer in answers] == [302, 302, 302, 429]


def test_the_page_speaks_english(client: Client) -> None:
    shown = client.get("/en/announcements/").content.decode()
    assert "Courses" in shown
    assert "Spor" in shown


# --- The link of a message -----------------------------------------------------------------------


@pytest.fixture
def message(people: factories.People) -> BulkMessage:
    partitions.ensure(NOVEMBER)
    campaign = make_campaign(people.specialist)
    return BulkMessage.objects.create(
        id=new_id(NOVEMBER),
        campaign=campaign,
        phone=STORED,
        language="tr",
        segments=1,
        due_at=NOVEMBER,
        expires_at=NOVEMBER,
    )


def _path(message: BulkMessage) -> str:
    return urlsplit(f"//{leaving.addressed(leaving.link('tr'), message.pk)}").path


def test_opening_the_link_changes_nothing_and_pressing_the_button_leaves(client: Client, message: BulkMessage) -> None:
    consents.give(phone=STORED, text_version="tr-1", source="portal", language="tr")
    opened = client.get(_path(message)).content.decode()
    assert "0500 *** ** 01" in opened
    assert not OptOut.objects.exists()
    client.post(_path(message))
    assert OptOut.objects.get().source == "link"
    assert Consent.objects.get().withdrawn_source == "link"


def test_the_link_names_no_phone_and_cannot_be_guessed(client: Client, message: BulkMessage) -> None:
    path = _path(message)
    assert "500000" not in path
    forged = path[:-4] + ("AAA/" if not path.endswith("AAA/") else "BBB/")
    assert client.post(forged).status_code == 404
    assert client.post(reverse("announcements:leave", args=["çöp"])).status_code == 404
    assert not OptOut.objects.exists()


def test_the_link_works_on_after_the_key_was_changed(client: Client, message: BulkMessage, settings: Any) -> None:
    path = _path(message)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-key", [settings.SECRET_KEY]
    assert client.get(path).status_code == 200


def test_the_link_of_a_message_that_is_gone_says_how_to_leave(client: Client, message: BulkMessage) -> None:
    path = _path(message)
    BulkMessage.objects.all().delete()
    answer = client.get(path)
    assert answer.status_code == 404
    assert reverse("announcements:mine") in answer.content.decode()


def test_a_campaign_reaches_only_the_chosen_neighbourhood(
    client: Client, town: factories.Town, people: factories.People
) -> None:
    _ask(client, neighbourhood=town.hill.pk)
    client.post(reverse("announcements:code"), {"code": _code()})
    campaign = make_campaign(people.specialist)
    changed = approval.edit(
        actor=people.specialist,
        campaign_id=campaign.pk,
        expected_version=campaign.version,
        neighbourhoods=(town.centre.pk,),
        bodies={"tr": "Yol kapalı."},
    )
    assert Forecast(changed).receivers == 0
