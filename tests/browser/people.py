"""The people of the story. Each does on a page what such a person does, in the words that stand on it."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

from playwright.sync_api import Locator, Page, expect

from tests.browser.witness import Witness

Found = TypeVar("Found")
File = dict[str, Any]

NUMBER = re.compile(r"\d{2}-\d{7}-\d")
PATIENT_TRIES = 200


class Person:
    """Somebody at a screen. Whoever arrives at a page looks at it."""

    def __init__(self, page: Page, witness: Witness) -> None:
        self.page = page
        self.witness = witness

    def opens(self, path: str, name: str) -> None:
        """Type an address, and look at what opens."""
        self.page.goto(path)
        self.witness.look(name)

    def arrives(self, heading: str | re.Pattern[str], name: str) -> None:
        """Wait for the page with this heading, and look at it."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)
        self.witness.look(name)

    def presses(self, label: str, *, within: Locator | None = None) -> None:
        """Press a button."""
        (within or self.page).get_by_role("button", name=label, exact=True).click()

    def follows(self, label: str) -> None:
        """Follow a link."""
        self.page.get_by_role("link", name=label, exact=True).click()

    def writes(self, label: str, text: str) -> None:
        """Fill a field."""
        self.page.get_by_label(label, exact=True).fill(text)

    def chooses(self, label: str) -> None:
        """Choose one of several."""
        self.page.get_by_role("radio", name=label, exact=True).check()

    def reads(self, text: str | re.Pattern[str]) -> None:
        """Find this on the page."""
        expect(self.page.get_by_role("main")).to_contain_text(text)

    def eventually(self, look: Callable[[], Found | None]) -> Found:
        """Reload until the background work has come so far that ``look`` finds something."""
        for _try in range(PATIENT_TRIES):
            found = look()
            if found:
                return found
            self.page.reload()
        raise AssertionError(f"nothing came on {self.page.url}")


class Citizen(Person):
    """Somebody with a phone and a problem."""

    def begins(self) -> None:
        """From the first page to the first step."""
        self.opens("/", "home")
        self.page.get_by_role("link").filter(has_text="Başvuru yap").first.click()
        self.arrives("Ne oldu? Ne istiyorsunuz?", "apply-what")

    def tells(self, text: str, *, photo: File | None = None, suggestion: str = "", subject: str = "") -> None:
        """What happened, perhaps with a photo, and the subject: as the page suggests it, or from the list."""
        self.writes("Ne oldu? Ne istiyorsunuz?", text)
        if photo:
            self.adds_photo(photo)
        if suggestion:
            self.presses(suggestion)
            expect(self.page.get_by_label("Konu", exact=True).locator("option:checked")).to_have_text(suggestion)
            self.witness.look("apply-what-suggested")
        if subject:
            self.page.get_by_label("Konu", exact=True).select_option(label=subject)
        self.presses("Devam et")

    def adds_photo(self, photo: File) -> None:
        """Choose a file and see it listed."""
        self.page.locator("input[type=file]").set_input_files(photo)
        expect(self.page.get_by_role("heading", name="Eklediğiniz dosyalar")).to_be_visible()
        self.witness.look("apply-what-with-photo")

    def says_that_it_is_dangerous(self) -> None:
        """The subject's own question."""
        self.arrives("Yolda çukur ya da çökme", "apply-details")
        self.chooses("Evet")
        self.presses("Devam et")

    def points_at_the_map(self) -> None:
        """Click the map: the neighbourhood follows."""
        self.arrives("Nerede?", "apply-where")
        self.page.locator(".map--ready").click(position={"x": 150, "y": 150})
        self.reads(re.compile("Mahalle: "))
        expect(self.page.get_by_label("Mahalle", exact=True)).not_to_have_value("")
        self.witness.look("apply-where-marked")
        self.presses("Devam et")

    def picks_from_the_list(self, neighbourhood: str, street: str) -> None:
        """Choose the neighbourhood and write the street."""
        self.arrives("Nerede?", "apply-where")
        self.page.get_by_label("Mahalle", exact=True).select_option(label=neighbourhood)
        self.writes("Adres ya da yerin tarifi", street)
        self.presses("Devam et")

    def says_who(self, name: str, phone: str) -> None:
        """Name and phone."""
        self.arrives("Siz kimsiniz?", "apply-you")
        self.writes("Ad ve soyad", name)
        self.writes("Cep telefonu", phone)
        self.presses("Devam et")

    def applies(self, text: str, phone: str) -> str:
        """All steps for somebody with a name, from a fresh start. Returns the number."""
        self.page.goto("/basvuru/")
        self.tells(text)
        self.picks_from_the_list("Çarşı", "Meydan")
        self.says_who("Hatice Deneme", phone)
        return self.sends()

    def overlooks(self, problem: str, name: str) -> None:
        """Go on without what the step asks for, and read what is missing."""
        self.presses("Devam et")
        expect(self.page.get_by_role("alert")).to_contain_text(problem)
        self.witness.look(name)

    def sends(self) -> str:
        """The last look, then the button. Returns the number."""
        self.arrives("Kontrol edin, sonra gönderin", "apply-check")
        self.presses("Başvuruyu gönder")
        return self.receives_number()

    def receives_number(self) -> str:
        """The receipt."""
        self.arrives("Başvurunuz alındı", "apply-receipt")
        return self.page.locator(".receipt__number").inner_text().strip()

    def follows_up(self, number: str, name: str = "request") -> None:
        """Come back to the own application in the same browser."""
        self.opens(f"/takip/basvuru/{number}/", name)

    def asks_for_code(self, number: str, phone: str) -> None:
        """With the number and the phone, as somebody who lost the link."""
        self.opens("/takip/", "track")
        self.writes("Başvuru numarası", number)
        self.writes("Cep telefonu", phone)
        self.presses("Bana kod gönder")
        self.arrives("Kodu yazın", "track-code")

    def enters(self, code: str, number: str) -> None:
        """The code from the phone opens the application."""
        self.writes("SMS ile gelen kod", code)
        self.presses("Başvurumu göster")
        self.arrives(re.compile(number), "request")

    def replies(self, text: str, photo: File) -> None:
        """Answer the question on the own page."""
        self.reads("Size bir sorumuz var")
        self.writes("Cevabınız", text)
        self.page.locator("input[type=file]").set_input_files(photo)
        self.presses("Cevabımı gönder")
        self.reads("cevabınızı ilettik")
        self.witness.look("request-replied")

    def proves_the_phone(self, newest_code: Callable[[], str]) -> None:
        """See the own details, with a code sent to the phone."""
        self.follows("Adımı ve telefonumu tam göster")
        self.arrives("Adımı ve telefonumu tam göster", "request-contact")
        self.presses("Bana kod gönder")
        self.reads("3 dakika")
        self.witness.look("request-contact-code")
        self.writes("SMS ile gelen kod", newest_code())
        self.presses("Doğrula")
        self.reads("Telefonunuz doğrulandı.")
        self.witness.look("request-contact-shown")

    def reopens(self, reason: str) -> None:
        """Not solved."""
        self.follows("Başvuruyu yeniden aç")
        self.arrives("Sorun çözülmedi mi?", "request-reopen")
        self.writes("Ne çözülmedi?", reason)
        self.presses("Başvuruyu yeniden aç")
        self.reads("Başvurunuz yeniden açıldı.")
        self.witness.look("request-reopened")

    def withdraws(self) -> None:
        """Nothing is wanted any more."""
        self.follows("Başvuruyu geri çek")
        self.arrives("Başvurunuzu geri çekmek istiyor musunuz?", "request-withdraw")
        self.presses("Başvuruyu geri çek")
        self.reads("Başvurunuzu geri çektiniz.")
        self.witness.look("request-withdrawn")

    def rates(self, stars: int, words: str) -> None:
        """Was it solved, how well, and a word."""
        self.follows("Değerlendir")
        self.chooses("Evet")
        self.chooses(str(stars))
        self.writes("Eklemek istediğiniz bir söz var mı? (isteğe bağlı)", words)
        self.presses("Değerlendirmemi gönder")
        self.reads("Teşekkür")
        self.witness.look("request-rated")
