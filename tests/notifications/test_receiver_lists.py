"""An uploaded list of phone numbers: what is taken, what is reported, and what a hostile file can do (nothing)."""

import io
import time
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from accounts.models import User
from common.errors import InvalidInput, NotPermitted, TransitionRefused
from notifications.models import Campaign, ListedReceiver, ReceiverList
from notifications.services import consents, housekeeping
from notifications.services.campaigns import approval, receivers, sheets
from notifications.services.campaigns.forecast import Forecast

pytestmark = pytest.mark.django_db(transaction=True)

HEADING = "Telefon;Dil;Ad\n"


@pytest.fixture
def author(db: None) -> User:
    return _staff("author@example.org", "view_campaign", "add_campaign")


def _staff(email: str, *permissions: str) -> User:
    user = User.objects.create_user(email, full_name="Ayşe Yazar", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return User.objects.get(pk=user.pk)


@pytest.fixture
def campaign(author: User) -> Campaign:
    return _campaign(author)


def _campaign(author: User, **changes: Any) -> Campaign:
    usual = {"name": "Kurs", "bodies": {"tr": "Kurs yarın."}, "purpose": "public", "audience": "list"}
    return approval.create(actor=author, **(usual | changes))


@pytest.fixture
def take(author: User, campaign: Campaign) -> Callable[..., ReceiverList]:
    """Upload a file to the campaign, name its columns and read it."""

    def upload(content: bytes | str, *, of: Campaign = campaign, **columns: Any) -> ReceiverList:
        data = content.encode() if isinstance(content, str) else content
        of.refresh_from_db()
        receivers.upload(actor=author, campaign_id=of.pk, expected_version=of.version, name="kurs.csv", content=data)
        of.refresh_from_db()
        usual: dict[str, Any] = {"phone_column": 0, "language_column": None, "fields": {}, "has_heading": True}
        receivers.name_columns(actor=author, campaign_id=of.pk, expected_version=of.version, **(usual | columns))
        receivers.read_waiting(until=time.monotonic() + 60)
        return ReceiverList.objects.get(campaign=of)

    return upload


def _phones() -> list[str]:
    return list(ListedReceiver.objects.order_by("line").values_list("phone", flat=True))


def _sheet(*rows: tuple[Any, ...]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_the_good_lines_are_taken_and_the_bad_ones_named(take: Callable[..., ReceiverList]) -> None:
    found = take(HEADING + "0500 000 00 01;tr;Ali\nyok;tr;Veli\n5000000002;en;Can\n\n0312 000 00 00;tr;Su\n")
    assert _phones() == ["+905000000001", "+905000000002"]
    assert (found.state, found.good, found.problems) == ("read", 2, {"phone": 2})
    assert found.bad_lines == [[3, "phone"], [6, "phone"]]


def test_a_number_that_stands_twice_is_taken_once_and_counted(take: Callable[..., ReceiverList]) -> None:
    found = take(HEADING + "05000000001\n+90 500 000 00 01\n")
    assert (_phones(), found.problems, found.bad_lines) == (["+905000000001"], {"twice": 1}, [[3, "twice"]])


def test_the_language_of_each_line_is_understood(take: Callable[..., ReceiverList]) -> None:
    found = take(HEADING + "05000000001;İngilizce\n05000000002;\n05000000003;Klingon\n", language_column=1)
    assert list(ListedReceiver.objects.order_by("line").values_list("language", flat=True)) == ["en", "tr"]
    assert found.problems == {"language": 1}


def test_only_the_fields_of_the_text_are_kept(author: User, take: Callable[..., ReceiverList]) -> None:
    campaign = _campaign(author, bodies={"tr": "Sayın {ad}"})
    found = take(HEADING + "05000000001;tr;Ali Deneme\n05000000002;tr;\n", of=campaign, fields={"ad": 2})
    assert list(ListedReceiver.objects.values_list("fields", flat=True)) == [{"ad": "Ali Deneme"}]
    assert found.problems == {"field": 1}


def test_a_field_of_the_text_needs_its_column(author: User, take: Callable[..., ReceiverList]) -> None:
    campaign = _campaign(author, bodies={"tr": "Sayın {ad}"})
    with pytest.raises(InvalidInput) as refusal:
        take(HEADING + "05000000001;tr;Ali\n", of=campaign)
    assert refusal.value.field == "field_ad"


def test_a_text_that_asks_for_more_than_the_list_has_is_not_approved(
    author: User, campaign: Campaign, take: Callable[..., ReceiverList]
) -> None:
    take(HEADING + "05000000001\n")
    campaign.refresh_from_db()
    changed = approval.edit(
        actor=author, campaign_id=campaign.pk, expected_version=campaign.version, bodies={"tr": "Sayın {ad}"}
    )
    with pytest.raises(InvalidInput, match="ad"):
        approval.submit(actor=author, campaign_id=campaign.pk, expected_version=changed.version)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1254"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_tables_of_every_program_are_read(
    author: User, take: Callable[..., ReceiverList], encoding: str, delimiter: str
) -> None:
    campaign = _campaign(author, bodies={"tr": "Sayın {ad}"})
    text = HEADING.replace(";", delimiter) + delimiter.join(["05000000001", "tr", "Şule Ağıröz"]) + "\r\n"
    take(text.encode(encoding), of=campaign, fields={"ad": 2})
    assert ListedReceiver.objects.get().fields == {"ad": "Şule Ağıröz"}


def test_a_workbook_is_read_with_phones_that_excel_took_for_numbers(take: Callable[..., ReceiverList]) -> None:
    found = take(_sheet(("Telefon", "Ad"), (5000000001, "Ali"), (5000000002.0, "Can"), ("0500 000 00 03", "Su")))
    assert (_phones(), found.problems) == (["+905000000001", "+905000000002", "+905000000003"], {})


def test_a_formula_is_not_worked_out(take: Callable[..., ReceiverList]) -> None:
    found = take(_sheet(("Telefon",), ('=CONCATENATE("0500","0000001")',), ("05000000002",)))
    assert (_phones(), found.problems) == (["+905000000002"], {})


def _zip_of(name: str, size: int) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(name, "w") as part:
        for _each in range(size // 1_000_000):
            part.write(b" " * 1_000_000)
    return content.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   \n",
        b"\xd0\xcf\x11\xe0 old excel",
        b"PK\x03\x04 no archive",
        _zip_of("xl/workbook.xml", 20_000_000),
        _zip_of("xl/sharedStrings.xml", 70_000_000),
        _sheet(("Telefon",), ("05000000001",))[:-200],
    ],
    ids=["empty", "blank", "xls", "broken", "bomb", "bomb of words", "cut off"],
)
def test_what_no_list_can_be_read_from_is_refused(author: User, campaign: Campaign, content: bytes) -> None:
    with pytest.raises(InvalidInput) as refusal:
        receivers.upload(
            actor=author, campaign_id=campaign.pk, expected_version=campaign.version, name="x", content=content
        )
    assert refusal.value.field == "file"
    assert not ReceiverList.objects.exists()


def test_an_entity_bomb_is_not_unpacked() -> None:
    bombs = "".join(f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, 9))
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    words = (
        f'<!DOCTYPE sst [<!ENTITY e0 "boom">{bombs}]><sst {space}><si><t>Telefon &e8;</t></si><si><t>1</t></si></sst>'
    )
    sheet = zipfile.ZipFile(io.BytesIO(_sheet(("Telefon",), ("05000000001",))))
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in sheet.namelist():
            archive.writestr(name, words if name.endswith("sharedStrings.xml") else sheet.read(name))
    assert "boom" not in str(sheets.head(content.getvalue(), 6))


def test_control_characters_of_a_table_reach_neither_database_nor_message(
    author: User, take: Callable[..., ReceiverList]
) -> None:
    campaign = _campaign(author, bodies={"tr": "Sayın {ad}"})
    take(HEADING + "05000000001;tr;A\x00li\n", of=campaign, fields={"ad": 2})
    assert ListedReceiver.objects.get().fields == {"ad": "Ali"}


def test_a_quotation_mark_that_is_not_closed_spoils_its_own_line_only(
    author: User, take: Callable[..., ReceiverList]
) -> None:
    dear = _campaign(author, bodies={"tr": "Sayın {ad}, kurs yarın."})
    lines = '05000000001;tr;"Ali\n05000000002;tr;Veli\n05000000003;tr;"Ayşe"\n05000000004;tr;"Can" x\n'
    found = take(HEADING + lines, of=dear, fields={"ad": 2})
    assert (found.good, found.problems) == (2, {"quotes": 2})
    assert found.bad_lines == [[2, "quotes"], [5, "quotes"]]
    assert list(dear.listed.values_list("phone", "fields")) == [
        ("+905000000002", {"ad": "Veli"}),
        ("+905000000003", {"ad": "Ayşe"}),
    ]


def test_a_cell_over_several_lines_is_named_line_by_line(take: Callable[..., ReceiverList]) -> None:
    found = take(HEADING + '05000000001;tr;"Ali\nVeli"\n05000000002;tr;Can\n')
    assert (found.good, found.bad_lines) == (1, [[2, "quotes"], [3, "phone"]])


def _workbook_with(part: str, content: bytes, *, kind: str = "") -> bytes:
    """A workbook of three phones and one part more, which its table of contents says is of ``kind``."""
    book = openpyxl.Workbook()
    for number in range(3):
        book.active.append([f"0500000000{number}"])
    packed, hostile = io.BytesIO(), io.BytesIO()
    book.save(packed)
    with zipfile.ZipFile(packed) as honest, zipfile.ZipFile(hostile, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in honest.namelist():
            data = honest.read(name)
            if name == "[Content_Types].xml":
                named = f'<Override PartName="/{part}" ContentType="{SPREADSHEET}{kind}+xml"/></Types>'
                data = data.replace(b"</Types>", named.encode() if kind else b"</Types>")
            if name != part:
                archive.writestr(name, data)
        archive.writestr(part, content)
    return hostile.getvalue()


SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml."
SST = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%s</sst>'
ROW = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row><c t="str"><v>%s</v></c></row></sheetData></worksheet>'


@pytest.mark.parametrize("part", ["xl/media/s.xml", "xl/media/s.png", "xl/worksheets/s.xml"])
def test_words_are_not_unpacked_without_end_whatever_they_are_called(part: str) -> None:
    words = SST % (b"<si><t>" + b"a" * 70_000_000 + b"</t></si>")
    content = _workbook_with(part, words, kind="sharedStrings")
    assert len(content) < 1_000_000
    with pytest.raises(InvalidInput):
        sheets.head(content, 6)


def test_a_row_without_end_is_not_unpacked() -> None:
    content = _workbook_with("xl/worksheets/sheet1.xml", ROW % (b"1" * 10_000_000))
    with pytest.raises(InvalidInput):
        sheets.head(content, 6)


def test_pictures_in_a_workbook_are_left_alone() -> None:
    content = _workbook_with("xl/media/photo.png", b"x" * 70_000_000)
    assert len(sheets.head(content, 6)) == 3


def test_a_list_longer_than_allowed_says_that_the_rest_was_left_out(
    take: Callable[..., ReceiverList], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MOST_LINES", 3)
    found = take(HEADING + "".join(f"0500000000{number}\n" for number in range(1, 7)))
    assert (found.good, found.problems) == (2, {"beyond": 1})


def test_reading_goes_on_where_a_dead_worker_stopped(
    take: Callable[..., ReceiverList], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receivers, "CHUNK", 2)
    content = HEADING + "".join(f"0500000000{number}\n" for number in range(1, 8))
    found = take(content)
    assert (found.good, found.lines_read, found.state) == (7, 8, "read")


def test_reading_ends_with_its_time_and_goes_on_later(
    author: User, campaign: Campaign, monkeypatch: pytest.MonkeyPatch, take: Callable[..., ReceiverList]
) -> None:
    monkeypatch.setattr(receivers, "CHUNK", 2)
    receivers_until, ended = receivers.read_waiting, time.monotonic()
    monkeypatch.setattr(receivers, "read_waiting", lambda until: receivers_until(until=ended))
    found = take(HEADING + "".join(f"0500000000{number}\n" for number in range(1, 6)))
    assert (found.state, found.good) == ("reading", 1)
    assert not receivers_until(until=ended)
    assert receivers_until(until=time.monotonic() + 60)
    found.refresh_from_db()
    assert (found.state, found.good) == ("read", 5)


def test_a_list_that_is_still_being_read_cannot_be_approved(author: User, campaign: Campaign) -> None:
    receivers.upload(actor=author, campaign_id=campaign.pk, expected_version=1, name="a.csv", content=b"05000000001\n")
    with pytest.raises(InvalidInput) as refusal:
        approval.submit(actor=author, campaign_id=campaign.pk, expected_version=2)
    assert refusal.value.field == "audience"


def test_a_field_of_control_characters_is_an_empty_one(take: Callable[..., ReceiverList]) -> None:
    found = take(HEADING + "05000000001;tr;\x01\n05000000002;tr;Ay\x07şe\n", fields={"ad": 2})
    assert found.bad_lines == [[2, receivers.EMPTY_FIELD]]
    assert ListedReceiver.objects.get().fields == {"ad": "Ay şe"}


def test_a_list_that_cannot_be_read_keeps_no_other_waiting(
    author: User, campaign: Campaign, take: Callable[..., ReceiverList]
) -> None:
    broken = take(HEADING + "05000000001\n")
    ReceiverList.objects.filter(pk=broken.pk).update(
        state=ReceiverList.State.READING,
        content=HEADING.encode() + b"05000000001\n",
        lines_read=0,
        fields={"ad": "not a column"},
    )
    other = take(HEADING + "05000000002\n", of=_campaign(author))
    broken.refresh_from_db()
    assert (broken.state, other.state) == (ReceiverList.State.BROKEN, ReceiverList.State.READ)


def test_a_second_file_takes_the_place_of_the_first(take: Callable[..., ReceiverList]) -> None:
    take(HEADING + "05000000001\n")
    take(HEADING + "05000000002\n")
    assert _phones() == ["+905000000002"]


def test_of_a_file_that_was_read_only_figures_stay(take: Callable[..., ReceiverList]) -> None:
    found = take(HEADING + "05000000001\n")
    assert (found.content, found.sample) == (None, [])


def test_numbers_nobody_used_are_deleted_after_a_month(take: Callable[..., ReceiverList]) -> None:
    take(HEADING + "05000000001\n")
    ReceiverList.objects.update(uploaded_at=timezone.now() - timedelta(days=31))
    housekeeping.run()
    assert not ListedReceiver.objects.exists()


def test_numbers_that_wait_for_an_approval_nobody_gives_are_deleted_too(
    author: User, campaign: Campaign, take: Callable[..., ReceiverList]
) -> None:
    take(HEADING + "05000000001\n")
    campaign.refresh_from_db()
    approval.submit(actor=author, campaign_id=campaign.pk, expected_version=campaign.version)
    housekeeping.run()
    assert _phones() == ["+905000000001"]
    ReceiverList.objects.update(uploaded_at=timezone.now() - timedelta(days=31))
    housekeeping.run()
    assert _phones() == []


def test_numbers_of_an_approved_announcement_stay_until_its_time_comes(
    author: User, campaign: Campaign, take: Callable[..., ReceiverList]
) -> None:
    take(HEADING + "05000000001\n")
    campaign.refresh_from_db()
    campaign = approval.submit(actor=author, campaign_id=campaign.pk, expected_version=campaign.version)
    second = _staff("second@example.org", "view_campaign", "approve_campaign")
    approval.approve(actor=second, campaign_id=campaign.pk, expected_version=campaign.version)
    ReceiverList.objects.update(uploaded_at=timezone.now() - timedelta(days=31))
    housekeeping.run()
    assert _phones() == ["+905000000001"]


def test_who_opted_out_is_counted_and_left_out(campaign: Campaign, take: Callable[..., ReceiverList]) -> None:
    consents.opt_out(phone="+905000000001", source="sms")
    take(HEADING + "05000000001\n05000000002\n")
    forecast = Forecast(campaign)
    assert (forecast.receivers, forecast.opted_out, forecast.segments) == (1, 1, 1)


def test_a_list_of_an_announcement_that_waits_cannot_be_exchanged(
    author: User, campaign: Campaign, take: Callable[..., ReceiverList]
) -> None:
    take(HEADING + "05000000001\n")
    campaign.refresh_from_db()
    approval.submit(actor=author, campaign_id=campaign.pk, expected_version=campaign.version)
    with pytest.raises(TransitionRefused):
        receivers.upload(
            actor=author,
            campaign_id=campaign.pk,
            expected_version=campaign.version + 1,
            name="b.csv",
            content=b"05000000002\n",
        )


def test_who_may_not_write_announcements_uploads_no_list(campaign: Campaign) -> None:
    reader = _staff("reader@example.org", "view_campaign")
    with pytest.raises(NotPermitted):
        receivers.upload(
            actor=reader, campaign_id=campaign.pk, expected_version=1, name="a.csv", content=b"05000000001\n"
        )
