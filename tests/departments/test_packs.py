"""What the shipped packs say: complete, consistent, and short enough for a text message."""

import json
import string
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from common.packs import Item, PackError, read_document, read_items
from common.phones import parse_phone
from departments.places import polygons_of
from tests.departments.conftest import PACKS

SHIPPED = [PACKS / "ornek", PACKS / "kecioren"]
TEMPLATE_KEY = ("event", "language")

# The longest values that the fields take in practice.
LONGEST = {
    "municipality": "Keçiören Belediyesi",
    "number": "26-0000123-4",
    "other": "26-0000123-4",
    "due": "30 September 2026",
    "date": "30 September 2026",
    "authority": "Ankara Su ve Kanalizasyon İdaresi (ASKİ)",
    "code": "123456",
    "minutes": "3",
    "text": "Kurs yarın 14.00'te başlıyor.",  # whatever a test says
    "page": "basvuru.kecioren.bel.tr/en/track",
}
EVENTS = {
    "request_received",
    "request_received_undated",
    "request_received_thanks",
    "request_question",
    "request_question_reminder",
    "request_answered",
    "request_scheduled",
    "request_rejected",
    "request_forwarded",
    "request_merged",
    "request_reopened",
    "request_restored",
    "request_withdrawn",
    "request_extended",
    "opt_out_confirmed",
    "opt_out_how_to_return",
    "message_where_to_apply",
    "code_track",
    "code_contact",
    "code_subscribe",
    "code_test",
    "announcement_test",
}


def items(pack: Path, file: str, *key: str) -> list[Item]:
    return read_items(pack, file, key=key or ("code",))


def codes(pack: Path, file: str) -> set[str]:
    return {item.code() for item in items(pack, file)}


def write(folder: Path, file: str, content: Any) -> None:
    folder.mkdir(exist_ok=True)
    (folder / file).write_text(json.dumps(content), encoding="utf-8")


@pytest.mark.parametrize("pack", SHIPPED, ids=lambda pack: pack.name)
def test_every_file_names_its_source(pack: Path) -> None:
    for layer in (pack, PACKS / "common"):
        for file in layer.glob("*.json"):
            content = json.loads(file.read_text(encoding="utf-8"))
            assert file.name == "pack.json" or content["source"].strip(), file


@pytest.mark.parametrize("pack", SHIPPED, ids=lambda pack: pack.name)
def test_every_category_goes_to_a_department_of_the_pack(pack: Path) -> None:
    departments = codes(pack, "departments.json")
    assert {item.value("department") for item in items(pack, "categories.json")} <= departments


@pytest.mark.parametrize("pack", SHIPPED, ids=lambda pack: pack.name)
def test_every_rule_names_what_the_pack_has(pack: Path) -> None:
    for rule in items(pack, "routing_rules.json", "category", "neighbourhood"):
        assert rule.value("category") in codes(pack, "categories.json")
        assert rule.value("neighbourhood") in codes(pack, "neighbourhoods.json")
        assert rule.value("department") in codes(pack, "departments.json")


@pytest.mark.parametrize("pack", SHIPPED, ids=lambda pack: pack.name)
def test_every_reply_is_for_a_category_of_the_pack(pack: Path) -> None:
    named = {item.value("category") for item in items(pack, "standard_replies.json")}
    assert named - {None} <= codes(pack, "categories.json")


def test_categories_speak_both_languages() -> None:
    for item in items(PACKS / "ornek", "categories.json"):
        assert all(item.text(field) for field in ("name", "name_en", "group", "group_en"))
        assert bool(item.text("help", "")) == bool(item.text("help_en", ""))


def test_questions_speak_both_languages() -> None:
    questions = [q for item in items(PACKS / "ornek", "categories.json") for q in item.value("questions")]
    assert questions
    for question in questions:
        assert question["label"] and question["label_en"]
        for choice in question.get("choices", []):
            assert choice["value"] and choice["label"] and choice["label_en"]


def test_every_event_has_a_text_in_both_languages() -> None:
    texts = {(item.text("event"), item.text("language")) for item in _templates()}
    assert texts == {(event, language) for event in EVENTS for language in ("tr", "en")}


def test_every_text_fits_one_message_also_with_turkish_letters() -> None:
    for item in _templates():
        assert len(item.text("body").format(**LONGEST)) <= 150, item.text("body")


def test_no_text_carries_a_link_with_a_secret() -> None:
    assert not any("track}" in item.text("body") or "http" in item.text("body") for item in _templates())


def test_a_code_says_what_it_is_for() -> None:
    purposes = {
        "code_track": "başvuru takibi için",
        "code_contact": "bilgilerinizi görmek veya başvuruyu geri çekmek için",
        "code_test": "deneme mesajlarını almak için",
        "code_subscribe": "duyuru aboneliğinizi düzenlemek için",
    }
    bodies = {item.text("event"): item.text("body") for item in _templates() if item.text("language") == "tr"}
    for event, purpose in purposes.items():
        assert purpose in bodies[event]


def test_fields_are_the_agreed_ones() -> None:
    for item in _templates():
        used = {name for _, name, _, _ in string.Formatter().parse(item.text("body")) if name}
        assert used <= LONGEST.keys()


def test_phones_of_the_invented_town_cannot_exist() -> None:
    phones = [item.value("phone", "") for item in items(PACKS / "ornek", "departments.json")]
    assert all(parse_phone(phone).startswith("+905000000") for phone in phones if phone)


def test_kecioren_has_its_51_neighbourhoods_and_no_invented_boundary() -> None:
    assert len(items(PACKS / "kecioren", "neighbourhoods.json")) == 51
    assert read_document(PACKS / "kecioren", "neighbourhoods.geojson") is None


def test_outlines_run_counter_clockwise_and_holes_clockwise() -> None:
    collection = read_document(PACKS / "ornek", "neighbourhoods.geojson")
    for feature in collection["features"]:
        for outline, *holes in polygons_of(feature["geometry"]):
            assert _signed_area(outline) > 0
            assert all(_signed_area(hole) < 0 for hole in holes)


def test_an_item_of_the_pack_changes_the_inherited_one(tmp_path: Path) -> None:
    write(tmp_path / "base", "x.json", {"source": "a", "items": [{"code": "one", "name": "Bir", "size": 1}]})
    write(tmp_path / "own", "pack.json", {"extends": "base"})
    write(tmp_path / "own", "x.json", {"source": "b", "items": [{"code": "one", "name": "1"}, {"code": "two"}]})
    first, second = read_items(tmp_path / "own", "x.json")
    assert (first.text("name"), first.number("size"), first.source) == ("1", 1, "b")
    assert second.code() == "two"


def test_an_inherited_item_can_be_dropped(tmp_path: Path) -> None:
    write(tmp_path / "base", "x.json", {"source": "a", "items": [{"code": "one"}]})
    write(tmp_path / "own", "pack.json", {"extends": "base"})
    write(tmp_path / "own", "x.json", {"source": "b", "items": [{"code": "one", "remove": True}]})
    assert read_items(tmp_path / "own", "x.json") == []


def test_a_code_that_stands_twice_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "own", "x.json", {"source": "a", "items": [{"code": "one"}, {"code": "one"}]})
    with pytest.raises(PackError, match=r"own/x.json, item 'one', field 'code': stands twice"):
        read_items(tmp_path / "own", "x.json")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    with pytest.raises(PackError, match=r"x.json"):
        read_items(tmp_path / "own", "x.json")


def test_broken_json_is_named(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "x.json").write_text("{", encoding="utf-8")
    with pytest.raises(PackError, match=r"own/x.json"):
        read_items(tmp_path / "own", "x.json")


@pytest.mark.parametrize("content", [[], {"source": "a"}, {"source": "a", "items": {}}, {"source": "a", "items": [1]}])
def test_another_form_is_refused(tmp_path: Path, content: Any) -> None:
    write(tmp_path / "own", "x.json", content)
    with pytest.raises(PackError, match="must be"):
        read_items(tmp_path / "own", "x.json")


def test_a_pack_that_extends_itself_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "own", "pack.json", {"extends": "own"})
    with pytest.raises(PackError, match="extends itself"):
        read_items(tmp_path / "own", "x.json")


def test_an_unknown_pack_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="no such pack"):
        read_items(tmp_path / "nowhere", "x.json")


def _templates() -> list[Item]:
    return items(PACKS / "ornek", "message_templates.json", *TEMPLATE_KEY)


def _signed_area(ring: Any) -> float:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring)) / 2
