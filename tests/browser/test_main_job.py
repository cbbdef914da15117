"""The main job from the citizen's words to the citizen's rating, by people who each sit at their own screen."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.browser.colleagues import Clerk, DepartmentStaff, Head, SimulatedPhone, Specialist
from tests.browser.people import Citizen
from tests.browser.pictures import pothole, repaired_street

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

Enter = Callable[..., Any]
PHONE, DESKTOP = 390, 1280


@pytest.mark.parametrize(
    ("width", "phone", "says_where"),
    [
        (PHONE, "0500 000 90 01", lambda citizen: citizen.points_at_the_map()),
        (DESKTOP, "0500 000 90 02", lambda citizen: citizen.picks_from_the_list("Çarşı", "Gül Sokak 14")),
    ],
    ids=["on a phone", "on a desk"],
)
def test_from_the_citizens_words_to_the_citizens_rating(
    width: int, phone: str, says_where: Callable[[Citizen], None], enter: Enter
) -> None:
    zeynep, inbox = enter(Citizen, width), enter(SimulatedPhone, width)
    clerk, staff, head, specialist = (enter(who, width) for who in (Clerk, DepartmentStaff, Head, Specialist))

    zeynep.begins()
    zeynep.tells("Okulun önünde derin bir çukur var, dün bir çocuk düştü.", photo=pothole())
    says_where(zeynep)
    zeynep.says_who("Zeynep Deneme", phone)
    number = zeynep.sends()

    inbox.signs_in()
    inbox.newest_message(phone, containing=number)

    clerk.signs_in()
    clerk.routes(number, "Fen İşleri Müdürlüğü")

    staff.signs_in()
    staff.takes(number)
    staff.drafts("Çukur kapatıldı.")

    head.signs_in()
    head.opens_work(number)
    head.submits(photo=repaired_street())

    specialist.signs_in()
    specialist.sends_back(number, "Ne zaman kapatıldığını da yazalım.")

    head.opens_work(number)
    head.reads("Ne zaman kapatıldığını da yazalım.")
    head.submits(adding="Ekibimiz bu sabah geldi.")
    specialist.approves(number)

    inbox.newest_message(phone, containing="cevaplandı")
    zeynep.asks_for_code(number, phone)
    zeynep.enters(inbox.newest_code(phone), number)
    zeynep.reads("Çukur kapatıldı. Ekibimiz bu sabah geldi.")
    zeynep.reads("onarim.jpg")
    zeynep.rates(5, "Çok hızlı oldu, teşekkürler.")


def test_a_question_is_asked_and_answered_on_the_way(enter: Enter) -> None:
    phone = "0500 000 90 03"
    mehmet, inbox, head = (enter(who, PHONE) for who in (Citizen, SimulatedPhone, Head))

    mehmet.begins()
    mehmet.tells("Yolda büyük bir çukur var.", suggestion="Yolda çukur ya da çökme")
    mehmet.says_that_it_is_dangerous()
    mehmet.picks_from_the_list("Kale", "Hisar Sokak")
    mehmet.says_who("Mehmet Deneme", phone)
    number = mehmet.sends()

    head.signs_in()
    head.takes(number)  # the router has sent it: such a subject needs no clerk
    head.asks("Hangi binanın önünde?")

    inbox.signs_in()
    inbox.newest_message(phone, containing="sorumuz var")
    mehmet.follows("Başvuruyu takip et")
    mehmet.arrives(f"{number} numaralı başvurunuz", "request-question")
    mehmet.replies("12 numaranın önünde.", photo=pothole())
    mehmet.proves_the_phone(lambda: inbox.newest_code(phone))
    mehmet.reads("Mehmet Deneme")

    head.opens_work(number)
    head.reads("12 numaranın önünde.")

    mehmet.follows_up(number)
    mehmet.withdraws()


def test_a_promised_date_is_kept_open_until_the_citizen_reopens(enter: Enter) -> None:
    phone = "0500 000 90 04"
    fatma, inbox, head, specialist = (enter(who, DESKTOP) for who in (Citizen, SimulatedPhone, Head, Specialist))

    fatma.begins()
    fatma.tells("Sokağımızda hiç kaldırım yok.", subject="Bozuk kaldırım")
    fatma.picks_from_the_list("Gülveren", "Dere Sokak")
    fatma.says_who("Fatma Deneme", phone)
    number = fatma.sends()

    head.signs_in()
    head.takes(number)
    head.promises(timezone.localdate() + timedelta(days=60), "Sokağınız yenileme programına alındı.")

    specialist.signs_in()
    specialist.approves(number, button="Tarihi onayla")

    inbox.signs_in()
    inbox.newest_message(phone, containing="programa alındı")
    fatma.follows("Başvuruyu takip et")
    fatma.arrives(f"{number} numaralı başvurunuz", "request-scheduled")
    fatma.reads("Sokağınız yenileme programına alındı.")
    fatma.reopens("Bu kadar bekleyemeyiz, yol çok tehlikeli.")

    head.opens("/masa/", "desk-new")
    head.opens_card(number)
    head.arrives(number, "desk-request-reopened")
    head.reads("Bu kadar bekleyemeyiz")
