"""Applying, for people who do not use it as we thought: without a mouse, without scripts, twice, backwards."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from requests_app.models import ServiceRequest
from tests.browser.colleagues import SimulatedPhone
from tests.browser.keyboard import Keyboard
from tests.browser.people import PATIENT_TRIES, Citizen
from tests.browser.pictures import pothole

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

Enter = Callable[..., Any]
PHONE, DESKTOP = 390, 1280
QUESTION = "Ne oldu? Ne istiyorsunuz?"


def up_to_the_last_look(citizen: Citizen, text: str, phone: str) -> None:
    citizen.page.goto("/basvuru/ne-oldu/")
    citizen.tells(text)
    citizen.picks_from_the_list("Çarşı", "Gül Sokak 14")
    citizen.says_who("Ali Deneme", phone)
    citizen.arrives("Kontrol edin, sonra gönderin", "apply-check")


def presses_until_it_goes_no_further(page: Page, button: str) -> None:
    for _press in range(PATIENT_TRIES):  # a press while the map still moves is lost
        if page.locator(f"{button}.leaflet-disabled").count():
            return
        page.locator(button).click(force=True)
    raise AssertionError(f"{button} goes on for ever")


def test_it_can_be_done_with_the_keyboard_alone(enter: Enter) -> None:
    ayse = enter(Citizen, DESKTOP)
    ayse.opens("/", "home")
    keys = Keyboard(ayse.page)

    keys.tab_to("link", "Başvuru yap")
    keys.press("Enter")
    ayse.arrives(QUESTION, "keyboard-what")
    keys.starts_over()
    keys.tab_to("textbox", QUESTION)
    keys.write("Parktaki salıncağın zinciri kopmuş.")
    keys.tab_to("combobox", "Konu")
    keys.write("Park ve oyun")  # a list goes to the first choice that begins so
    keys.tab_to("button", "Devam et")
    keys.press("Enter")

    ayse.arrives("Nerede?", "keyboard-where")
    keys.starts_over()
    keys.tab_to("radio", "Evet, belirli bir yer")
    keys.press("ArrowDown")
    keys.press("ArrowUp")
    keys.tab_to("application", "Harita")
    keys.press("Enter")  # marks the middle of the map
    ayse.reads("Mahalle: ")
    keys.tab_to("textbox", "Adres ya da yerin tarifi")
    keys.write("Meydandaki park")
    keys.tab_to("button", "Devam et")
    keys.press("Enter")

    ayse.arrives("Siz kimsiniz?", "keyboard-you")
    keys.starts_over()
    keys.tab_to("textbox", "Ad ve soyad")
    keys.write("Ayşe Deneme")
    keys.tab_to("textbox", "Cep telefonu")
    keys.write("0500 000 91 01")
    keys.tab_to("checkbox", "açık rıza")
    keys.press("Space")
    keys.press("Space")
    keys.tab_to("button", "Devam et")
    keys.press("Enter")

    ayse.arrives("Kontrol edin, sonra gönderin", "keyboard-check")
    keys.starts_over()
    keys.tab_to("button", "Başvuruyu gönder")
    keys.press("Space")
    assert ayse.receives_number()


def test_it_can_be_done_without_scripts(enter: Enter) -> None:
    phone = "0500 000 91 02"
    veli, inbox = enter(Citizen, PHONE, scripts=False), enter(SimulatedPhone, DESKTOP)
    inbox.signs_in()

    veli.begins()
    veli.writes(QUESTION, "Kaldırım taşları yerinden oynamış.")
    veli.page.locator("input[type=file]").set_input_files(pothole())
    veli.presses("Seçtiğim dosyaları ekle")
    veli.reads("Eklediğiniz dosyalar")
    veli.tells("Kaldırım taşları yerinden oynamış.", subject="Bozuk kaldırım")
    veli.picks_from_the_list("Çınarlı", "Lale Caddesi 40")
    veli.says_who("Veli Deneme", phone)
    number = veli.sends()

    veli.asks_for_code(number, phone)
    veli.enters(inbox.newest_code(phone), number)
    veli.reads("Kaldırım taşları yerinden oynamış.")


def test_a_double_click_sends_one_application(enter: Enter) -> None:
    ali = enter(Citizen, PHONE)
    up_to_the_last_look(ali, "Çift tıklanan başvuru.", "0500 000 91 03")
    ali.page.get_by_role("button", name="Başvuruyu gönder").dblclick()
    ali.receives_number()
    assert ServiceRequest.objects.filter(description="Çift tıklanan başvuru.").count() == 1


def test_the_back_button_of_the_browser_loses_nothing(enter: Enter) -> None:
    ali = enter(Citizen, PHONE)
    up_to_the_last_look(ali, "Geri dönülen başvuru.", "0500 000 91 04")
    ali.page.go_back()
    expect(ali.page.get_by_label("Ad ve soyad", exact=True)).to_have_value("Ali Deneme")
    ali.page.go_back()
    expect(ali.page.get_by_label("Adres ya da yerin tarifi", exact=True)).to_have_value("Gül Sokak 14")
    ali.page.go_back()
    expect(ali.page.get_by_label(QUESTION, exact=True)).to_have_value("Geri dönülen başvuru.")
    ali.presses("Devam et")
    ali.arrives("Nerede?", "apply-where-again")
    expect(ali.page.get_by_label("Mahalle", exact=True).locator("option:checked")).to_have_text("Çarşı")


@pytest.mark.parametrize("scripts", [True, False])
def test_back_after_a_mistake_shows_the_step_and_asks_nothing(enter: Enter, scripts: bool) -> None:
    ali = enter(Citizen, PHONE, scripts=scripts)
    ali.page.goto("/basvuru/ne-oldu/")
    ali.tells("Yanlış doldurulan başvuru.")
    ali.presses("Devam et")
    ali.reads("Mahalleyi seçin, adresi yazın ya da yeri haritada işaretleyin.")
    ali.writes("Adres ya da yerin tarifi", "Gül Sokak 14")
    ali.presses("Devam et")
    expect(ali.page.get_by_role("heading", level=1)).to_have_text("Siz kimsiniz?")
    ali.page.go_back()
    expect(ali.page.get_by_label("Adres ya da yerin tarifi", exact=True)).to_have_value("Gül Sokak 14")


def test_back_after_a_mistake_elsewhere_opens_the_page_again(enter: Enter) -> None:
    ali = enter(Citizen, PHONE)
    ali.page.goto("/takip/")
    ali.presses("Bana kod gönder")
    ali.reads("Başvuru numara")
    ali.page.goto("/")
    ali.page.go_back()
    expect(ali.page.get_by_role("heading", level=1)).to_have_text("Başvurumu takip et")


@pytest.mark.parametrize("scripts", [True, False])
def test_the_language_can_be_switched_in_the_middle_of_a_step(enter: Enter, scripts: bool) -> None:
    ali = enter(Citizen, PHONE, scripts=scripts)
    ali.page.goto("/basvuru/ne-oldu/")
    ali.writes(QUESTION, "Yarım cüm")
    ali.page.get_by_role("banner").get_by_role("button", name="English").click()
    expect(ali.page.get_by_label("What happened? What do you want?", exact=True)).to_have_value("Yarım cüm")
    expect(ali.page).to_have_url(re.compile("/en/apply/what/$"))


def test_enter_in_a_field_goes_on_and_does_not_switch_the_language(enter: Enter) -> None:
    ali = enter(Citizen, DESKTOP)
    ali.page.goto("/basvuru/ne-oldu/")
    ali.tells("Enter ile gönderilen başvuru.")
    ali.page.get_by_label("Adres ya da yerin tarifi", exact=True).fill("Gül Sokak 14")
    ali.page.get_by_label("Adres ya da yerin tarifi", exact=True).press("Enter")
    ali.arrives("Siz kimsiniz?", "apply-you-by-enter")


def test_the_map_shows_where_one_is_however_near_or_far(enter: Enter) -> None:
    ali = enter(Citizen, PHONE)
    ali.page.goto("/basvuru/ne-oldu/")
    ali.tells("Haritaya bakılan başvuru.")
    box = ali.page.locator(".map--ready")
    for button in (".leaflet-control-zoom-in", ".leaflet-control-zoom-out"):
        presses_until_it_goes_no_further(ali.page, button)
        expect(box.locator(".map__label:visible").first).to_be_in_viewport()
        expect(box).to_contain_text("Yalnızca mahalle sınırları")
    ali.witness.look("apply-where-far-away")


def test_after_sending_the_back_button_leads_to_the_receipt(enter: Enter) -> None:
    ali = enter(Citizen, PHONE)
    up_to_the_last_look(ali, "Gönderildikten sonra geri dönülen başvuru.", "0500 000 91 05")
    ali.presses("Başvuruyu gönder")
    number = ali.receives_number()
    ali.page.go_back()
    ali.arrives("Başvurunuz alındı", "apply-receipt-again")
    ali.reads(number)


def test_a_closed_tab_can_be_gone_on_with(enter: Enter) -> None:
    ali = enter(Citizen, PHONE)
    ali.page.goto("/basvuru/ne-oldu/")
    ali.tells("Yarım kalan başvuru.")
    ali.arrives("Nerede?", "apply-where")
    ali.opens("/basvuru/", "apply-resume")
    ali.follows("Kaldığım yerden devam et")
    ali.arrives("Nerede?", "apply-where-resumed")
    ali.presses("Geri")
    expect(ali.page.get_by_label(QUESTION, exact=True)).to_have_value("Yarım kalan başvuru.")


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_every_mistake_is_said_beside_its_field(width: int, enter: Enter) -> None:
    ali = enter(Citizen, width)
    ali.page.goto("/basvuru/ne-oldu/")
    ali.presses("Devam et")
    ali.reads("Ne olduğunu ya da ne istediğinizi yazın.")
    ali.witness.look("apply-what-mistake")
    ali.tells("Bir sorun var.")
    ali.arrives("Nerede?", "apply-where")
    ali.presses("Devam et")
    ali.reads("Mahalleyi seçin, adresi yazın ya da yeri haritada işaretleyin.")
    ali.witness.look("apply-where-mistake")
    ali.chooses("Belirli bir yer yok")
    ali.presses("Devam et")
    ali.says_who("Ali Deneme", "12")
    expect(ali.page.get_by_role("alert").get_by_role("link")).to_have_count(1)
    ali.witness.look("apply-you-mistake")
    ali.page.get_by_role("alert").get_by_role("link").click()
    expect(ali.page.get_by_label("Cep telefonu", exact=True)).to_be_focused()
