"""A tree of departments with people in it, and packs that a test may change."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission

from accounts.models import User
from common.events import calendar_changed
from departments.calendar import WorkingCalendar
from departments.models import Department, Membership, Municipality

LONG_AGO = date(2020, 1, 1)
PACKS = Path(settings.BASE_DIR) / "reference_data"


@dataclass(frozen=True)
class Tree:
    """The deputy mayor's branch, two directorates in it, and one outside."""

    technical: Department
    roads: Department
    parks: Department
    culture: Department


@pytest.fixture
def tree(db: None) -> Tree:
    technical = Department.objects.create(code="teknik", name="Teknik İşler", valid_from=LONG_AGO)

    def below(code: str, name: str) -> Department:
        return Department.objects.create(code=code, name=name, parent=technical, valid_from=LONG_AGO)

    culture = Department.objects.create(code="kultur", name="Kültür İşleri", valid_from=LONG_AGO)
    return Tree(technical, below("fen", "Fen İşleri"), below("park", "Park ve Bahçeler"), culture)


@pytest.fixture
def person(db: None) -> Callable[..., User]:
    """Makes somebody, with a membership where one is given."""

    def make(name: str, *, head_of: Department | None = None, staff_of: Department | None = None) -> User:
        user = User.objects.create_user(f"{name}@example.org", full_name=name.title())
        for department, role in ((head_of, "head"), (staff_of, "staff")):
            if department:
                Membership.objects.create(user=user, department=department, role=role, valid_from=LONG_AGO)
        return user

    return make


@pytest.fixture
def administrator(person: Callable[..., User]) -> User:
    """Somebody who may change the organisation, its calendar and its texts."""
    user = person("yönetici")
    codes = ["change_department", "change_calendarday", "add_legaltext"]
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="departments", codename__in=codes))
    return user


@pytest.fixture
def place(db: None) -> Municipality:
    """The municipality, entered by hand."""
    return Municipality.objects.create(
        name="Örnek Belediyesi",
        short_name="Örnek Bld",
        province="Örnek",
        phone="0500 000 00 00",
        work_start=time(8, 30),
        work_end=time(17, 30),
        half_day_end=time(13),
        map_lat=38.74,
        map_lng=33.36,
    )


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A copy of the small town's pack that a test may change."""
    for name in ("common", "ornek"):
        shutil.copytree(PACKS / name, tmp_path / name)
    return tmp_path / "ornek"


@pytest.fixture
def edit() -> Callable[..., None]:
    """Changes the items of one file of a pack."""

    def change(file: Path, change_items: Callable[[list[dict[str, Any]]], None]) -> None:
        content = json.loads(file.read_text(encoding="utf-8"))
        change_items(content["items"])
        file.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")

    return change


@pytest.fixture
def told() -> Iterator[list[Any]]:
    """What a subscriber hears, and what the calendar says to it at that moment."""
    heard: list[Any] = []

    def listener(*, days: frozenset[date]) -> None:
        heard.append((days, {day: WorkingCalendar.load().day(day).kind for day in days}))

    calendar_changed.subscribe(listener)
    yield heard
    calendar_changed._subscribers.remove(listener)
