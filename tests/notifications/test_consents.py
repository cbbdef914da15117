"""Consents: given, given again, withdrawn, kept."""

import pytest
from django.contrib.auth.models import Permission
from django.db import InternalError, transaction

from accounts.models import User
from common.errors import NotPermitted
from notifications.models import Consent
from notifications.services import consents
from tests.notifications.conftest import OTHER_PHONE, PHONE

pytestmark = pytest.mark.django_db


def _give(**changes: str) -> Consent:
    return consents.give(**({"phone": PHONE, "text_version": "1", "source": "portal", "language": "tr"} | changes))


def test_records_wording_language_and_source() -> None:
    given = Consent.objects.get(pk=_give().pk)
    assert (given.phone, given.purpose, given.text_version) == (PHONE, "announcements", "1")
    assert (given.language, given.source, given.withdrawn_at) == ("tr", "portal", None)


def test_giving_the_same_consent_again_changes_nothing() -> None:
    assert _give() == _give()
    assert Consent.objects.count() == 1


def test_a_newer_wording_closes_the_older_consent() -> None:
    older, newer = _give(), _give(text_version="2")
    older.refresh_from_db()
    assert older.withdrawn_at is not None
    assert Consent.objects.in_force(phone=PHONE, purpose="announcements").get() == newer


def test_withdrawing_ends_it_at_once_and_keeps_the_evidence() -> None:
    given = _give()
    assert consents.withdraw(phone=PHONE, source="sms")
    given.refresh_from_db()
    assert given.withdrawn_source == "sms"
    assert not Consent.objects.in_force(phone=PHONE, purpose="announcements").exists()


def test_staff_withdraw_it_for_the_owner_and_who_did_it_is_kept(operator: User) -> None:
    given = _give()
    assert consents.withdraw_for_owner(consent_id=given.pk, actor=operator)
    given.refresh_from_db()
    assert (given.withdrawn_source, given.withdrawn_by) == ("staff", operator)
    assert not Consent.objects.in_force(phone=PHONE, purpose="announcements").exists()


def test_staff_withdraw_it_once(operator: User) -> None:
    given = _give()
    consents.withdraw(phone=PHONE, source="portal")
    assert not consents.withdraw_for_owner(consent_id=given.pk, actor=operator)
    given.refresh_from_db()
    assert (given.withdrawn_source, given.withdrawn_by) == ("portal", None)


def test_staff_without_the_permission_withdraw_nothing(clerk: User) -> None:
    given = _give()
    clerk.user_permissions.add(Permission.objects.get(codename="view_consent"))
    with pytest.raises(NotPermitted):
        consents.withdraw_for_owner(consent_id=given.pk, actor=clerk)
    assert Consent.objects.in_force(phone=PHONE, purpose="announcements").exists()


def test_withdrawing_what_was_never_given_is_no_error() -> None:
    assert not consents.withdraw(phone=PHONE, source="portal")


def test_consents_of_two_phones_have_nothing_to_do_with_each_other() -> None:
    _give()
    _give(phone=OTHER_PHONE)
    consents.withdraw(phone=PHONE, source="portal")
    assert Consent.objects.in_force(phone=OTHER_PHONE, purpose="announcements").exists()


def test_may_be_given_again_after_it_was_withdrawn() -> None:
    _give()
    consents.withdraw(phone=PHONE, source="portal")
    _give()
    assert Consent.objects.count() == 2


def test_the_database_refuses_to_rewrite_a_consent() -> None:
    _give()
    with pytest.raises(InternalError), transaction.atomic():
        Consent.objects.update(text_version="9")
