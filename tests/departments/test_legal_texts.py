"""Legal texts: which version holds, how it is shown, how a new one comes."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.models import User
from common.errors import NotPermitted
from departments.legal_texts import Block, blocks, current
from departments.models import LegalText, Municipality
from departments.services import texts

pytestmark = pytest.mark.django_db


def publish(actor: User, **changes: Any) -> LegalText:
    values = {
        "kind": LegalText.Kind.DISCLOSURE,
        "language": "tr",
        "title": "Aydınlatma metni",
        "body": "Metin.",
        "effective_from": date(2026, 1, 1),
    }
    return texts.publish_legal_text(actor=actor, **{**values, **changes})


def test_versions_are_counted_by_kind_and_language(administrator: User) -> None:
    assert [publish(administrator).version for _ in range(2)] == [1, 2]
    assert publish(administrator, language="en").version == 1


def test_the_newest_version_in_force_is_current(administrator: User) -> None:
    publish(administrator)
    newest = publish(administrator)
    assert current("disclosure", "tr") == newest


def test_a_version_for_later_waits_for_its_day(administrator: User) -> None:
    holding = publish(administrator)
    publish(administrator, effective_from=timezone.localdate() + timedelta(days=1))
    assert current("disclosure", "tr") == holding


def test_a_missing_language_shows_turkish(administrator: User) -> None:
    turkish = publish(administrator)
    assert current("disclosure", "en") == turkish


def test_a_kind_without_a_text_has_none() -> None:
    assert current("accessibility", "tr") is None


def test_only_who_may_publishes(person: Callable[..., User]) -> None:
    with pytest.raises(NotPermitted):
        publish(person("biri"))


def test_a_published_text_cannot_be_changed(administrator: User) -> None:
    text = publish(administrator)
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        LegalText.objects.filter(pk=text.pk).update(body="Başka.")


def test_a_published_text_cannot_be_deleted(administrator: User) -> None:
    text = publish(administrator)
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        text.delete()


def test_headings_lists_and_paragraphs_are_told_apart(place: Municipality) -> None:
    text = LegalText(body="## Kim?\n\nBiz,\nsiz.\n\n- bir\n- iki")
    assert blocks(text) == [
        Block("heading", "Kim?"),
        Block("paragraph", "Biz, siz."),
        Block("list", items=("bir", "iki")),
    ]


def test_the_municipalitys_name_is_filled_in(place: Municipality) -> None:
    assert blocks(LegalText(body="{municipality} sorumludur.")) == [Block("paragraph", "Örnek Belediyesi sorumludur.")]


def test_a_line_without_its_value_is_left_out(place: Municipality) -> None:
    text = LegalText(body="- Telefon: {phone}\n- E-posta: {email}")
    assert blocks(text) == [Block("list", items=("Telefon: 0500 000 00 00",))]


def test_browsers_line_ends_make_no_difference(place: Municipality) -> None:
    assert blocks(LegalText(body="Bir.\r\n\r\nİki.")) == [Block("paragraph", "Bir."), Block("paragraph", "İki.")]
