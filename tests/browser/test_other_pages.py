"""Pages beside the main job: in English, on paper, when something is wrong, and those that staff need less often."""

from collections.abc import Callable
from typing import Any

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Route, expect

from tests.browser.colleagues import Administrator, Agent, Clerk, Colleague, Head, Manager, Specialist
from tests.browser.people import Citizen

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

Enter = Callable[..., Any]
PHONE, DESKTOP = 390, 1280
A4: Any = {"width": 794, "height": 1123}  # at 96 dots per inch
MOST_RESETS = 3  # for one address in ten minutes, config/settings.py
WIDTHS = pytest.mark.parametrize("width", [PHONE, DESKTOP])


@WIDTHS
def test_citizens_read_what_the_town_must_tell_them(width: int, enter: Enter) -> None:
    citizen = enter(Citizen, width)
    citizen.opens("/erisilebilirlik/", "accessibility")
    citizen.opens("/aydinlatma-metni/", "disclosure")
    citizen.opens("/karne/", "scorecard")


@WIDTHS
def test_the_portal_speaks_english(width: int, enter: Enter) -> None:
    john = enter(Citizen, width, language="en")
    for path in ("", "apply/what/", "track/", "accessibility/", "personal-data/", "hesap/giris/"):
        john.opens(f"/en/{path}", f"en-{path.strip('/').replace('/', '-') or 'home'}")


def test_an_application_in_english_gets_its_receipt_in_english(enter: Enter) -> None:
    john = enter(Citizen, PHONE, language="en")
    john.page.goto("/en/apply/what/")
    john.writes("What happened? What do you want?", "There is a hole in the road.")
    john.presses("Continue")
    john.arrives("Where is it?", "en-where")
    john.chooses("No particular place")
    john.presses("Continue")
    john.arrives("Who are you?", "en-you")
    john.chooses("Without a name")
    john.witness.look("en-you-nameless")
    john.presses("Continue")
    john.arrives("Check, then send", "en-check")
    john.presses("Send the application")
    john.arrives("We have received your application", "en-receipt")


@WIDTHS
def test_what_is_wrong_is_said_in_plain_words(width: int, enter: Enter) -> None:
    citizen = enter(Citizen, width)
    citizen.opens("/boyle-bir-sayfa-yok/", "error-404")
    citizen.opens("/takip/yanlis-bir-baglanti/", "error-link")
    citizen.opens("/takip/", "track")
    citizen.presses("Bana kod gönder")
    citizen.reads("Başvuru numara")
    citizen.witness.look("track-mistake")
    head = enter(Head, width)
    head.signs_in()
    head.opens("/admin/login/", "error-403")


@WIDTHS
def test_each_step_says_what_is_missing(width: int, enter: Enter) -> None:
    citizen = enter(Citizen, width)
    citizen.page.goto("/basvuru/ne-oldu/")
    citizen.overlooks("Ne olduğunu ya da ne istediğinizi yazın.", "apply-what-mistake")
    citizen.tells("Yolda büyük bir çukur var.", subject="Yolda çukur ya da çökme")
    citizen.overlooks("tehlikeli mi?” sorusunu cevaplayın.", "apply-details-mistake")
    citizen.says_that_it_is_dangerous()
    citizen.overlooks("Mahalleyi seçin, adresi yazın ya da yeri haritada işaretleyin.", "apply-where-mistake")
    citizen.picks_from_the_list("Çarşı", "Gül Sokak")
    citizen.overlooks("Adınızı ve soyadınızı yazın.", "apply-you-mistake")


@WIDTHS
def test_what_cannot_be_done_has_a_page_of_its_own(width: int, enter: Enter) -> None:
    citizen = enter(Citizen, width)
    citizen.opens("/?q=%00", "error-400")
    citizen.page.goto("/basvuru/ne-oldu/")
    citizen.writes("Ne oldu? Ne istiyorsunuz?", "yol " * 300_000)
    citizen.presses("Devam et")
    citizen.arrives("Gönderdiğiniz çok uzun", "error-413")
    broken = render_to_string("500.html")
    citizen.page.route("**/bozuk/", lambda route: route.fulfill(body=broken, content_type="text/html"))
    citizen.opens("/bozuk/", "error-500")


def test_who_asks_too_often_is_told_to_wait(enter: Enter) -> None:
    head = enter(Head, PHONE)
    for _try in range(MOST_RESETS + 1):
        head.page.goto("/hesap/parola/unuttum/")
        head.writes("Kurumsal e-posta adresiniz", "kimse@ornek.example")
        head.presses("Bağlantıyı gönder")
    head.arrives("Çok fazla deneme", "error-429")


@WIDTHS
def test_two_applications_about_the_same_are_joined(width: int, enter: Enter) -> None:
    citizen, clerk = enter(Citizen, width), enter(Clerk, width)
    phone = f"0500 000 94 {width % 100}"
    earlier = citizen.applies("Meydandaki saat durmuş, üç gündür çalışmıyor.", phone)
    later = citizen.applies("Meydandaki saat hâlâ duruyor.", phone)
    clerk.signs_in()
    clerk.merges(later, earlier)
    citizen.follows("Başvuruyu takip et")
    citizen.arrives(f"{later} numaralı başvurunuz", "request-merged")
    citizen.reads(f"{earlier} numaralı başvuruyla birleştirildi")


@WIDTHS
def test_what_is_not_ours_is_approved_and_forwarded(width: int, enter: Enter) -> None:
    citizen, head, specialist = (enter(who, width) for who in (Citizen, Head, Specialist))
    citizen.page.goto("/basvuru/ne-oldu/")
    citizen.tells("Çevre yolunda çukur var.", subject="Yolda çukur ya da çökme")
    citizen.says_that_it_is_dangerous()
    citizen.picks_from_the_list("Çarşı", "Çevre yolu")
    citizen.says_who("Murat Deneme", f"0500 000 95 {width % 100}")
    number = citizen.sends()
    head.signs_in()
    head.takes(number)
    head.passes_on("Karayolları Örnek Bölge Müdürlüğü", "Bu yol Karayolları'nın. Başvurunuzu oraya ilettik.")
    specialist.signs_in()
    specialist.approves(number, button="Onayla ve ilet")
    citizen.follows("Başvuruyu takip et")
    citizen.arrives(f"{number} numaralı başvurunuz", "request-forwarded")
    citizen.reads("Karayolları Örnek Bölge Müdürlüğü")


def test_a_form_that_grew_too_old_says_that_nothing_was_sent(enter: Enter) -> None:
    citizen = enter(Citizen, PHONE)
    citizen.page.goto("/takip/")
    citizen.page.context.clear_cookies()
    citizen.presses("Bana kod gönder")
    citizen.arrives("Lütfen bir kez daha gönderin", "error-csrf")


def test_receipt_and_application_print_well(enter: Enter) -> None:
    citizen = enter(Citizen, DESKTOP)
    citizen.page.goto("/basvuru/ne-oldu/")
    citizen.tells("Meydandaki çeşmenin musluğu bozuk.")
    citizen.picks_from_the_list("Çarşı", "Meydan")
    citizen.says_who("Hatice Deneme", "0500 000 92 01")
    number = citizen.sends()
    citizen.page.emulate_media(media="print")
    citizen.page.set_viewport_size(A4)
    citizen.witness.look("receipt-on-paper")
    expect(citizen.page.get_by_role("button", name="Yazdır")).to_be_hidden()
    expect(citizen.page.get_by_role("img", name="karekod")).to_be_visible()
    citizen.page.emulate_media(media="screen")
    citizen.follows("Başvuruyu takip et")
    citizen.page.emulate_media(media="print")
    citizen.arrives(f"{number} numaralı başvurunuz", "request-on-paper")
    expect(citizen.page.get_by_role("link", name="Bilgi ekle")).to_be_hidden()


@WIDTHS
def test_an_application_over_the_phone(width: int, enter: Enter) -> None:
    agent = enter(Agent, width)
    agent.signs_in()
    number = agent.enters_for_caller(f"0500 000 93 {width % 100}", "Osman Deneme", "Durağın camı kırık.")
    agent.opens_receipt()
    agent.finds(number)


def test_an_answer_about_half_a_number_never_comes_last(enter: Enter) -> None:
    agent = enter(Agent, 1280)
    agent.signs_in()
    page = agent.page
    page.goto("/admin/requests_app/servicerequest/entry/")
    held: list[Route] = []
    address = page.locator("[data-entry]").get_attribute("data-lookup")
    page.route(f"**{address}", lambda route: route.continue_() if held else held.append(route))
    page.locator("[name=phone]").fill("0500 000 93 9")
    with page.expect_event("requestfailed"):  # the first question is given up
        page.locator("[name=phone]").fill("0500 000 93 99")


@WIDTHS
def test_pages_of_triage_and_review(width: int, enter: Enter) -> None:
    clerk, specialist = enter(Clerk, width), enter(Specialist, width)
    clerk.signs_in()
    clerk.opens("/admin/requests_app/servicerequest/", "requests")
    clerk.opens("/admin/requests_app/servicerequest/?q=olmayan+bir+sey", "requests-none")
    clerk.plans_several()
    clerk.opens("/admin/requests_app/feedback/", "feedback")
    clerk.opens("/admin/notifications/message/", "messages")
    specialist.signs_in()
    specialist.opens_every_decision()


@WIDTHS
def test_pages_of_the_desk(width: int, enter: Enter) -> None:
    head = enter(Head, width)
    head.signs_in()
    for tab in ("due_soon", "overdue", "answered", "scheduled", "closed"):
        head.opens(f"/masa/?tab={tab}", f"desk-{tab.replace('_', '-')}")
    head.opens("/masa/?tab=new&q=olmayan", "desk-none")
    head.opens("/masa/vekalet/", "desk-delegation")
    head.opens("/masa/26-0000000-0/", "desk-not-here")
    head.opens("/hesap/parola/", "password")
    head.opens("/hesap/iki-adim/", "second-step")


def test_somebody_without_a_department_is_told_what_to_do(enter: Enter) -> None:
    clerk = enter(Clerk, DESKTOP)
    clerk.signs_in()
    clerk.opens("/masa/", "desk-no-department")


ADMINISTRATION = [
    "accounts/user",
    "departments/calendarday",
    "departments/delegation",
    "departments/department",
    "departments/legaltext",
    "departments/membership",
    "departments/municipality",
    "departments/neighbourhood",
    "notifications/messagetemplate",
    "requests_app/authority",
    "requests_app/category",
    "requests_app/legalperiod",
    "requests_app/routingrule",
    "requests_app/standardreply",
]


def test_pages_of_the_administrator(enter: Enter) -> None:
    administrator = enter(Administrator, DESKTOP)
    administrator.signs_in()
    for path in ADMINISTRATION:
        administrator.opens_list_and_row(path)


def test_the_manager_sees_who_saw_what_and_ends_a_consent(enter: Enter) -> None:
    manager = enter(Manager, DESKTOP)
    manager.signs_in()
    manager.opens_list_and_row("requests_app/contactreveal")
    manager.opens_list_and_row("notifications/consent")
    manager.withdraws_a_consent()


@pytest.mark.parametrize("who", [Clerk, Head])
def test_staff_pages_speak_english(who: type[Colleague], enter: Enter) -> None:
    colleague = enter(who, DESKTOP)
    colleague.signs_in()
    colleague.witness.language = "en"
    for path in ("admin/", "admin/requests_app/triagerequest/") if who is Clerk else ("masa/", "masa/vekalet/"):
        colleague.opens(f"/en/{path}", f"en-{path.strip('/').replace('/', '-')}")


def test_keys_can_be_switched_off_and_stay_off(enter: Enter) -> None:
    clerk = enter(Clerk, DESKTOP)
    clerk.signs_in()
    clerk.opens("/admin/requests_app/triagerequest/", "triage-keys")
    keys, switch = clerk.page.locator("dialog[data-keys-help]"), clerk.page.get_by_label("Bu tuşları kullan")
    clerk.page.keyboard.press("?")
    expect(keys).to_be_visible()
    switch.uncheck()
    clerk.presses("Tuş listesini kapat")
    clerk.page.reload()
    clerk.page.keyboard.press("?")
    expect(keys).to_be_hidden()
    clerk.presses("Kısayol tuşları: gör veya kapat")
    expect(switch).not_to_be_checked()
    switch.check()
    clerk.presses("Tuş listesini kapat")
    clerk.page.keyboard.press("?")
    expect(keys).to_be_visible()
