"""Announcements in the administration: written with a preview, approved by a second person, watched, stopped."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from departments.models import Neighbourhood
from notifications.campaign_workflow import Status
from notifications.lanes import Lane
from notifications.models import Campaign, ListedReceiver, Message, OptOut, OwnPhone, QuotaYear, Route, Topic
from notifications.services import consents, delivery
from notifications.services.campaigns import approval, running
from notifications.services.campaigns.advance import advance
from tests import factories
from tests.access import make_campaign
from tests.notifications.conftest import PHONE, use_route

pytestmark = pytest.mark.django_db(transaction=True)

NOON = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)  # 12:00 in Istanbul


@pytest.fixture(autouse=True)
def at_noon() -> Iterable[Any]:
    with time_machine.travel(NOON) as traveller:
        yield traveller


@pytest.fixture
def author(people: factories.People) -> User:
    return people.specialist


@pytest.fixture
def manager(people: factories.People) -> User:
    return factories.make_user("manager", "Meral Yönet", "pr_manager")


@pytest.fixture
def page(client: Client, author: User) -> Client:
    client.force_login(author)
    return client


@pytest.fixture
def second(manager: User) -> Client:
    client = Client()
    client.force_login(manager)
    return client


@pytest.fixture
def campaign(author: User) -> Campaign:
    consents.give(phone=PHONE, text_version="tr-1", source="portal", language="tr")
    return make_campaign(author)


@pytest.fixture
def sent(campaign: Campaign, author: User, manager: User) -> Campaign:
    """Approved, and its receivers listed."""
    waiting = approval.submit(actor=author, campaign_id=campaign.pk, expected_version=campaign.version)
    approval.approve(actor=manager, campaign_id=campaign.pk, expected_version=waiting.version)
    advance()
    campaign.refresh_from_db()
    return campaign


def _address(name: str, *args: object) -> str:
    return reverse(f"admin:notifications_campaign_{name}", args=args)


def _typed(**changes: Any) -> dict[str, Any]:
    return {"name": "Su", "purpose": "public", "audience": "consents", "body_tr": "Yarın su yok.", **changes}


def _shown(client: Client, name: str, *args: object) -> str:
    return client.get(_address(name, *args)).content.decode()


def test_a_draft_keeps_what_was_written_and_who_chose_the_class(page: Client, author: User) -> None:
    page.post(_address("add"), _typed(body_en="No water.", starts_at="2026-11-21T10:00", most_segments="500"))
    campaign = Campaign.objects.get()
    assert campaign.bodies == {"tr": "Yarın su yok.", "en": "No water."}
    assert (campaign.purpose_chosen_by, campaign.most_segments) == (author, 500)
    assert campaign.starts_at == datetime(2026, 11, 21, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"body_tr": ""}, "Mesajın metnini yazın"),
        ({"body_tr": "Sayın {ad"}, "Süslü parantez"),
        ({"purpose": ""}, "Türünü seçin"),
        ({"starts_at": "2026-11-22T10:00", "ends_at": "2026-11-21T10:00"}, "Bitiş, başlangıçtan sonra olmalı"),
        ({"topics": ["yok"]}, "yok"),
        ({"purpose": "commercial"}, "nasıl çıkılacağını"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(page: Client, wrong: dict[str, Any], said: str) -> None:
    answer = page.post(_address("add"), _typed(**wrong))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Campaign.objects.exists()


def test_fields_without_a_list_are_refused_beside_the_text(page: Client) -> None:
    answer = page.post(_address("add"), _typed(body_tr="Sayın {ad}, yarın su yok."))
    assert answer.status_code == 422
    assert "yalnız bir telefon listesi" in answer.content.decode()
    assert page.post(_address("add"), _typed(body_tr="Sayın {ad}", audience="list")).status_code == 302


def test_a_draft_whose_text_has_fields_shows_examples_and_says_what_is_missing(
    page: Client, campaign: Campaign, author: User
) -> None:
    Campaign.objects.update(bodies={"tr": "Sayın {ad}, yarın su yok."})
    shown = _shown(page, "change", campaign.pk)
    assert "Sayın ad, yarın su yok." in shown
    assert "yalnız bir telefon listesi" in shown
    answer = page.post(_address("decide", campaign.pk, "submit"), {"version": 1}, follow=True)
    assert "yalnız bir telefon listesi" in answer.content.decode()


def test_a_field_written_into_the_text_after_the_list_was_read_is_said_to_lack_its_column(
    page: Client, campaign: Campaign
) -> None:
    _upload(page, campaign)
    Campaign.objects.update(bodies={"tr": "Sayın {ad}, yarın su yok."})
    shown = _shown(page, "change", campaign.pk)
    assert "Sayın ad, yarın su yok." in shown
    assert "{ad} alanı için sütun seçilmemiş" in shown


def test_the_preview_button_measures_and_saves_nothing(page: Client) -> None:
    use_route("local", reserved_units=5)
    shown = page.post(_address("add"), _typed(body_tr="ş" * 152, preview="1")).content.decode()
    assert "data-sms-segments>2<" in shown
    assert "Türkçe harfsiz 1 SMS daha az" in shown
    assert not Campaign.objects.exists()


def test_the_size_follows_the_typing(page: Client) -> None:
    use_route("local", reserved_units=5)
    answer = page.post(f"{_address('measure')}?language=tr", {"body_tr": "ş" * 160, "plain_letters": "on"}).json()
    assert (answer["text"], answer["segments"], answer["characters"]) == ("s" * 160, 2, 160)


def test_the_cost_is_shown_where_the_price_of_a_part_is_known(page: Client, campaign: Campaign) -> None:
    assert " TL" not in _shown(page, "change", campaign.pk)
    Route.objects.update(price_kurus=25)
    assert "0,25 TL" in _shown(page, "change", campaign.pk)


def test_the_page_foresees_who_gets_it_in_a_bounded_number_of_queries(
    page: Client, campaign: Campaign, django_assert_max_num_queries: Any
) -> None:
    _shown(page, "change", campaign.pk)
    with django_assert_max_num_queries(20):
        shown = _shown(page, "change", campaign.pk)
    assert "0500 *** ** 01" in shown
    assert "+90500" not in shown


def test_a_choice_that_went_out_of_use_stays_chosen(page: Client, author: User, town: factories.Town) -> None:
    Topic.objects.create(code="kurs", name="Kurslar", is_active=False)
    draft = approval.create(
        actor=author,
        name="Kurs",
        bodies={"tr": "Kurs."},
        purpose="public",
        topics=["kurs"],
        neighbourhoods=(town.hill.pk,),
    )
    Neighbourhood.objects.filter(pk=town.hill.pk).update(is_active=False)
    shown = _shown(page, "edit", draft.pk)
    assert "Kurslar (artık kullanılmıyor)" in shown
    assert f"{town.hill.name} (artık kullanılmıyor)" in shown
    typed = _typed(version=draft.version, topics=["kurs"], neighbourhoods=[town.hill.pk])
    assert page.post(_address("edit", draft.pk), typed).status_code == 302
    draft.refresh_from_db()
    assert (draft.topics, list(draft.neighbourhoods.all())) == (["kurs"], [town.hill])
    assert page.post(_address("add"), _typed(topics=["kurs"])).status_code == 422


def test_a_stale_draft_is_not_overwritten(page: Client, campaign: Campaign) -> None:
    answer = page.post(_address("edit", campaign.pk), _typed(version="0"))
    assert answer.status_code == 409
    assert "değiştirdi" in answer.content.decode()


def test_two_people_bring_it_out(page: Client, second: Client, campaign: Campaign) -> None:
    page.post(_address("decide", campaign.pk, "submit"), {"version": 1})
    assert "Onayla ve gönder" in _shown(second, "decide", campaign.pk, "approve")
    second.post(_address("decide", campaign.pk, "approve"), {"version": 2})
    advance()
    delivery.deliver(Lane.BULK)
    advance()
    campaign.refresh_from_db()
    assert campaign.status == Status.FINISHED
    shown = _shown(page, "change", campaign.pk)
    assert "%100 tamamlandı" in shown
    assert "Meral Yönet" in shown


def test_sent_back_with_a_reason_the_author_reads(page: Client, second: Client, campaign: Campaign) -> None:
    page.post(_address("decide", campaign.pk, "submit"), {"version": 1})
    assert second.post(_address("decide", campaign.pk, "return"), {"version": 2}).status_code == 422
    second.post(_address("decide", campaign.pk, "return"), {"version": 2, "reason": "Saat yanlış."})
    campaign.refresh_from_db()
    assert campaign.status == Status.DRAFT
    assert "Saat yanlış." in _shown(page, "change", campaign.pk)


def test_paused_and_resumed_by_one_press_each(page: Client, sent: Campaign) -> None:
    page.post(_address("decide", sent.pk, "pause"))
    sent.refresh_from_db()
    assert sent.status == Status.PAUSED
    page.post(_address("decide", sent.pk, "resume"))
    sent.refresh_from_db()
    assert sent.status == Status.RUNNING


def test_cancelling_needs_a_second_look_and_a_reason(page: Client, sent: Campaign) -> None:
    assert "temelli" in _shown(page, "decide", sent.pk, "cancel")
    assert page.post(_address("decide", sent.pk, "cancel")).status_code == 422
    page.post(_address("decide", sent.pk, "cancel"), {"reason": "Yanlış gün"})
    sent.refresh_from_db()
    assert sent.status == Status.CANCELLED


def test_a_decision_that_comes_too_late_says_so(page: Client, sent: Campaign, author: User) -> None:
    running.cancel(actor=author, campaign_id=sent.pk, reason="Yanlış gün")
    shown = page.post(_address("decide", sent.pk, "pause"), follow=True).content.decode()
    assert "bu artık yapılamaz" in shown


def test_the_figures_are_a_piece_that_says_its_state(page: Client, sent: Campaign) -> None:
    assert 'data-campaign-state="running"' in _shown(page, "figures", sent.pk)


def test_the_running_page_asks_one_partition_once(
    page: Client, sent: Campaign, django_assert_max_num_queries: Any
) -> None:
    _shown(page, "figures", sent.pk)
    with django_assert_max_num_queries(6) as asked:
        _shown(page, "figures", sent.pk)
    counting = [query["sql"] for query in asked.captured_queries if "notifications_bulkmessage" in query["sql"]]
    assert len(counting) == 1
    assert "id >= " in counting[0]


def test_the_list_counts_all_announcements_in_one_query(
    page: Client, sent: Campaign, author: User, django_assert_max_num_queries: Any
) -> None:
    for _each in range(5):
        make_campaign(author)
    _shown(page, "changelist")
    with django_assert_max_num_queries(10):
        shown = _shown(page, "changelist")
    assert "%0" in shown


def test_an_empty_list_says_what_will_appear(page: Client) -> None:
    assert "Henüz duyuru yazılmadı" in _shown(page, "changelist")


def test_what_a_limit_stopped_says_what_to_do(page: Client, campaign: Campaign, author: User, manager: User) -> None:
    QuotaYear.objects.create(year=2026, limit=0)
    waiting = approval.submit(actor=author, campaign_id=campaign.pk, expected_version=campaign.version)
    approval.approve(actor=manager, campaign_id=campaign.pk, expected_version=waiting.version)
    advance()
    assert "Yıllık kotayı artırtın" in _shown(page, "change", campaign.pk)


def _code() -> str:
    return str(Message.objects.filter(event="code_test").latest("id").context["code"])


def _prove(page: Client, campaign: Campaign) -> Any:
    page.post(_address("phone", campaign.pk), {"phone": "0500 000 00 99"})
    assert "0500 *** ** 99" in page.get(f"{_address('phone', campaign.pk)}?code=1").content.decode()
    return page.post(_address("phone", campaign.pk), {"code": _code()}, follow=True)


def test_a_test_goes_to_the_phone_that_was_proved_marked_and_recorded(page: Client, campaign: Campaign) -> None:
    assert "0500 *** ** 99" in _prove(page, campaign).content.decode()
    page.post(_address("test", campaign.pk), {"phone": "0500 000 00 01"})
    message = Message.objects.get(event="announcement_test")
    assert (message.phone, message.context) == ("+905000000099", {"text": "Yarın su kesilecektir."})
    assert campaign.events.latest("id").note == "0500 *** ** 99"


def test_without_a_proved_phone_no_test_is_sent(page: Client, second: Client, campaign: Campaign) -> None:
    _prove(second, campaign)
    answer = page.post(_address("test", campaign.pk), {"phone": "0500 000 00 01"}, follow=True)
    assert "Önce hangi telefonun sizin olduğunu" in answer.content.decode()
    assert not Message.objects.filter(event="announcement_test").exists()


def test_a_wrong_code_proves_no_phone(page: Client, campaign: Campaign) -> None:
    page.post(_address("phone", campaign.pk), {"phone": "0500 000 00 99"})
    wrong = f"{(int(_code()) + 1) % 1_000_000:06}"
    answer = page.post(_address("phone", campaign.pk), {"code": wrong})
    assert (answer.status_code, OwnPhone.objects.exists()) == (422, False)
    assert "Kod yanlış" in answer.content.decode()


def test_a_code_for_another_browser_proves_no_phone(page: Client, second: Client, campaign: Campaign) -> None:
    page.post(_address("phone", campaign.pk), {"phone": "0500 000 00 99"})
    theirs = _code()
    second.post(_address("phone", campaign.pk), {"phone": "0500 000 00 99"})
    assert second.post(_address("phone", campaign.pk), {"code": theirs}).status_code == 422
    assert not OwnPhone.objects.exists()


def test_nobody_sends_more_than_ten_tests_an_hour(page: Client, campaign: Campaign) -> None:
    _prove(page, campaign)
    for _each in range(11):
        page.post(_address("test", campaign.pk))
    assert Message.objects.filter(event="announcement_test").count() == 10


def _upload(page: Client, campaign: Campaign) -> None:
    """A list without fields, read."""
    file = SimpleUploadedFile("kurs.csv", b"Telefon;Ad\n05000000011;Ali\nyok;Veli\n")
    page.post(_address("receivers", campaign.pk), {"upload": "1", "version": 1, "file": file})
    assert "Hangi sütun ne?" in _shown(page, "receivers", campaign.pk)
    named = {"columns": "1", "version": 2, "phone_column": "0", "language_column": "", "has_heading": "on"}
    page.post(_address("receivers", campaign.pk), named)
    advance()


def test_a_list_is_uploaded_its_columns_named_and_its_report_read(page: Client, campaign: Campaign) -> None:
    _upload(page, campaign)
    assert ListedReceiver.objects.get().phone == "+905000000011"
    assert "SMS alabilen bir cep telefonu numarası yok" in _shown(page, "receivers", campaign.pk)


def test_a_file_that_is_no_list_is_refused_beside_its_field(page: Client, campaign: Campaign) -> None:
    file = SimpleUploadedFile("liste.xls", b"\xd0\xcf\x11\xe0 old")
    answer = page.post(_address("receivers", campaign.pk), {"upload": "1", "version": 1, "file": file})
    assert answer.status_code == 422
    assert "eski bir Excel dosyası" in answer.content.decode()


def test_staff_keep_announcements_from_a_phone_for_its_owner(page: Client, campaign: Campaign, author: User) -> None:
    page.post(reverse("admin:notifications_optout_add"), {"phone": "0500 000 00 01"})
    assert OptOut.objects.get().by == author
    assert consents.in_force(phone=PHONE) is None


def test_the_quota_cannot_fall_below_what_is_used(second: Client) -> None:
    year = QuotaYear.objects.create(year=2026, limit=100, reserved=50)
    path = reverse("admin:notifications_quotayear_change", args=[2026])
    assert second.post(path, {"limit": "49"}).status_code == 422
    second.post(path, {"limit": "50"})
    year.refresh_from_db()
    assert year.limit == 50
