"""What announcements are about: loaded from a pack, kept by the staff."""

import json
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from common.errors import NotPermitted
from notifications.models import Topic
from notifications.services import topics

pytestmark = pytest.mark.django_db

ADD = "admin:notifications_topic_add"
CHANGE = "admin:notifications_topic_change"


@pytest.fixture
def page(client: Client, operator: User) -> Client:
    client.force_login(operator)
    return client


def _typed(**changes: str) -> dict[str, str]:
    return {"name": "Ramazan etkinlikleri", "name_en": "Ramadan", "sort_order": "9", "is_active": "on", **changes}


def _pack(path: Path, *names: str) -> Path:
    items = [{"code": name.lower(), "name": name} for name in names]
    (path / "topics.json").write_text(json.dumps({"source": "pack", "items": items}))
    (path / "pack.json").write_text(json.dumps({"name": "pack"}))
    return path


def test_staff_add_a_topic_and_its_code_is_made_of_its_name(page: Client, operator: User) -> None:
    assert page.post(reverse(ADD), _typed()).status_code == 302
    topic = Topic.objects.get()
    assert (topic.code, topic.is_active, topic.source) == ("ramazan-etkinlikleri", True, "")
    assert topic.events.get().pgh_context.metadata["actor"] == operator.pk  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["RAMAZAN ETKİNLİKLERİ", "!!!"])
def test_a_name_twice_or_without_letters_is_refused_beside_the_name(page: Client, name: str) -> None:
    page.post(reverse(ADD), _typed())
    assert "Bu adda bir konu zaten var" in page.post(reverse(ADD), _typed(name=name)).content.decode()
    assert Topic.objects.count() == 1


def test_what_staff_changed_is_kept_when_the_pack_is_loaded_again(page: Client, tmp_path: Path) -> None:
    pack = _pack(tmp_path, "Spor")
    topics.load(pack)
    topic = Topic.objects.get()
    page.post(reverse(CHANGE, args=[topic.pk]), _typed(name="Spor ve sağlık"))
    assert topics.load(pack).kept == 1
    topic.refresh_from_db()
    assert (topic.code, topic.name, topic.source) == ("spor", "Spor ve sağlık", "")


def test_without_the_permission_nothing_is_changed(client: Client, clerk: User) -> None:
    with pytest.raises(NotPermitted):
        topics.save(row=Topic(name="Spor"), actor=clerk)
    client.force_login(clerk)
    assert client.post(reverse(ADD), _typed()).status_code == 403
    assert not Topic.objects.exists()
