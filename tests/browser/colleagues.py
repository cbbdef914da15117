"""The people who work for the town, with the accounts of the demonstration."""

import re
from collections.abc import Callable
from datetime import date
from urllib.parse import quote

from playwright.sync_api import expect

from config import demo
from config.celery import app
from notifications.lanes import CAMPAIGNS_QUEUE, CAMPAIGNS_TASK
from tests.browser.people import File, Person


class Colleague(Person):
    """Somebody with an account of the demonstration."""

    account = ""

    def signs_in(self) -> None:
        """With e-mail and password."""
        self.page.goto("/hesap/giris/")
        self.witness.look_once("sign-in")
        self.writes("Kurumsal e-posta adresiniz", self.account)
        self.writes("Parola", demo.PASSWORD)
        self.presses("Giriş yap")
        self.page.wait_for_url(re.compile(r"/(admin|masa)/$"))
        self.witness.look("first-page")

    def opens_list_and_row(self, path: str) -> None:
        """The list, its first row, and the form for a new one where there is one."""
        name = path.partition("/")[2]
        self.opens(f"/admin/{path}/", f"{name}-list")
        row = self.page.locator("#result_list tbody th a").first
        if row.count():
            self.opens(row.get_attribute("href") or "", f"{name}-row")
        if self.page.goto(f"/admin/{path}/add/").ok:
            self.witness.look(f"{name}-new")


class Relations(Colleague):
    """Public relations, in the administration."""

    def opens_queue(self, path: str, number: str, name: str) -> None:
        """Open a queue and, from it, the application."""
        self.opens(f"/admin/requests_app/{path}/", f"{name}-queue")
        self.follows(number)
        self.arrives(number, name)
        # The colleagues of the story take turns, so nobody else has it open.
        expect(self.page.get_by_role("main")).not_to_contain_text("ekranında da açık")


class Clerk(Relations):
    """Reads new applications and sends them to a department."""

    account = "kayit@ornek.example"

    def routes(self, number: str, department: str) -> None:
        """The usual case: one click on the suggestion."""
        self.opens_queue("triagerequest", number, "triage")
        self.eventually(lambda: self.page.locator(".suggestion").count())
        self.page.get_by_role("button").filter(has_text=department).first.click()
        self.reads(f"{number} yönlendirildi: {department}")
        self.witness.look("triage-next")

    def merges(self, number: str, into: str) -> None:
        """The same matter as an earlier application: seen side by side first."""
        self.opens_queue("triagerequest", number, "triage")
        self.page.get_by_role("button", name="Aynı konu").filter(has_text=into).first.click()
        self.arrives("Bu iki başvuru birleştirilsin mi?", "merge-look")
        self.presses("İkisini birleştir")
        self.reads(number)

    def plans_several(self) -> None:
        """Choose two of the queue and see what would happen, without doing it."""
        self.page.goto("/admin/requests_app/triagerequest/")
        for row in range(2):
            self.page.locator("input[name=_selected_action]").nth(row).check()
        self.page.locator("select[name=action]").select_option("route_selected")
        self.presses("Git")
        self.arrives("Bu başvurular yönlendirilsin mi?", "bulk-route")


class Specialist(Relations):
    """Checks answers before the citizen gets them."""

    account = "uzman@ornek.example"

    def sends_back(self, number: str, reason: str) -> None:
        """Not good enough, and why."""
        self.opens_queue("reviewrequest", number, "review")
        self.page.get_by_text("Müdürlüğe geri gönder", exact=True).click()
        form = self.page.locator("details[open] form").filter(has=self.page.get_by_text("Bu nedenle geri gönder"))
        form.get_by_label("Neden").fill(reason)
        self.witness.look("review-return")
        self.presses("Bu nedenle geri gönder", within=form)
        self.reads(f"{number} cevabı geri gönderildi")
        self.witness.look("review-next")

    def approves(self, number: str, button: str = "Cevabı onayla") -> None:
        """Good: the citizen gets it."""
        self.opens_queue("reviewrequest", number, "review")
        self.presses(button)
        self.reads(number)
        self.witness.look("review-approved")

    def opens_every_decision(self) -> None:
        """Unfold everything that can be done to an application that waits for triage."""
        self.page.goto("/admin/requests_app/triagerequest/")
        self.page.locator("[data-key-row] th a, [data-key-row] td a").first.click()
        self.page.wait_for_url("**/change/**")
        self.page.evaluate("document.querySelectorAll('details').forEach((fold) => (fold.open = true))")
        self.witness.look("triage-all-decisions")


class Announcer(Specialist):
    """Writes announcements."""

    def writes_announcement(self, name: str, text: str) -> str:
        """Text, class and time, with the size of the SMS beside it; returns the address of the draft."""
        self.opens("/admin/notifications/campaign/", "announcements")
        self.follows("Yeni duyuru")
        self.arrives("Yeni duyuru", "announcement-new")
        self.writes("Duyurunun adı", name)
        self.chooses("Belediyenin kamuyu bilgilendirmesi")
        self.page.get_by_label("Metin: Türkçe").fill(text)
        self.page.get_by_label("Gece de gönder").check()
        expect(self.page.locator("[data-sms-notes]").first).to_contain_text("karakter daha sığar")
        self.witness.look("announcement-written")
        self.presses("Taslağı kaydet")
        self.arrives(name, "announcement-draft")
        return self.page.url

    def uploads(self, address: str, rows: bytes) -> None:
        """The list of phones in the place of those who agreed."""
        self.page.goto(address.replace("/change/", "/receivers/"))
        self.arrives("Telefon listesi", "announcement-list")
        self.page.get_by_label("Dosya").set_input_files({"name": "liste.csv", "mimeType": "text/csv", "buffer": rows})
        self.presses("Yükle")
        self.reads("Hangi sütun ne?")
        self.witness.look("announcement-columns")
        self.presses("Listeyi oku")
        self.eventually(lambda: self.page.get_by_text("Duyuruya geç").count())
        self.page.get_by_text("Alınmayan satırları göster").click()
        self.witness.look("announcement-report")

    def submits(self, address: str, newest_code: Callable[[str], str]) -> None:
        """Prove the own phone, test it there, then send it for approval."""
        phone = "0500 000 97 99"
        self.page.goto(address.replace("/change/", "/phone/"))
        self.witness.look("announcement-own-phone")
        self.page.get_by_label("Kendi cep telefonunuz").fill(phone)
        self.presses("Kodu gönder")
        self.reads("3 dakika")
        self.writes("SMS ile gelen kod", newest_code(phone))
        self.presses("Doğrula")
        self.presses("Denemeyi gönder")
        self.reads("deneme mesajı yolda")
        self.presses("Onaya gönder")
        self.reads("ikinci bir kişiyi bekliyor")
        self.witness.look("announcement-waits")


class Agent(Relations):
    """Answers the phone."""

    account = "cagri@ornek.example"

    def enters_for_caller(self, phone: str, name: str, text: str) -> str:
        """Phone first, then what happened. Returns the number to read aloud."""
        self.opens("/admin/requests_app/servicerequest/entry/", "entry")
        self.page.get_by_label(re.compile("^Cep telefonu")).fill(phone)
        self.reads("Bu telefonla ilk başvuru.")
        self.page.get_by_label("Ne oldu? Vatandaş ne istiyor?").fill(text)
        self.page.get_by_label("Ad ve soyad").fill(name)
        self.page.get_by_label("Kişisel veri aydınlatma metnini okudum").check()
        self.witness.look("entry-filled")
        self.presses("Başvuruyu kaydet")
        self.reads("Numarayı okuyun:")
        self.witness.look("entered")
        return self.page.locator(".entered__number").get_attribute("aria-label") or ""

    def opens_receipt(self) -> None:
        """The paper for somebody who stands at the desk; it opens beside."""
        with self.page.expect_popup() as opened:
            self.page.get_by_role("link", name="Alındı belgesini yazdır").click()
        self.page.goto(opened.value.url)
        self.arrives("Başvuru alındı belgesi", "entry-receipt")

    def finds(self, number: str) -> None:
        """Search by number, then open."""
        self.opens(f"/admin/requests_app/servicerequest/?q={number}", "requests-found")
        self.follows(number)
        self.arrives(number, "request-page")


class Manager(Relations):
    """Keeps the daily work in order, and sees who saw what."""

    account = "iletisim@ornek.example"

    def approves_announcement(self, address: str) -> None:
        """Look at everything, then agree."""
        self.opens(address, "announcement-to-approve")
        self.follows("İncele ve onayla")
        self.arrives("Bu duyuru onaylansın mı?", "announcement-approve")
        self.presses("Onayla ve gönder")
        self.reads("Duyuru onaylandı.")
        self.witness.look("announcement-approved")

    def watches(self, state: str) -> None:
        """Leave the page open; it changes by itself. There is no scheduler in these tests, so its part is done here."""
        self.reads("%100 tamamlandı")
        app.send_task(CAMPAIGNS_TASK, queue=CAMPAIGNS_QUEUE)
        expect(self.page.locator(".announcement__head .chip")).to_have_text(state, timeout=60_000)
        self.witness.look("announcement-finished")

    def nearly_cancels(self, address: str) -> None:
        """Look at the page before the end, and at the one that sends back; do neither."""
        self.opens(address.replace("/change/", "/decide/cancel/"), "announcement-cancel")
        self.opens(address.replace("/change/", "/decide/return/"), "announcement-send-back")

    def withdraws_a_consent(self) -> None:
        """For somebody who asked; looked at once more, and left."""
        self.opens("/admin/notifications/consent/?in_force=yes", "consents")
        self.page.locator("input[name=_selected_action]").first.check()
        self.page.locator("select[name=action]").select_option("withdraw")
        self.presses("Git")
        self.arrives("Bu rızalar geri çekilsin mi?", "consent-withdraw")
        self.presses("Rızayı geri çek")
        self.reads("1 rıza geri çekildi.")


class Administrator(Colleague):
    """Runs the installation."""

    account = "yonetici@ornek.example"


class SimulatedPhone(Relations):
    """Where messages of the demonstration arrive: a page for staff."""

    account = "cagri@ornek.example"

    def newest_message(self, phone: str, *, containing: str) -> str:
        """Wait for a message to ``phone`` with these words, newest first."""
        self.page.goto(f"/admin/notifications/localdelivery/?q={quote(phone)}")
        bubbles = self.page.locator(".phone__bubble").filter(has_text=containing)
        self.eventually(lambda: bubbles.count())
        self.witness.look("simulated-phone")
        return bubbles.first.inner_text()

    def newest_code(self, phone: str) -> str:
        """The six digits of the newest code."""
        found = re.search(r"\b\d{6}\b", self.newest_message(phone, containing="tek kullanımlık kod"))
        assert found
        return found[0]


class DepartmentStaff(Colleague):
    """Works at the desk of Fen İşleri."""

    account = "personel@ornek.example"

    def takes(self, number: str) -> None:
        """Accept what is new."""
        self.opens("/masa/", "desk-new")
        self.opens_card(number)
        self.arrives(number, "desk-request-new")
        self.presses("Başvuruyu kabul et")
        self.reads("Başvuruyu kabul ettiniz.")
        self.witness.look("desk-request-accepted")

    def opens_card(self, number: str) -> None:
        """The card with this number."""
        self.page.locator(".card").filter(has_text=number).get_by_role("link").click()

    def asks(self, question: str) -> None:
        """Something is missing: ask the citizen."""
        self.page.get_by_text("Vatandaşa sor", exact=True).click()
        self.writes("Soru", question)
        self.witness.look("desk-question")
        self.presses("Soruyu gönder")
        self.reads("Soru gönderildi.")
        self.witness.look("desk-waiting")

    def drafts(self, text: str) -> None:
        """Write down what was done, for the head to send."""
        self.chooses("Çözüldü")
        self.writes("Cevap metni", text)
        self.presses("Taslağı kaydet")
        self.reads("Taslak kaydedildi.")
        self.witness.look("desk-request-drafted")


class Head(DepartmentStaff):
    """Heads Fen İşleri: sends the answer."""

    account = "mudur@ornek.example"

    def opens_work(self, number: str) -> None:
        """From the queue of what is being worked on."""
        self.opens("/masa/?tab=in_progress", "desk-in-progress")
        self.opens_card(number)
        self.arrives(number, "desk-request")

    def promises(self, day: date, text: str) -> None:
        """Not now, but by that day."""
        self.chooses("Programa alındı, tarihiyle")
        self.writes("Söz verilen tarih", day.isoformat())
        self.writes("Cevap metni", text)
        self.submits()

    def passes_on(self, authority: str, text: str) -> None:
        """Another authority's task."""
        self.chooses("Görev alanımızda değil")
        self.page.get_by_label("Kurum", exact=True).select_option(label=authority)
        self.writes("Cevap metni", text)
        self.submits()

    def submits(self, *, adding: str = "", photo: File | None = None) -> None:
        """Send the answer for review, with more words and a picture."""
        if adding:
            field = self.page.get_by_label("Cevap metni", exact=True)
            field.fill(f"{field.input_value()} {adding}")
        if photo:
            self.page.get_by_label("Fotoğraf ya da PDF ekle").set_input_files(photo)
        self.witness.look("desk-answer")
        self.presses("Kontrole gönder")
        self.reads("Cevap kontrole gönderildi.")
        self.witness.look("desk-answer-sent")
