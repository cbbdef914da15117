"""Every status in the applicant's words."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone, translation

from requests_app.actors import Actor
from requests_app.models import ServiceRequest
from requests_app.presentation import public_status
from requests_app.services import applicant, conversation, triage
from requests_app.vocabulary import Outcome
from requests_app.workflow import Status
from tests.factories import People, Town, answered, closed, in_progress, routed, submit

WORDS = {
    Status.RECEIVED: ("Alındı", "Başvurunuz alındı."),
    Status.ROUTED: ("Yönlendirildi", "Başvurunuz yönlendirildi: Fen İşleri Müdürlüğü."),
    Status.IN_PROGRESS: ("İşlemde", "Başvurunuz üzerinde çalışıyoruz."),
    Status.WAITING_FOR_APPLICANT: ("Sizden bilgi bekleniyor", "Sizden bilgi bekliyoruz."),
    Status.ANSWERED: ("Cevap hazırlanıyor", "Cevabınız hazırlanıyor."),
    Status.SCHEDULED: ("Programa alındı", "Başvurunuz programa alındı: 20 Kasım 2030 Çarşamba."),
    Status.CLOSED: ("Sonuçlandı", "Başvurunuz sonuçlandı."),
    Status.REJECTED: ("İşleme alınmadı", "Başvurunuz işleme alınmadı."),
    Status.FORWARDED: ("İlgili kuruma iletildi", "Başvurunuz ilgili kuruma iletildi: Örnek Su İdaresi."),
    Status.MERGED: ("Birleştirildi", "Başvurunuz, aynı konudaki {other} numaralı başvuruyla birleştirildi."),
    Status.WITHDRAWN: ("Geri çekildi", "Başvurunuzu geri çektiniz."),
}


def make(status: Status, town: Town, people: People) -> ServiceRequest:
    """A request in this status."""
    return MAKERS[status](town, people)


def _clerk(people: People) -> Actor:
    return Actor.staff(people.clerk)


def _asked(town: Town, people: People) -> ServiceRequest:
    return conversation.ask(request_id=submit(town).pk, question="Nerede?", actor=_clerk(people))


def _scheduled(town: Town, people: People) -> ServiceRequest:
    return closed(town, people, outcome=Outcome.SCHEDULED, promised_on=date(2030, 11, 20))


def _rejected(town: Town, people: People) -> ServiceRequest:
    return triage.reject(request_id=submit(town).pk, reason="Adres yok.", actor=_clerk(people))


def _forwarded(town: Town, people: People) -> ServiceRequest:
    return triage.forward(request_id=submit(town).pk, authority=town.water_board, actor=_clerk(people))


def _merged(town: Town, people: People) -> ServiceRequest:
    into = submit(town)
    return triage.merge(request_id=submit(town).pk, into_number=into.number, actor=_clerk(people))


def _withdrawn(town: Town, people: People) -> ServiceRequest:
    request = submit(town)
    return applicant.withdraw(request_id=request.pk, actor=Actor.applicant(request.pk))


MAKERS: dict[Status, Callable[[Town, People], ServiceRequest]] = {
    Status.RECEIVED: lambda town, people: submit(town),
    Status.ROUTED: routed,
    Status.IN_PROGRESS: in_progress,
    Status.WAITING_FOR_APPLICANT: _asked,
    Status.ANSWERED: answered,
    Status.SCHEDULED: _scheduled,
    Status.CLOSED: closed,
    Status.REJECTED: _rejected,
    Status.FORWARDED: _forwarded,
    Status.MERGED: _merged,
    Status.WITHDRAWN: _withdrawn,
}


@pytest.fixture(autouse=True)
def turkish() -> Iterator[None]:
    """The portal's first language."""
    with translation.override("tr"):
        yield


@pytest.mark.parametrize("status", Status)
def test_every_status_has_its_words(status: Status, town: Town, people: People) -> None:
    request = make(status, town, people)
    shown = public_status(request)

    tag, sentence = WORDS[status]
    other = request.merged_into.number if request.merged_into else ""
    assert (shown.tag, shown.sentence) == (tag, sentence.format(other=other))
    assert shown.next_step
    assert (shown.icon, shown.colour) == (f"status-{status}", status)


@pytest.mark.parametrize("status", Status)
def test_no_placeholder_is_left_in_any_language(status: Status, town: Town, people: People) -> None:
    request = make(status, town, people)
    for language in ("tr", "en"):
        with translation.override(language):
            shown = public_status(request)
            assert "%(" not in shown.sentence + shown.next_step + shown.tag + shown.until_label


def test_an_open_request_says_until_when_the_law_wants_an_answer(town: Town, people: People) -> None:
    request = in_progress(town, people)
    shown = public_status(request)

    assert shown.until == timezone.localdate(request.legal_due_at)
    assert shown.until_label == "Cevap için son gün"


def test_a_waiting_request_says_until_when_the_reply_is_waited_for(town: Town, people: People) -> None:
    with time_machine.travel("2026-11-02 10:00+03:00", tick=False):
        shown = public_status(make(Status.WAITING_FOR_APPLICANT, town, people))

    assert (shown.until, shown.until_label) == (date(2026, 11, 17), "Cevabınız için son gün")
    assert "17 Kasım 2026 Salı gününe kadar cevaplayın" in shown.next_step
    assert "O günden sonra cevabınızı beklemeden devam ederiz." in shown.next_step


def test_a_scheduled_request_names_the_promised_day(town: Town, people: People) -> None:
    shown = public_status(make(Status.SCHEDULED, town, people))

    assert (shown.until, shown.until_label) == (date(2030, 11, 20), "Söz verilen gün")


def test_a_late_answer_is_admitted(town: Town, people: People) -> None:
    request = in_progress(town, people)

    with time_machine.travel(request.legal_due_at + timedelta(days=1)):
        shown = public_status(request)

    assert shown.until is None
    assert "özür dileriz" in shown.next_step


def test_a_closed_request_says_until_when_it_can_be_reopened(town: Town, people: People) -> None:
    request = closed(town, people)

    assert public_status(request).until == timezone.localdate(request.closed_at + timedelta(days=30))


def test_after_the_window_it_no_longer_offers_to_reopen(town: Town, people: People) -> None:
    request = closed(town, people)

    with time_machine.travel(request.closed_at + timedelta(days=31)):
        shown = public_status(request)

    assert shown.until is None
    assert "yeni başvuru" in shown.next_step


def test_a_refusal_gives_its_reason(town: Town, people: People) -> None:
    assert public_status(make(Status.REJECTED, town, people)).detail == "Adres yok."


def test_no_other_status_carries_an_internal_reason(town: Town, people: People) -> None:
    request = triage.restore(request_id=make(Status.REJECTED, town, people).pk, actor=Actor.staff(people.clerk))

    assert public_status(request).detail == ""


def test_somebody_without_a_phone_is_not_promised_an_sms(town: Town, people: People) -> None:
    assert "SMS" not in public_status(in_progress(town, people, contact=None)).next_step
    assert "SMS" in public_status(in_progress(town, people)).next_step


def test_what_was_merged_into_a_concluded_request_is_concluded(town: Town, people: People) -> None:
    request = make(Status.MERGED, town, people)
    now = timezone.now()
    ServiceRequest.objects.filter(pk=request.merged_into_id).update(status=Status.CLOSED, closed_at=now)
    request.merged_into.refresh_from_db()

    shown = public_status(request)
    assert shown.next_step.startswith("İki başvuru da sonuçlandı. Sorununuz çözülmediyse")
    assert shown.until == timezone.localdate(now) + timedelta(days=30)
