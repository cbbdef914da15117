"""Loading the organisation from a pack."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from common.packs import Counts, PackError
from departments.calendar import DayKind, WorkingCalendar
from departments.models import CalendarDay, Department, LegalText, Membership, Municipality, Neighbourhood
from departments.services import organisation, reference, working_calendar
from tests.departments.conftest import LONG_AGO, PACKS

pytestmark = pytest.mark.django_db

Items = list[dict[str, Any]]


def find(items: Items, code: str) -> dict[str, Any]:
    return next(item for item in items if item["code"] == code)


def loaded(pack: Path) -> dict[str, Counts]:
    return {count.label: count for count in reference.load(pack)}


@pytest.mark.parametrize("name", ["ornek", "kecioren"])
def test_a_shipped_pack_loads(name: str) -> None:
    assert all(count.created or count.label == "calendar days" for count in reference.load(PACKS / name))


@pytest.mark.parametrize("name", ["ornek", "kecioren"])
def test_loading_again_changes_nothing(name: str) -> None:
    reference.load(PACKS / name)
    again = reference.load(PACKS / name)
    assert [(count.created, count.updated, count.closed) for count in again] == [(0, 0, 0)] * 5


def test_departments_stand_below_their_parents(pack: Path) -> None:
    reference.load(pack)
    assert Department.objects.get(code="fen-isleri").parent == Department.objects.get(code="teknik-isler")


def test_a_changed_name_is_updated_in_place(pack: Path, edit: Callable[..., None]) -> None:
    reference.load(pack)
    before = Department.objects.get(code="zabita")
    edit(pack / "departments.json", lambda items: find(items, "zabita").update(name="Zabıta Amirliği"))
    assert loaded(pack)["departments"].updated == 1
    assert Department.objects.get(code="zabita").name == "Zabıta Amirliği"
    assert Department.objects.get(code="zabita").pk == before.pk


def test_what_is_gone_is_closed_with_its_memberships(
    pack: Path, edit: Callable[..., None], person: Callable[..., User]
) -> None:
    reference.load(pack)
    department = Department.objects.get(code="zabita")
    Membership.objects.create(user=person("memur"), department=department, role="staff", valid_from=LONG_AGO)
    edit(pack / "departments.json", lambda items: items.remove(find(items, "zabita")))
    assert loaded(pack)["departments"].closed == 1
    department.refresh_from_db()
    assert department.valid_to is not None
    assert department.memberships.get().valid_to == department.valid_to


def test_what_comes_back_is_open_again(pack: Path, edit: Callable[..., None]) -> None:
    reference.load(pack)
    file = pack / "departments.json"
    before = file.read_text(encoding="utf-8")
    edit(file, lambda items: items.remove(find(items, "zabita")))
    reference.load(pack)
    file.write_text(before, encoding="utf-8")
    reference.load(pack)
    assert Department.objects.active().filter(code="zabita").exists()


def test_what_staff_changed_is_kept(pack: Path, edit: Callable[..., None], administrator: User) -> None:
    reference.load(pack)
    organisation.change_department(
        actor=administrator, department=Department.objects.get(code="zabita"), changes={"name": "Bizim Zabıta"}
    )
    edit(pack / "departments.json", lambda items: find(items, "zabita").update(name="Paketin Zabıtası"))
    assert loaded(pack)["departments"].kept == 1
    assert Department.objects.get(code="zabita").name == "Bizim Zabıta"


def test_what_staff_closed_stays_closed(pack: Path, administrator: User) -> None:
    reference.load(pack)
    organisation.close_department(
        actor=administrator, department=Department.objects.get(code="zabita"), on=date(2026, 1, 1)
    )
    reference.load(pack)
    assert not Department.objects.active().filter(code="zabita").exists()


def test_what_staff_opened_is_not_closed(pack: Path, administrator: User) -> None:
    organisation.open_department(actor=administrator, code="bizim", name="Bizim", valid_from=LONG_AGO)
    reference.load(pack)
    assert Department.objects.active().filter(code="bizim").exists()


def test_the_municipality_belongs_to_its_staff_once_they_changed_it(pack: Path, administrator: User) -> None:
    reference.load(pack)
    organisation.change_municipality(actor=administrator, changes={"phone": "0500 000 00 99"})
    assert loaded(pack)["municipality"].kept == 1
    assert Municipality.objects.get().phone == "0500 000 00 99"


def test_a_neighbourhood_that_is_gone_goes_out_of_use(pack: Path, edit: Callable[..., None]) -> None:
    reference.load(pack)
    edit(pack / "neighbourhoods.json", lambda items: items.remove(find(items, "kale")))
    with pytest.raises(PackError, match="kale"):
        reference.load(pack)
    (pack / "neighbourhoods.geojson").unlink()
    assert loaded(pack)["neighbourhoods"].closed == 1
    assert not Neighbourhood.objects.get(code="kale").is_active


def test_boundaries_come_from_the_geojson_file(pack: Path) -> None:
    reference.load(pack)
    plateau = Neighbourhood.objects.get(code="yayla")
    assert plateau.polygon["type"] == "MultiPolygon"
    assert plateau.box is not None


def test_a_calendar_day_of_the_pack_counts(pack: Path) -> None:
    reference.load(pack)
    assert WorkingCalendar.load().day(date(2026, 3, 23)).by_staff


def test_a_calendar_day_of_the_staff_is_kept(pack: Path, administrator: User) -> None:
    working_calendar.set_calendar_day(actor=administrator, day=date(2026, 3, 23), kind="working", name="Çalışıyoruz")
    assert loaded(pack)["calendar days"].kept == 1
    assert CalendarDay.objects.get().kind == "working"


def test_a_calendar_day_that_is_gone_from_the_pack_ends_and_is_announced(
    pack: Path, edit: Callable[..., None], told: list[Any]
) -> None:
    day = date(2026, 3, 23)
    reference.load(pack)
    told.clear()
    edit(pack / "calendar.json", lambda items: items.clear())
    assert loaded(pack)["calendar days"].closed == 1
    assert told == [(frozenset({day}), {day: DayKind.WORKING})]
    assert loaded(pack)["calendar days"].closed == 0
    assert len(told) == 1


def test_a_calendar_day_of_the_staff_stays_although_the_pack_has_none(
    pack: Path, edit: Callable[..., None], administrator: User
) -> None:
    reference.load(pack)
    working_calendar.set_calendar_day(actor=administrator, day=date(2026, 3, 23), kind="working", name="Çalışıyoruz")
    working_calendar.set_calendar_day(actor=administrator, day=date(2026, 3, 24), kind="holiday", name="İdari izin")
    edit(pack / "calendar.json", lambda items: items.clear())
    assert loaded(pack)["calendar days"].closed == 0
    assert CalendarDay.objects.count() == 2


def test_a_published_text_needs_a_new_version(pack: Path, edit: Callable[..., None]) -> None:
    reference.load(pack)
    edit(pack.parent / "common/legal_texts.json", lambda items: items[0].update(body=["Başka."]))
    with pytest.raises(PackError, match="raise the version"):
        reference.load(pack)


def test_a_new_version_is_added(pack: Path, edit: Callable[..., None]) -> None:
    reference.load(pack)
    edit(
        pack.parent / "common/legal_texts.json",
        lambda items: items.append({**items[0], "version": 2, "body": ["Başka."]}),
    )
    assert loaded(pack)["legal texts"].created == 1
    assert LegalText.objects.filter(kind="disclosure", language="tr").count() == 2


@pytest.mark.parametrize(
    ("file", "change", "named"),
    [
        ("departments.json", {"name": ""}, "item 'teknik-isler', field 'name'"),
        ("departments.json", {"parent": "yok"}, "item 'teknik-isler', field 'parent'"),
        ("departments.json", {"parent": "fen-isleri"}, "field 'parent': goes round in a circle"),
        ("departments.json", {"code": "Fen İşleri"}, "field 'code'"),
        ("departments.json", {"adi": "Yanlış"}, "field 'adi': is not known here"),
        ("departments.json", {"valid_from": "dün"}, "field 'valid_from': must be a date"),
        ("departments.json", {"name": "x" * 200}, "item 'teknik-isler', field 'name'"),
        ("municipality.json", {"work_start": "sabah"}, "field 'work_start'"),
        ("municipality.json", {"brand_colour": "mavi"}, "field 'brand_colour'"),
        ("municipality.json", {"map_lat": 1000}, "field 'map_lat'"),
        ("neighbourhoods.json", {"is_active": "evet"}, "field 'is_active'"),
        ("calendar.json", {"kind": "party"}, "field 'kind'"),
    ],
)
def test_a_mistake_names_file_item_and_field(
    pack: Path, edit: Callable[..., None], file: str, change: dict[str, Any], named: str
) -> None:
    edit(pack / file, lambda items: items[0].update(change))
    with pytest.raises(PackError) as refusal:
        reference.load(pack)
    assert f"ornek/{file}" in str(refusal.value)
    assert named in str(refusal.value)


def test_a_broken_boundary_names_the_neighbourhood(pack: Path) -> None:
    file = pack / "neighbourhoods.geojson"
    file.write_text(file.read_text(encoding="utf-8").replace('"MultiPolygon"', '"Point"'), encoding="utf-8")
    with pytest.raises(PackError, match=r"neighbourhoods.geojson, item 'yayla', field 'geometry'"):
        reference.load(pack)


def test_a_refused_pack_changes_nothing(pack: Path, edit: Callable[..., None]) -> None:
    edit(pack / "calendar.json", lambda items: items[0].update(kind="party"))
    with pytest.raises(PackError):
        reference.load(pack)
    assert not Department.objects.exists()
