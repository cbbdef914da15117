"""An announcement from writing to finished, by two people; and a citizen who subscribes, changes and leaves."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.colleagues import Announcer, Manager, SimulatedPhone
from tests.browser.people import Citizen

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

Enter = Callable[..., Any]
PHONE, DESKTOP = 390, 1280
WIDTHS = pytest.mark.parametrize("width", [PHONE, DESKTOP])


@WIDTHS
def test_from_writing_to_the_last_phone(width: int, enter: Enter) -> None:
    announcer, manager, inbox = enter(Announcer, width), enter(Manager, width), enter(SimulatedPhone, width)
    receiver = f"0500 000 97 {width % 100}"
    announcer.signs_in()
    manager.signs_in()
    address = announcer.writes_announcement("Kurs kaydı", "Örnek Belediyesi: Kursunuz yarın 10.00'da başlıyor.")
    announcer.uploads(address, f"Telefon;Ad\n{receiver};Zeynep\nyok;Veli\n".encode())
    inbox.signs_in()
    announcer.submits(address, inbox.newest_code)
    manager.nearly_cancels(address)
    manager.approves_announcement(address)
    manager.watches("Bitti")
    inbox.newest_message(receiver, containing="Kursunuz yarın")


@WIDTHS
def test_pages_beside_the_announcements(width: int, enter: Enter) -> None:
    manager = enter(Manager, width)
    manager.signs_in()
    manager.opens("/admin/notifications/optout/", "opt-outs")
    manager.opens("/admin/notifications/optout/add/", "opt-out-new")
    manager.writes("Duyuru istemeyen kişinin telefonu", f"0500 000 96 {width % 100}")
    manager.presses("Bu telefona artık duyuru gönderme")
    manager.reads("artık duyuru almayacak")
    manager.opens("/admin/notifications/quotayear/", "quota")
    manager.page.locator("#result_list tbody th a").first.click()
    manager.reads("kullanıldı ya da ayrıldı")
    manager.witness.look("quota-year")


@WIDTHS
def test_a_citizen_subscribes_changes_and_leaves(width: int, enter: Enter) -> None:
    citizen, inbox = enter(Citizen, width), enter(SimulatedPhone, width)
    phone = f"0500 000 95 {width % 100}"
    inbox.signs_in()
    citizen.opens("/duyurular/", "subscribe")
    citizen.page.get_by_label("Spor").check()
    citizen.page.get_by_label("Cep telefonu").fill(phone)
    citizen.presses("Bana kod gönder")
    citizen.reads("Rızanız olmadan duyuru gönderemeyiz.")
    citizen.witness.look("subscribe-mistake")
    citizen.page.get_by_label("telefonuma SMS").check()
    citizen.presses("Bana kod gönder")
    citizen.arrives("Kodu yazın", "subscribe-code")
    citizen.page.get_by_label("SMS ile gelen kod").fill(inbox.newest_code(phone))
    citizen.presses("Doğrula")
    citizen.arrives("Duyuru aboneliğim", "subscription")
    citizen.reads("Abone oldunuz.")
    citizen.presses("Duyuruları durdur")
    citizen.reads("Artık bizden duyuru almayacaksınız.")
    citizen.witness.look("subscription-left")


@WIDTHS
def test_the_subscription_speaks_english(width: int, enter: Enter) -> None:
    john = enter(Citizen, width, language="en")
    john.opens("/en/announcements/", "en-subscribe")
    john.opens("/en/announcements/mine/", "en-subscription")
