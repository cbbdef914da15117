"""What counts as a link."""

import pytest

from notifications.gateways.links import find_link


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
