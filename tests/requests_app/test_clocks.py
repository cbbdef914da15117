"""The clocks: law, own target, pause, extension, reopening, recount."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from common.errors import DomainError
from departments.services.working_calendar import set_calendar_day
from notifications.models import Message
from requests_app.actors import Actor
from requests_app.models import Category, ClockRecount, LegalPeriod, ServiceRequest
from requests_app.services import answers, applicant, clock, conversation, department, intake, reference, triage
from requests_app.vocabulary import Kind, Outcome
from tests import factories
from tests.factories import People, Town

ISTANBUL = ZoneInfo("Europe/Istanbul")
MONDAY = datetime(2026, 9, 7, 10, 0, tzinfo=ISTANBUL)


def due_day(moment: datetime | None) -> str:
    assert moment is not None
    return timezone.localdate(moment).isoformat()


def set_holiday(people: People, day: date) -> None:
    """Declare an administrative leave."""
    people.administrator.is_superuser = True
    people.administrator.save()
    set_calendar_day(actor=people.administrator, day=day, kind="holiday", name="İdari izin")


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


# --- Pauses: each clock counts its own unit of them ------------------------------------------------


def paused(
    request: ServiceRequest, people: People, time_machine: Any, *, asked: datetime, replied: datetime
) -> ServiceRequest:
    """The request after a question and its reply."""
    time_machine.move_to(asked, tick=False)
    conversation.ask(request_id=request.pk, question="Nerede?", actor=Actor.staff(people.head_a))
    time_machine.move_to(replied, tick=False)
    return conversation.reply(request_id=request.pk, text="Burada", files=[], actor=Actor.applicant(request.pk))


def september(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 9, day, hour, minute, tzinfo=ISTANBUL)


@pytest.mark.parametrize(
    ("asked", "replied", "due"),
    [
        # 24 working hours from Thursday the 10th, 10.00, end on Monday the 14th, 16.00.
        (september(10, 18), september(11, 8), september(14, 16)),  # a night: nobody worked
        (september(11, 18), september(14, 8), september(14, 16)),  # a weekend: nobody worked
        (september(11, 10), september(11, 12), september(15, 9)),  # two hours of work, of which half an hour is left
        (september(11, 10), september(14, 10), september(15, 16)),  # a working day and a weekend: nine hours
        (september(14, 17), september(16, 10), september(14, 16)),  # asked too late: what was missed stays missed
    ],
)
def test_a_pause_moves_the_service_target_by_the_work_it_covered(
    asked: datetime, replied: datetime, due: datetime, town: Town, people: People, time_machine: Any
) -> None:
    time_machine.move_to(september(10, 10), tick=False)
    request = factories.in_progress(town, people)
    assert paused(request, people, time_machine, asked=asked, replied=replied).target_due_at == due


@pytest.mark.parametrize(
    ("asked", "replied", "days"),
    [
        (september(8, 9), september(8, 17), 0),  # the day of the question does not count
        (september(8, 17), september(9, 9), 1),
        (september(11, 17), september(14, 9), 1),  # of a weekend only Monday
        (september(12, 9), september(13, 9), 0),
    ],
)
def test_a_pause_moves_a_period_of_working_days_by_the_working_days_it_covered(
    asked: datetime, replied: datetime, days: int, town: Town, people: People, time_machine: Any
) -> None:
    time_machine.move_to(MONDAY, tick=False)
    request = factories.in_progress(town, people, kind=Kind.INFORMATION, category=None)
    assert due_day(request.legal_due_at) == "2026-09-28"
    after = paused(request, people, time_machine, asked=asked, replied=replied)
    assert due_day(after.legal_due_at) == f"2026-09-{28 + days}"


def test_a_pause_over_a_weekend_moves_a_period_of_calendar_days_by_all_of_it(
    town: Town, people: People, time_machine: Any
) -> None:
    time_machine.move_to(MONDAY, tick=False)
    request = factories.in_progress(town, people)
    after = paused(request, people, time_machine, asked=september(11, 17), replied=september(14, 9))
    assert due_day(after.legal_due_at) == "2026-10-12"  # the 10th is a Saturday


def test_several_pauses_add_up(town: Town, people: People, time_machine: Any) -> None:
    time_machine.move_to(MONDAY, tick=False)
    request = factories.in_progress(town, people, kind=Kind.INFORMATION, category=None)
    paused(request, people, time_machine, asked=september(8, 9), replied=september(9, 9))
    after = paused(request, people, time_machine, asked=september(10, 9), replied=september(11, 9))
    assert due_day(after.legal_due_at) == "2026-09-30"


def test_a_recount_counts_earlier_pauses_by_the_new_calendar(town: Town, people: People, time_machine: Any) -> None:
    time_machine.move_to(MONDAY, tick=False)
    request = factories.in_progress(town, people, kind=Kind.INFORMATION, category=None)
    paused(request, people, time_machine, asked=september(8, 9), replied=september(10, 9))  # two working days
    set_holiday(people, date(2026, 9, 9))  # of which one was none, and which the period skips instead
    clock.recount_changed()
    request.refresh_from_db()
    assert due_day(request.legal_due_at) == "2026-09-30"


def test_pauses_before_a_reopening_count_no_more(town: Town, people: People, time_machine: Any) -> None:
    time_machine.move_to(MONDAY, tick=False)
    request = factories.in_progress(town, people)
    paused(request, people, time_machine, asked=september(8, 9), replied=september(10, 9))
    finish(request, people)
    after = applicant.reopen(request_id=request.pk, reason="Yine aynı", actor=Actor.applicant(request.pk))
    assert due_day(after.legal_due_at) == "2026-10-12"  # thirty days from the 10th: a Saturday


# --- A promise is the clock until it is kept ---------------------------------------------------------

PROMISED = date(2026, 11, 20)


def propose(
    request: ServiceRequest, people: People, outcome: Outcome, promised_on: date | None = None
) -> ServiceRequest:
    """Send an answer for review."""
    proposal = answers.Proposal(outcome=outcome, text="Tamam.", promised_on=promised_on)
    answers.submit(request_id=request.pk, proposal=proposal, actor=Actor.staff(people.head_a))
    request.refresh_from_db()
    return request


def finish(request: ServiceRequest, people: People, *proposal: Any) -> ServiceRequest:
    """Answer and approve."""
    propose(request, people, *(proposal or (Outcome.RESOLVED,)))
    return answers.approve(request_id=request.pk, actor=Actor.staff(people.specialist))


@pytest.fixture
def promised(town: Town, people: People, time_machine: Any) -> ServiceRequest:
    """Taken into the programme."""
    time_machine.move_to(MONDAY, tick=False)
    return finish(factories.in_progress(town, people), people, Outcome.SCHEDULED, PROMISED)


def test_the_promise_stays_the_clock_while_the_answer_is_written(promised: ServiceRequest, people: People) -> None:
    assert due_day(promised.clock_due_at) == PROMISED.isoformat()
    assert due_day(propose(promised, people, Outcome.RESOLVED).clock_due_at) == PROMISED.isoformat()
    returned = answers.return_answer(request_id=promised.pk, reason="Kısa", actor=Actor.staff(people.specialist))
    assert returned.status == "in_progress"
    assert due_day(returned.clock_due_at) == PROMISED.isoformat()


def test_a_new_promise_takes_the_place_of_the_old_one(promised: ServiceRequest, people: People) -> None:
    after = finish(promised, people, Outcome.SCHEDULED, date(2026, 12, 1))
    assert due_day(after.clock_due_at) == "2026-12-01"


def test_the_final_answer_ends_the_promise(promised: ServiceRequest, people: People) -> None:
    after = finish(promised, people)
    assert (after.promised_on, after.clock_due_at) == (None, None)


# --- Extension ---------------------------------------------------------------------------------------


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


def test_a_period_that_has_ended_is_not_extended(town: Town, people: People, time_machine: Any) -> None:
    time_machine.move_to(MONDAY, tick=False)
    request = factories.routed(town, people, kind=Kind.INFORMATION, category=None)
    time_machine.move_to(september(28, 18), tick=False)
    with pytest.raises(DomainError, match="4982"):
        department.extend(request_id=request.pk, reason="Başka kuruma soruldu", actor=Actor.staff(people.head_a))
    assert not Message.objects.filter(event="request_extended").exists()


def test_a_period_that_stands_still_has_not_ended(town: Town, people: People, time_machine: Any) -> None:
    time_machine.move_to(MONDAY, tick=False)
    request = factories.in_progress(town, people, kind=Kind.INFORMATION, category=None)
    head = Actor.staff(people.head_a)
    conversation.ask(request_id=request.pk, question="Hangi yıl?", actor=head)
    time_machine.move_to(september(30, 9), tick=False)
    assert department.extend(request_id=request.pk, reason="Başka kuruma soruldu", actor=head).extended


def test_without_a_legal_period_nothing_is_extended(town: Town, people: People) -> None:
    LegalPeriod.objects.all().delete()
    request = factories.routed(town, people, kind=Kind.INFORMATION)
    with pytest.raises(DomainError):
        department.extend(request_id=request.pk, reason="Başka kuruma soruldu", actor=Actor.staff(people.head_a))


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
    set_holiday(people, date(2026, 10, 7))
    assert ClockRecount.objects.filter(finished_at=None).count() == 1
    clock.recount_changed()
    open_one.refresh_from_db()
    assert due_day(open_one.legal_due_at) == "2026-10-08"
    assert due_day(ServiceRequest.objects.get(pk=finished.pk).legal_due_at) == "2026-10-07"
    assert not ClockRecount.objects.filter(finished_at=None).exists()


# --- What is remembered never wins --------------------------------------------------------------------


def test_a_period_changed_by_another_process_counts_at_once(town: Town, time_machine: Any) -> None:
    time_machine.move_to(MONDAY, tick=False)
    factories.submit(town)  # this process remembers the periods now
    LegalPeriod.objects.filter(kind=Kind.COMPLAINT).update(days=20)
    announced_elsewhere()
    assert due_day(factories.submit(town).legal_due_at) == "2026-09-28"  # the 27th is a Sunday


def test_a_target_changed_by_another_process_counts_at_once(town: Town, time_machine: Any) -> None:
    time_machine.move_to(MONDAY, tick=False)
    factories.submit(town)
    Category.objects.filter(pk=town.pothole.pk).update(target_working_hours=1)
    announced_elsewhere()
    assert factories.submit(town).target_due_at == MONDAY + timedelta(hours=1)  # the form's category still says 24


def announced_elsewhere() -> None:
    """What another process leaves behind that announced a change: a row, and nothing in this one's memory."""
    ClockRecount.objects.create(requested_at=timezone.now())


def test_a_pack_with_another_period_asks_for_a_recount_and_the_same_pack_for_none(
    town: Town, people: People, tmp_path: Path, time_machine: Any
) -> None:
    time_machine.move_to(MONDAY, tick=False)
    request = factories.submit(town)
    LegalPeriod.objects.filter(kind=Kind.COMPLAINT).update(source="pack")
    period = {"kind": "complaint", "days": 20, "unit": "calendar", "article": "3071 m. 7", "valid_from": "2020-01-01"}
    for file in ("categories", "routing_rules", "standard_replies", "authorities", "legal_periods"):
        items = [period] if file == "legal_periods" else []
        (tmp_path / f"{file}.json").write_text(json.dumps({"source": "pack", "items": items}))
    reference.load(tmp_path)
    clock.recount_changed()
    reference.load(tmp_path)
    assert ClockRecount.objects.count() == 1
    request.refresh_from_db()
    assert due_day(request.legal_due_at) == "2026-09-28"


def test_a_corrected_category_moves_the_clock(town: Town, people: People, time_machine: Any) -> None:
    time_machine.move_to(MONDAY, tick=False)
    request = factories.submit(town, category=town.tree)
    assert request.target_due_at is None
    corrected = triage.reclassify(
        request_id=request.pk,
        kind=Kind.INFORMATION,
        category=town.pothole,
        place=intake.Place(),
        actor=Actor.staff(people.clerk),
    )
    assert corrected.target_due_at == september(9, 16)
    assert due_day(corrected.legal_due_at) == "2026-09-28"
