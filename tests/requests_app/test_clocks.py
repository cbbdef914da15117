"""The clocks: law, own target, pause, extension, reopening, recount."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from common.errors import DomainError
from departments.services.working_calendar import set_calendar_day
from notifications.models import Message
from requests_app.actors import Actor
from requests_app.models import ClockRecount, ServiceRequest
from requests_app.services import applicant, clock, conversation, department
from requests_app.vocabulary import Kind
from tests import factories
from tests.factories import People, Town

ISTANBUL = ZoneInfo("Europe/Istanbul")
MONDAY = datetime(2026, 9, 7, 10, 0, tzinfo=ISTANBUL)


def due_day(moment: datetime | None) -> str:
    assert moment is not None
    return timezone.localdate(moment).isoformat()


def test_law_3071_gives_thirty_calendar_days(town: Town, time_machine: Any) -> None:
    time_machine.move_to(MONDAY, tick=False)
    assert due_day(factories.submit(town).legal_due_at) == "2026-10-07"


def test_a_period_that_ends_on_a_holiday_ends_on_the_next_working_day(town: Town, time_machine: Any) -> None:
    time_machine.move_to(datetime(2026, 9, 29, 10, tzinfo=ISTANBUL), tick=False)  # + 30 days: 29 October
    assert due_day(factories.submit(town).legal_due_at) == "2026-10-30"


def test_the_service_target_counts_working_hours_only(town: Town, time_machine: Any) -> None:
    time_machine.move_to(datetime(2026, 9, 11, 16, 30, tzinfo=ISTANBUL), tick=False)  # Friday, an hour left
    request = factories.submit(town)  # 24 working hours: 1 + 9 + 9 + 5
    assert request.target_due_at == datetime(2026, 9, 16, 13, 30, tzinfo=ISTANBUL)
    assert request.clock_due_at == request.target_due_at


def test_the_clocks_stand_while_the_applicant_is_asked(town: Town, people: People, time_machine: Any) -> None:
    time_machine.move_to(MONDAY, tick=False)
    request = factories.in_progress(town, people)
    asked = conversation.ask(request_id=request.pk, question="Nerede?", actor=Actor.staff(people.head_a))
    assert asked.clock_due_at is None
    time_machine.shift(timedelta(days=5))
    replied = conversation.reply(request_id=request.pk, text="Burada", files=[], actor=Actor.applicant(request.pk))
    assert replied.status == "in_progress"
    assert due_day(replied.legal_due_at) == "2026-10-12"


def test_an_information_request_is_extended_once(town: Town, people: People, time_machine: Any) -> None:
    time_machine.move_to(MONDAY, tick=False)
    request = factories.routed(town, people, kind=Kind.INFORMATION, category=None)
    assert due_day(request.legal_due_at) == "2026-09-28"
    head = Actor.staff(people.head_a)
    extended = department.extend(request_id=request.pk, reason="Başka kuruma soruldu", actor=head)
    assert due_day(extended.legal_due_at) == "2026-10-19"
    assert Message.objects.filter(event="request_extended").count() == 1
    with pytest.raises(DomainError):
        department.extend(request_id=request.pk, reason="Yine", actor=head)


def test_a_complaint_cannot_be_extended(town: Town, people: People) -> None:
    request = factories.routed(town, people)
    with pytest.raises(DomainError, match="4982"):
        department.extend(request_id=request.pk, reason="Yoğunuz", actor=Actor.staff(people.head_a))


def test_reopening_starts_the_clock_anew(town: Town, people: People, time_machine: Any) -> None:
    time_machine.move_to(MONDAY, tick=False)
    request = factories.closed(town, people)
    assert request.clock_due_at is None
    time_machine.shift(timedelta(days=10))
    reopened = applicant.reopen(request_id=request.pk, reason="Yine aynı", actor=Actor.applicant(request.pk))
    assert due_day(reopened.legal_due_at) == "2026-10-19"


def test_after_the_window_a_request_is_not_reopened(town: Town, people: People, time_machine: Any) -> None:
    time_machine.move_to(MONDAY, tick=False)
    request = factories.closed(town, people)
    time_machine.shift(timedelta(days=31))
    with pytest.raises(DomainError, match="new application|Yeni bir başvuru"):
        applicant.reopen(request_id=request.pk, reason="Yine", actor=Actor.applicant(request.pk))


def test_a_holiday_declared_later_moves_the_clocks_of_open_requests(
    town: Town, people: People, time_machine: Any
) -> None:
    time_machine.move_to(MONDAY, tick=False)
    open_one, finished = factories.submit(town), factories.closed(town, people)
    people.administrator.is_superuser = True
    people.administrator.save()
    set_calendar_day(actor=people.administrator, day=date(2026, 10, 7), kind="holiday", name="İdari izin")
    assert ClockRecount.objects.filter(finished_at=None).count() == 1
    clock.recount_changed()
    open_one.refresh_from_db()
    assert due_day(open_one.legal_due_at) == "2026-10-08"
    assert due_day(ServiceRequest.objects.get(pk=finished.pk).legal_due_at) == "2026-10-07"
    assert not ClockRecount.objects.filter(finished_at=None).exists()
