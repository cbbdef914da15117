"""Templates from reference data and from staff."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import InternalError, transaction
from django.utils import translation

from accounts.models import User
from common.errors import InvalidInput, NotPermitted
from common.packs import PackError
from notifications.models import MessageTemplate
from notifications.services import templates

pytestmark = pytest.mark.django_db

ITEM = {"event": "request_received", "language": "tr", "title": "Başvuru alındı", "body": "Başvurunuz alındı: {number}"}


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    _write(tmp_path, ITEM)
    return tmp_path


def _write(pack: Path, *items: dict[str, Any]) -> None:
    content = {"source": "test", "items": list(items)}
    (pack / "message_templates.json").write_text(json.dumps(content), encoding="utf-8")


def _in_use() -> MessageTemplate:
    return MessageTemplate.objects.active().get(event="request_received", language="tr")


def _revise(actor: User, body: str = "Aldık: {number}") -> MessageTemplate:
    return templates.revise(actor=actor, event="request_received", language="tr", body=body)


def test_loading_brings_the_first_version_into_use(pack: Path) -> None:
    assert templates.load(pack).created == 1
    assert (_in_use().version, _in_use().body, _in_use().fields) == (1, ITEM["body"], ["number"])


def test_loading_again_changes_nothing(pack: Path) -> None:
    templates.load(pack)
    counts = templates.load(pack)
    assert (counts.created, counts.updated, counts.unchanged) == (0, 0, 1)
    assert MessageTemplate.objects.count() == 1


def test_a_changed_body_is_a_new_version(pack: Path) -> None:
    templates.load(pack)
    _write(pack, ITEM | {"body": "Alındı: {number}"})
    assert templates.load(pack).updated == 1
    assert (_in_use().version, _in_use().body) == (2, "Alındı: {number}")
    assert MessageTemplate.objects.get(version=1).body == ITEM["body"]


def test_the_wording_of_staff_stays_when_reference_data_is_loaded_again(pack: Path, operator: User) -> None:
    templates.load(pack)
    _revise(operator)
    assert templates.load(pack).unchanged == 1
    assert _in_use().body == "Aldık: {number}"


def test_the_wording_of_staff_stays_in_use_when_the_pack_brings_another(pack: Path, operator: User) -> None:
    templates.load(pack)
    _revise(operator)
    _write(pack, ITEM | {"body": "Alındı: {number}"})
    assert templates.load(pack).kept == 1
    assert templates.load(pack).unchanged == 1
    assert _in_use().body == "Aldık: {number}"
    assert MessageTemplate.objects.count() == 3


@pytest.mark.parametrize(
    "body", ["Numara {number", "Numara {}", "Numara {number!r}", "Numara {a.b}", "Numara {Number}"]
)
def test_a_badly_written_body_in_the_pack_is_refused_by_name(pack: Path, body: str) -> None:
    _write(pack, ITEM | {"body": body})
    with pytest.raises(PackError, match=r"request_received tr.*body"):
        templates.load(pack)


def test_fields_the_body_does_not_use_may_be_named_for_staff(pack: Path, operator: User) -> None:
    _write(pack, ITEM | {"fields": ["due"]})
    templates.load(pack)
    assert _revise(operator, "Aldık: {number}, en geç {due}").is_active


def test_staff_add_a_version_and_it_is_in_use_at_once(pack: Path, operator: User) -> None:
    templates.load(pack)
    added = _revise(operator, "  Aldık:\r\n{number} ")
    assert (added.version, added.body, added.created_by, added.title) == (
        2,
        "Aldık:\n{number}",
        operator,
        ITEM["title"],
    )
    assert _in_use() == added


def test_the_same_text_again_adds_nothing(pack: Path, operator: User) -> None:
    templates.load(pack)
    assert _revise(operator, ITEM["body"]).version == 1
    assert MessageTemplate.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("", "Write the text"),
        ("   ", "Write the text"),
        ("x" * 613, "too long"),
        ("Numara {nummer}", "has no field {nummer}"),
        ("Numara {number:>10}", "A field is written"),
        ("Numara {number", "no partner"),
        ("Numara }", "no partner"),
        ("a\x00b", "cannot be sent"),
    ],
)
def test_a_text_that_could_not_be_sent_is_refused(pack: Path, operator: User, body: str, message: str) -> None:
    templates.load(pack)
    with translation.override("en"), pytest.raises(InvalidInput, match=message) as refused:
        _revise(operator, body)
    assert refused.value.field == "body"
    assert MessageTemplate.objects.count() == 1


def test_others_may_not_change_a_wording(pack: Path, clerk: User) -> None:
    templates.load(pack)
    with pytest.raises(NotPermitted):
        _revise(clerk)
    with pytest.raises(NotPermitted):
        templates.activate(actor=clerk, template=_in_use())


def test_an_earlier_version_can_be_taken_into_use_again(pack: Path, operator: User) -> None:
    templates.load(pack)
    first = _in_use()
    _revise(operator)
    templates.activate(actor=operator, template=first)
    assert _in_use() == first


def test_the_database_refuses_to_rewrite_a_version(pack: Path) -> None:
    templates.load(pack)
    with pytest.raises(InternalError), transaction.atomic():
        MessageTemplate.objects.update(body="Başka")
