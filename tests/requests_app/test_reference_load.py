"""Loading a pack with other rules asks for a recount of the clocks; loading the same again does not."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from departments.services import reference as organisation
from requests_app.models import ClockRecount
from requests_app.services import reference

Item = dict[str, Any]


@pytest.fixture
def pack(db: None, tmp_path: Path) -> Path:
    """A copy of the small town's pack, loaded; nothing waits to be counted."""
    for name in ("common", "ornek"):
        shutil.copytree(settings.BASE_DIR / "reference_data" / name, tmp_path / name)
    load(tmp_path / "ornek")
    ClockRecount.objects.all().delete()
    return tmp_path / "ornek"


def load(pack: Path) -> None:
    organisation.load(pack)
    reference.load(pack)


def change(file: Path, which: Callable[[Item], bool], **values: Any) -> None:
    content = json.loads(file.read_text(encoding="utf-8"))
    next(item for item in content["items"] if which(item)).update(values)
    file.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def test_the_same_pack_again_asks_for_nothing(pack: Path) -> None:
    load(pack)
    assert not ClockRecount.objects.exists()


def test_another_target_of_a_category_asks_for_a_recount(pack: Path) -> None:
    change(pack.parent / "common" / "categories.json", lambda item: True, target_working_hours=7)
    load(pack)
    assert ClockRecount.objects.exists()


def test_other_working_hours_ask_for_a_recount(pack: Path) -> None:
    change(pack / "municipality.json", lambda item: True, work_end="16:45")
    load(pack)
    assert ClockRecount.objects.exists()


def test_another_standard_reply_asks_for_nothing(pack: Path) -> None:
    change(pack.parent / "common" / "standard_replies.json", lambda item: True, title="Başka")
    load(pack)
    assert not ClockRecount.objects.exists()
