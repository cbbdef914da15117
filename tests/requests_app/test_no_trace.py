"""After erasure nothing in the whole database, and no file, tells who had applied or what they wrote."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from common.turkish import fold
from config.tasks import housekeeping as config_housekeeping
from notifications.gateways.notices import reader_of
from notifications.lanes import Lane
from notifications.models import LocalDelivery, Message
from notifications.services import delivery, inbound, notices, receipts
from notifications.tasks import clean_up
from requests_app import tasks
from requests_app.actors import Actor
from requests_app.models import ContactReveal, RequestEvent, ServiceRequest
from requests_app.services import answers, applicant, contacts, conversation, department, retention, triage
from tests.factories import People, Town
from tests.requests_app.portal.citizen import Citizen, last_code

pytestmark = pytest.mark.django_db(transaction=True)

# Each stands in one thing that was written, so that a trace says where it comes from.
NAME = "Nurcihan Gözyaşı"
PHONE = "0500 123 98 76"
TRACES = {
    "name": "nurcihan",
    "surname": "gozyasi",
    "phone": "5001239876",
    "e-mail": "nur.gozyasi@example.org",
    "address": "leylekyuvasi",
    "place": "39.004321",
    "description": "kuyruklu uçurtma",
    "answer to a question": "salkımsöğüt",
    "file name": "komsumun-evi",
    "information": "bodrumdaki kedi",
    "question": "hangi merdiven",
    "reply": "üçüncü basamak",
    "note": "sesi titriyordu",
    "answer": "ceviz ağacını budadık",
    "why it came back": "imla yanlışı",
    "reopening": "yine devrildi",
    "rating": "eline sağlık",
}


def rows() -> dict[str, str]:
    """All rows of every table as the database writes them, folded."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        found = {}
        for table in tables:
            cursor.execute(f"SELECT string_agg(row::text, chr(10)) FROM {table} AS row")  # noqa: S608  (a table's name)
            found[table] = fold(cursor.fetchone()[0] or "")
    return found


def where(trace: str, found: dict[str, str]) -> set[str]:
    return {table for table, text in found.items() if fold(trace) in text}


def apply(town: Town, file: SimpleUploadedFile) -> tuple[Citizen, ServiceRequest]:
    """Everything an applicant can fill in."""
    town.tree.questions = [{"code": "kind", "label": "Türü", "label_en": "Kind", "type": "text", "required": False}]
    town.tree.save()
    citizen = Citizen()
    citizen.take("what", description="Ağaçta kuyruklu uçurtma var.", category="agac", files=file)
    citizen.take("details", q_kind="Salkımsöğüt")
    citizen.take("where", address="Leylekyuvası Sokak 3", latitude="39.004321", longitude="34.004321")
    citizen.take("you", name=NAME, phone=PHONE, email="nur.gozyasi@example.org")
    citizen.send()
    sent = citizen.draft.request
    assert sent is not None
    return citizen, sent


def live(request: ServiceRequest, people: People, file: SimpleUploadedFile) -> None:
    """Everything that can be written about a request until it is closed a second time."""
    clerk, head = Actor.staff(people.clerk), Actor.staff(people.head_a)
    specialist, owner = Actor.staff(people.specialist), Actor.applicant(request.pk)
    pk = request.pk
    conversation.add_information(request_id=pk, text="Bodrumdaki kedi de korkuyor.", files=[file], actor=owner)
    conversation.add_note(request_id=pk, text=f"{NAME} aradı, sesi titriyordu.", actor=clerk)
    contacts.reveal(request_id=pk, reason=ContactReveal.Reason.CALL, user=people.clerk)
    conversation.ask(request_id=pk, question="Hangi merdiven?", actor=clerk)
    conversation.reply(request_id=pk, text="Üçüncü basamak.", files=[], actor=owner)
    triage.route(request_id=pk, department=people.head_a.memberships.get().department, actor=clerk)
    for round_ in range(2):
        department.accept(request_id=pk, actor=head)
        proposal = answers.Proposal(outcome="resolved", text="Ceviz ağacını budadık.", files=[])
        answers.submit(request_id=pk, proposal=proposal, actor=head)
        if round_ == 0:
            answers.return_answer(request_id=pk, reason="İmla yanlışı", actor=specialist)
            answers.submit(request_id=pk, proposal=proposal, actor=head)
        answers.approve(request_id=pk, actor=specialist)
        if round_ == 0:
            applicant.reopen(request_id=pk, reason="Ağaç yine devrildi.", actor=owner)
    applicant.rate(request_id=pk, solved=True, score=5, comment="Eline sağlık", actor=owner)


def write_to_us(message: Message) -> None:
    """A receipt for a message, and an SMS of the applicant's own."""
    answered = {"type": "outbound", "message_id": "1", "message_custom_id": str(message.pk), "status": "DELIVERED"}
    wrote = {"type": "inbound", "message_id": "2", "content": "Mor salyangoz"}
    phone = message.phone.removeprefix("+")
    notices.keep(
        "verimor", reader_of("verimor").arrived([answered | {"dest": phone}, wrote | {"source_addr": phone}], None)
    )
    inbound.take_due()
    receipts.apply_due()


@pytest.fixture
def lived(town: Town, people: People, photo: Any) -> ServiceRequest:
    citizen, request = apply(town, photo("komsumun-evi.jpg"))
    live(request, people, photo("komsumun-evi.jpg"))
    visitor = Citizen()
    visitor.post("track", number=request.number, phone=PHONE)
    visitor.post("track_code", code=last_code("track"))
    citizen.open_link()
    citizen.post("request_contact", request.number, send="1")
    for lane in Lane:
        delivery.deliver(lane)
    return request


def test_everything_that_is_looked_for_below_is_there_before(lived: ServiceRequest) -> None:
    found = rows()
    missing = {name for name, trace in TRACES.items() if not where(trace, found)}
    assert not missing
    assert {"notifications_onetimecode", "notifications_message", "notifications_localdelivery"} <= where(
        TRACES["phone"], found
    )


def test_after_the_retention_no_trace_is_left_anywhere(lived: ServiceRequest, private_files: Path) -> None:
    events = RequestEvent.objects.filter(request=lived).count()
    with time_machine.travel(timezone.now() + timedelta(days=365 * 6)):
        config_housekeeping()
        clean_up()
        tasks.housekeeping()
    found = rows()
    assert {name: tables for name, trace in TRACES.items() if (tables := where(trace, found))} == {}
    assert not [path for path in private_files.rglob("*") if path.is_file()]
    lived.refresh_from_db()
    assert (lived.status, lived.feedback.get().score) == ("closed", 5)
    assert RequestEvent.objects.filter(request=lived).count() == events
    assert ContactReveal.objects.filter(request=lived).count() == 1


def test_erased_at_once_it_takes_codes_and_messages_along(lived: ServiceRequest) -> None:
    assert LocalDelivery.objects.exists()
    retention.erase_request(lived.pk)
    found = rows()
    assert {name: tables for name, trace in TRACES.items() if (tables := where(trace, found))} == {}


def test_what_somebody_else_wrote_stays(lived: ServiceRequest) -> None:
    other = Citizen().apply(you={"name": "Zeynep Deneme", "phone": "0500 000 00 01"})
    retention.erase_request(lived.pk)
    other.refresh_from_db()
    assert other.applicant is not None
    assert (other.applicant.name, other.applicant.phone) == ("Zeynep Deneme", "+905000000001")
    assert where("+905000000001", rows()) >= {"requests_app_applicant", "notifications_message"}


def test_a_month_later_no_trace_is_left_of_what_gateways_told_us(lived: ServiceRequest) -> None:
    write_to_us(Message.objects.filter(lane=Lane.TRANSACTIONAL)[0])
    found = rows()
    assert where("mor salyangoz", found) == {"notifications_inboundnotice"}
    assert "notifications_inboundnotice" in where(TRACES["phone"], found)
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        clean_up()
    found = rows()
    assert where("mor salyangoz", found) == set()
    assert "notifications_inboundnotice" not in where(TRACES["phone"], found)
