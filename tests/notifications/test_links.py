"""What counts as a link, and what stands in its place."""

import json
from pathlib import Path

import pytest
from django.conf import settings

from notifications.gateways.links import find_link
from notifications.models import Route
from notifications.services.rendering import fields_of, for_route, render
from notifications.services.samples import samples_for

_FILE = Path(settings.BASE_DIR) / "reference_data" / "common" / "message_templates.json"
SHIPPED = [row for row in json.loads(_FILE.read_text())["items"] if "body" in row]


@pytest.mark.parametrize(
    "text",
    [
        "Takip: https://masa.ornek.example/t/1",
        "Takip: HTTP://ornek.example",
        "Bkz. www.ornek.example",
        "ornek.bel.tr adresinden bakın",
        "Ornek.Bel.TR",
        "bilgi@ornek.com",
        "bit.ly/abc",
        "masa.ornek.example/t/1",
        "Bkz.ornek.istanbul",
        "wa.me/905000000001",
    ],
)
def test_finds_addresses(text: str) -> None:
    assert find_link(text)


@pytest.mark.parametrize(
    "text",
    [
        "Başvurunuz alındı: 26-0000123-4. Örnek Belediyesi",
        "Saat 14.30'da, 20.11.2026 günü",
        "T.C. Örnek Belediyesi A.Ş.",
        "Başvurunuz alındı.Bilgi için arayın",
        "Dr. Ali Bey",
        "1.250 TL",
        "Fen İşl. Md.lüğü",
        "",
    ],
)
def test_leaves_plain_turkish_alone(text: str) -> None:
    assert not find_link(text)


@pytest.mark.parametrize("template", SHIPPED, ids=lambda template: f"{template['event']}-{template['language']}")
def test_no_shipped_text_needs_a_link_where_none_arrives(template: dict[str, str]) -> None:
    samples = samples_for(fields_of(template["body"]), language=template["language"])
    context = {**samples, "municipality": "Örnek Belediyesi"}
    abroad, at_home = Route(links_allowed=False), Route(links_allowed=True)
    body, language = template["body"], template["language"]
    assert find_link(render(body, for_route(context, language, abroad))) == ""
    assert bool(find_link(render(body, for_route(context, language, at_home)))) == ("{page}" in body)
