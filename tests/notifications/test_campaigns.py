"""An announcement from draft to closed, through its services, over the simulated gateway."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from common.errors import InvalidInput, NotPermitted, StaleVersion, TransitionRefused
from notifications.campaign_workflow import Status
from notifications.lanes import Lane
from notifications.models import BulkMessage, Campaign, ListedReceiver, LocalDelivery, QuotaYear, State
from notifications.services import consents, delivery
from notifications.services.campaigns import approval, closing, planning, running
from notifications.services.campaigns.advance import advance
from notifications.services.campaigns.alone import alone
from tests.notifications.conftest import PHONE, use_route

pytestmark = pytest.mark.django_db(transaction=True)

NOON = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)  # 12:00 in Istanbul
NIGHT = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)  # 23:00 in Istanbul


@pytest.fixture(autouse=True)
def at_noon() -> Iterable[Any]:
    with time_machine.travel(NOON) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def on_this_machine(db: None) -> None:
    use_route("local", reserved_units=5)


def _agree(count: int, **changes: Any) -> list[str]:
    phones = [f"+9050000001{number:02}" for number in range(count)]
    for phone in phones:
        consents.give(**({"phone": phone, "text_version": "tr-1", "source": "portal", "language": "tr"} | changes))
    return phones


def _send_all() -> None:
    advance()
    delivery.deliver(Lane.BULK)
    advance()


def test_reaches_everybody_who_agreed_once(approved: Callable[..., Campaign]) -> None:
    phones = _agree(3)
    consents.give(phone=PHONE, text_version="en-1", source="portal", language="en")
    campaign = approved()
    _send_all()
    campaign.refresh_from_db()
    assert campaign.status == Status.FINISHED
    received = dict(LocalDelivery.objects.values_list("to", "text"))
    assert received == dict.fromkeys(phones, "Yarın su kesilecektir.") | {PHONE: "No water tomorrow."}


def test_nobody_is_told_before_a_second_person_agrees(author: User, approver: User) -> None:
    _agree(1)
    campaign = approval.create(
        name="Su", bodies={"tr": "Su."}, purpose=Campaign.Purpose.PUBLIC_INFORMATION, actor=author
    )
    approval.submit(actor=author, campaign_id=campaign.pk, expected_version=1)
    _send_all()
    assert not LocalDelivery.objects.exists()


def test_nobody_approves_what_they_wrote(approver: User) -> None:
    campaign = approval.create(
        name="Su", bodies={"tr": "Su."}, purpose=Campaign.Purpose.PUBLIC_INFORMATION, actor=approver
    )
    approval.submit(actor=approver, campaign_id=campaign.pk, expected_version=1)
    with pytest.raises(NotPermitted):
        approval.approve(actor=approver, campaign_id=campaign.pk, expected_version=2)


def _rewritten_by(approver: User, author: User) -> Campaign:
    """Written and sent for approval by ``author``, but sent back and changed in between by ``approver``."""
    campaign = approval.create(name="Su", bodies={"tr": "Su."}, purpose="public", actor=author)
    campaign = approval.submit(actor=author, campaign_id=campaign.pk, expected_version=1)
    campaign = approval.send_back(actor=approver, campaign_id=campaign.pk, expected_version=2, reason="Saat yanlış.")
    campaign = approval.edit(actor=approver, campaign_id=campaign.pk, expected_version=3, bodies={"tr": "Başka."})
    return approval.submit(actor=author, campaign_id=campaign.pk, expected_version=4)


def test_nobody_approves_what_they_rewrote(author: User, approver: User) -> None:
    campaign = _rewritten_by(approver, author)
    with pytest.raises(NotPermitted):
        approval.approve(actor=approver, campaign_id=campaign.pk, expected_version=5)


def test_who_only_sent_it_back_approves_it(author: User, approver: User) -> None:
    campaign = approval.create(name="Su", bodies={"tr": "Su."}, purpose="public", actor=author)
    approval.submit(actor=author, campaign_id=campaign.pk, expected_version=1)
    approval.send_back(actor=approver, campaign_id=campaign.pk, expected_version=2, reason="Saat yanlış.")
    approval.submit(actor=author, campaign_id=campaign.pk, expected_version=3)
    approval.approve(actor=approver, campaign_id=campaign.pk, expected_version=4)
    assert Campaign.objects.get().approved_by == approver


def test_the_database_refuses_an_approval_by_who_rewrote_it(author: User, approver: User) -> None:
    campaign = _rewritten_by(approver, author)
    with pytest.raises(IntegrityError), transaction.atomic():
        Campaign.objects.filter(pk=campaign.pk).update(approved_by=approver)


def test_the_database_refuses_an_approval_by_the_author(author: User) -> None:
    campaign = approval.create(name="Su", bodies={"tr": "Su."}, purpose="public", actor=author)
    with pytest.raises(IntegrityError), transaction.atomic():
        Campaign.objects.filter(pk=campaign.pk).update(approved_by=author)


def test_what_was_approved_is_what_was_seen(author: User, approver: User) -> None:
    campaign = approval.create(name="Su", bodies={"tr": "Su."}, purpose="public", actor=author)
    approval.submit(actor=author, campaign_id=campaign.pk, expected_version=1)
    with pytest.raises(StaleVersion):
        approval.approve(actor=approver, campaign_id=campaign.pk, expected_version=1)


def test_an_approved_campaign_cannot_be_changed(approved: Callable[..., Campaign], author: User) -> None:
    campaign = approved()
    with pytest.raises(TransitionRefused):
        approval.edit(
            actor=author, campaign_id=campaign.pk, expected_version=campaign.version, bodies={"tr": "Anders."}
        )


def test_waits_for_its_time(approved: Callable[..., Campaign], at_noon: Any) -> None:
    _agree(1)
    approved(starts_at=NOON + timedelta(hours=1))
    _send_all()
    assert not LocalDelivery.objects.exists()
    at_noon.move_to(NOON + timedelta(hours=1, minutes=1))
    _send_all()
    assert LocalDelivery.objects.count() == 1


def test_rests_at_night(approved: Callable[..., Campaign], at_noon: Any) -> None:
    _agree(1)
    at_noon.move_to(NIGHT)
    approved()
    _send_all()
    assert not LocalDelivery.objects.exists()
    at_noon.move_to(NIGHT + timedelta(hours=11))
    _send_all()
    assert LocalDelivery.objects.count() == 1


def test_wakes_people_for_what_cannot_wait(approved: Callable[..., Campaign], at_noon: Any) -> None:
    _agree(1)
    at_noon.move_to(NIGHT)
    approved(is_urgent=True)
    _send_all()
    assert LocalDelivery.objects.count() == 1


def test_an_opt_out_holds_in_the_middle_of_a_run(approved: Callable[..., Campaign]) -> None:
    leaves, stays = _agree(2)
    approved()
    advance()
    consents.withdraw(phone=leaves, source="sms")
    delivery.deliver(Lane.BULK)
    assert list(LocalDelivery.objects.values_list("to", flat=True)) == [stays]
    assert list(BulkMessage.objects.filter(phone=leaves).values_list("state", "error_code")) == [
        (State.CANCELLED, "opted_out")
    ]


def test_an_opt_out_holds_for_lists_too(approved: Callable[..., Campaign], author: User) -> None:
    consents.opt_out(phone=PHONE, source="sms")
    campaign = _listed(author, [PHONE, "+905000000002"])
    _approve(campaign, author, approved)
    _send_all()
    assert list(LocalDelivery.objects.values_list("to", flat=True)) == ["+905000000002"]


def test_agreeing_again_ends_the_opt_out(approved: Callable[..., Campaign]) -> None:
    consents.opt_out(phone=PHONE, source="sms")
    consents.give(phone=PHONE, text_version="tr-1", source="portal", language="tr")
    approved()
    _send_all()
    assert LocalDelivery.objects.count() == 1


def test_each_receiver_of_a_list_reads_the_own_fields(author: User, approved: Callable[..., Campaign]) -> None:
    campaign = _listed(author, [PHONE], bodies={"tr": "Sayın {ad}, kursunuz yarın."}, fields={"ad": "Ayşe Deneme"})
    _approve(campaign, author, approved)
    _send_all()
    assert LocalDelivery.objects.get().text == "Sayın Ayşe Deneme, kursunuz yarın."


def test_a_list_is_needed_before_it_can_be_approved(author: User) -> None:
    campaign = _listed(author, [])
    with pytest.raises(InvalidInput) as refusal:
        approval.submit(actor=author, campaign_id=campaign.pk, expected_version=1)
    assert refusal.value.field == "audience"


def test_without_turkish_letters(approved: Callable[..., Campaign]) -> None:
    _agree(1)
    approved(bodies={"tr": "Yarın çağrı yapılacaktır: İş, ğüç."}, plain_letters=True)
    _send_all()
    assert LocalDelivery.objects.get().text == "Yarin cagri yapilacaktir: Is, güc."


def test_paused_sends_nothing_and_goes_on_where_it_stopped(approved: Callable[..., Campaign], author: User) -> None:
    _agree(2)
    campaign = approved()
    advance()
    running.pause(actor=author, campaign_id=campaign.pk)
    assert delivery.deliver(Lane.BULK) == 0
    running.resume(actor=author, campaign_id=campaign.pk)
    assert delivery.deliver(Lane.BULK) == 2


def test_cancelled_sends_nothing_more_and_counts_it(approved: Callable[..., Campaign], author: User) -> None:
    _agree(3)
    campaign = approved()
    advance()
    running.cancel(actor=author, campaign_id=campaign.pk, reason="Yanlış gün")
    _send_all()
    campaign.refresh_from_db()
    assert not LocalDelivery.objects.exists()
    assert campaign.closed_at is not None
    assert closing.tally(campaign).by_state == {"cancelled": 3}
    assert QuotaYear.objects.get().reserved == 0


def test_totals_stay_when_the_messages_are_gone(approved: Callable[..., Campaign], at_noon: Any) -> None:
    _agree(2)
    campaign = approved()
    _send_all()
    at_noon.move_to(NOON + closing.RECEIPTS_COME_FOR + timedelta(minutes=1))
    advance()
    campaign.refresh_from_db()
    BulkMessage.objects.all().delete()
    assert (closing.tally(campaign).by_state, closing.tally(campaign).sent_segments) == ({"accepted": 2}, 2)


def test_what_goes_on_is_neither_locked_nor_counted(approved: Callable[..., Campaign]) -> None:
    _agree(2)
    campaign = approved()
    advance()
    for status in (Status.RUNNING, Status.FINISHED):
        with CaptureQueriesContext(connection) as asked:
            closing.close_ended(timezone.now())
        campaign.refresh_from_db()
        assert campaign.status == status
        assert not [query["sql"] for query in asked if "count(" in query["sql"] or "FOR " in query["sql"]]
        _send_all()  # what the gateway took waits for receipts


@pytest.mark.parametrize("sent_before", [0, 2])
def test_one_that_was_paused_and_forgotten_ends_like_any_other(
    approved: Callable[..., Campaign], author: User, at_noon: Any, sent_before: int
) -> None:
    _agree(2)
    campaign = approved()
    advance()
    if sent_before:
        delivery.deliver(Lane.BULK)
    running.pause(actor=author, campaign_id=campaign.pk)
    at_noon.move_to(NOON + timedelta(hours=73))
    advance()
    campaign.refresh_from_db()
    assert campaign.status == Status.FINISHED
    at_noon.move_to(NOON + timedelta(hours=146))
    advance()
    campaign.refresh_from_db()
    assert campaign.closed_at is not None
    assert QuotaYear.objects.get().reserved == sent_before


def test_a_paused_one_waits_until_its_time_has_passed(
    approved: Callable[..., Campaign], author: User, at_noon: Any
) -> None:
    _agree(1)
    campaign = approved()
    advance()
    delivery.deliver(Lane.BULK)
    running.pause(actor=author, campaign_id=campaign.pk)
    at_noon.move_to(NOON + timedelta(hours=71))
    advance()
    campaign.refresh_from_db()
    assert campaign.status == Status.PAUSED


def test_one_that_a_limit_stopped_gives_back_what_it_reserved(approved: Callable[..., Campaign], at_noon: Any) -> None:
    _agree(3)
    campaign = approved(most_segments=2)
    planning.start_due(timezone.now())
    while planning.plan_chunk(campaign.pk, size=1):
        pass
    assert QuotaYear.objects.get().reserved == 2
    at_noon.move_to(NOON + timedelta(hours=73))
    advance()
    campaign.refresh_from_db()
    assert (campaign.status, campaign.closed_at is None) == (Status.FINISHED, False)
    assert QuotaYear.objects.get().reserved == 0


def test_nothing_is_listed_any_more_when_its_time_has_passed(approved: Callable[..., Campaign], at_noon: Any) -> None:
    _agree(3)
    campaign = approved(ends_at=NOON + timedelta(hours=1))
    planning.start_due(timezone.now())
    planning.plan_chunk(campaign.pk, size=1)
    at_noon.move_to(NOON + timedelta(hours=2))
    advance()
    campaign.refresh_from_db()
    assert (campaign.status, campaign.totals["by_state"]) == (Status.FINISHED, {"expired": 1})


def test_stops_before_the_yearly_quota_is_passed(approved: Callable[..., Campaign], author: User) -> None:
    _agree(3)
    QuotaYear.objects.create(year=2026, limit=2)
    campaign = approved()
    _send_all()
    campaign.refresh_from_db()
    assert (campaign.status, campaign.halted_because) == (Status.PAUSED, Campaign.Limit.QUOTA)
    assert not LocalDelivery.objects.exists()
    QuotaYear.objects.update(limit=3)
    running.resume(actor=author, campaign_id=campaign.pk)
    _send_all()
    assert LocalDelivery.objects.count() == 3


def test_stops_before_its_own_budget_is_passed(approved: Callable[..., Campaign]) -> None:
    _agree(3)
    campaign = approved(most_segments=2)
    _send_all()
    campaign.refresh_from_db()
    assert (campaign.status, campaign.halted_because) == (Status.PAUSED, Campaign.Limit.BUDGET)
    assert not LocalDelivery.objects.exists()


def test_one_that_cannot_be_listed_stops_alone(approved: Callable[..., Campaign], author: User) -> None:
    broken = _listed(author, [PHONE], bodies={"tr": "Sayın {ad}"}, fields={"ad": "\x01"})
    _approve(broken, author, approved)
    _agree(1)
    fine = approved()
    _send_all()
    broken.refresh_from_db()
    fine.refresh_from_db()
    assert (broken.status, broken.halted_because) == (Status.PAUSED, Campaign.Limit.ERROR)
    assert (fine.status, LocalDelivery.objects.count()) == (Status.FINISHED, 1)


def test_one_that_could_not_be_listed_goes_on_when_the_cause_is_mended(
    approved: Callable[..., Campaign], author: User
) -> None:
    campaign = _listed(author, [PHONE], bodies={"tr": "Sayın {ad}"}, fields={"ad": "\x01"})
    _approve(campaign, author, approved)
    advance()
    ListedReceiver.objects.update(fields={"ad": "Ayşe"})
    running.resume(actor=author, campaign_id=campaign.pk)
    _send_all()
    assert LocalDelivery.objects.get().text == "Sayın Ayşe"


@pytest.mark.parametrize(("error", "given_up"), [(OperationalError("deadlock"), 0), (ValueError("ours"), 1)])
def test_only_what_would_come_again_is_given_up(error: Exception, given_up: int) -> None:
    calls: list[None] = []
    with alone("plan", 1, give_up=lambda: calls.append(None)):
        raise error
    assert len(calls) == given_up


def test_lists_in_chunks_and_goes_on_where_a_dead_worker_stopped(approved: Callable[..., Campaign]) -> None:
    _agree(5)
    campaign = approved()
    planning.start_due(timezone.now())
    assert planning.plan_chunk(campaign.pk, size=2)
    assert BulkMessage.objects.count() == 2
    while planning.plan_chunk(campaign.pk, size=2):
        pass
    campaign.refresh_from_db()
    assert (campaign.status, campaign.planned, BulkMessage.objects.count()) == (Status.RUNNING, 5, 5)


def test_the_database_holds_a_phone_once_in_a_campaign(approved: Callable[..., Campaign]) -> None:
    _agree(1)
    campaign = approved()
    advance()
    row = BulkMessage.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        row.pk = type(row.pk)(int=row.pk.int + 1)
        row.save(force_insert=True)
    assert campaign.messages.count() == 1


def test_nothing_is_sent_after_its_end(approved: Callable[..., Campaign], at_noon: Any) -> None:
    _agree(1)
    campaign = approved(ends_at=NOON + timedelta(hours=1))
    advance()
    at_noon.move_to(NOON + timedelta(hours=2))
    _send_all()
    campaign.refresh_from_db()
    assert not LocalDelivery.objects.exists()
    assert closing.tally(campaign).by_state == {"expired": 1}


def test_only_those_who_want_to_hear_about_the_topic(approved: Callable[..., Campaign]) -> None:
    culture, sport, everything = _agree(3)
    for phone, topics in ((culture, ["culture"]), (sport, ["sport"])):
        consents.prefer(phone=phone, topics=topics, neighbourhood_id=None)
    approved(topics=["culture"])
    _send_all()
    assert set(LocalDelivery.objects.values_list("to", flat=True)) == {culture, everything}


def _listed(author: User, phones: list[str], *, fields: dict[str, str] | None = None, **changes: Any) -> Campaign:
    campaign = approval.create(
        **(
            {
                "name": "Kurs",
                "bodies": {"tr": "Kurs yarın."},
                "purpose": "public",
                "audience": Campaign.Audience.LIST,
                "actor": author,
            }
            | changes
        )
    )
    ListedReceiver.objects.bulk_create(
        ListedReceiver(campaign=campaign, line=line, phone=phone, language="tr", fields=fields or {})
        for line, phone in enumerate(phones, 1)
    )
    return campaign


def _approve(campaign: Campaign, author: User, approved: Any) -> None:
    second = User.objects.get(email="approver@example.org")
    campaign = approval.submit(actor=author, campaign_id=campaign.pk, expected_version=campaign.version)
    approval.approve(actor=second, campaign_id=campaign.pk, expected_version=campaign.version)
