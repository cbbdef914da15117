"""Heads who are away, and who acts for them. Today is Friday, 20 November 2026."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from accounts.models import User
from common.errors import InvalidInput, NotPermitted
from departments.models import Delegation, Membership
from departments.querysets import roles_of
from departments.services import organisation
from tests.departments.conftest import Tree

pytestmark = pytest.mark.django_db

Maker = Callable[..., User]
TODAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def friday() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 20, 10, tzinfo=ZoneInfo("Europe/Istanbul")), tick=False):
        yield


@pytest.fixture
def head(person: Maker, tree: Tree) -> User:
    return person("baş", head_of=tree.roads)


@pytest.fixture
def deputy(person: Maker, tree: Tree) -> User:
    return person("vekil", staff_of=tree.roads)


def name(actor: User, delegate: User, tree: Tree, **changes: Any) -> Delegation:
    values = {"department": tree.roads, "starts_on": TODAY, "ends_on": TODAY + timedelta(days=7), **changes}
    return organisation.name_delegate(actor=actor, delegate=delegate, **values)


def test_a_delegate_acts_as_head_while_it_runs(head: User, deputy: User, tree: Tree) -> None:
    name(head, deputy, tree)
    assert roles_of(deputy).head_of == {tree.roads.pk}


def test_a_delegate_who_works_nowhere_any_more_acts_for_nobody(head: User, deputy: User, tree: Tree) -> None:
    name(head, deputy, tree)
    deputy.memberships.update(valid_to=TODAY)
    assert roles_of(deputy).head_of == frozenset()
    assert not Delegation.objects.running().exists()


def test_a_delegate_who_works_elsewhere_by_now_still_acts(head: User, deputy: User, tree: Tree) -> None:
    name(head, deputy, tree)
    deputy.memberships.update(department=tree.culture)
    assert roles_of(deputy).head_of == {tree.roads.pk}


def test_a_closed_account_is_nobodys_delegate(head: User, deputy: User, tree: Tree) -> None:
    name(head, deputy, tree)
    User.objects.filter(pk=deputy.pk).update(is_active=False)
    assert not Delegation.objects.running().exists()


def test_the_head_stays_head(head: User, deputy: User, tree: Tree) -> None:
    name(head, deputy, tree)
    assert roles_of(head).head_of == {tree.roads.pk}


def test_the_last_day_is_included_and_the_next_is_not(head: User, deputy: User, tree: Tree) -> None:
    last = name(head, deputy, tree).ends_on
    assert roles_of(deputy, last).head_of == {tree.roads.pk}
    assert roles_of(deputy, last + timedelta(days=1)).head_of == frozenset()


def test_a_delegation_in_the_future_does_not_count_yet(head: User, deputy: User, tree: Tree) -> None:
    name(head, deputy, tree, starts_on=TODAY + timedelta(days=3))
    assert roles_of(deputy).head_of == frozenset()


def test_a_delegate_of_a_deputy_mayor_heads_everything_below(person: Maker, tree: Tree) -> None:
    mayor, deputy = person("yardımcı", head_of=tree.technical), person("vekil", head_of=tree.parks)
    name(mayor, deputy, tree, department=tree.technical)
    assert roles_of(deputy).head_of == {tree.technical.pk, tree.roads.pk, tree.parks.pk}


def test_a_delegation_ends_with_the_office_of_its_head(
    head: User, deputy: User, administrator: User, tree: Tree
) -> None:
    name(head, deputy, tree)
    organisation.end_membership(actor=administrator, membership=head.memberships.get(), on=TODAY)
    assert roles_of(deputy).head_of == frozenset()


def test_revoking_ends_it_at_once(head: User, deputy: User, tree: Tree) -> None:
    organisation.revoke_delegation(actor=head, delegation=name(head, deputy, tree))
    assert roles_of(deputy).head_of == frozenset()


def test_revoking_twice_keeps_the_first_time(head: User, deputy: User, tree: Tree) -> None:
    first = organisation.revoke_delegation(actor=head, delegation=name(head, deputy, tree))
    again = organisation.revoke_delegation(actor=head, delegation=first)
    assert again.revoked_at == first.revoked_at


def test_another_head_cannot_revoke(head: User, deputy: User, person: Maker, tree: Tree) -> None:
    delegation = name(head, deputy, tree)
    with pytest.raises(NotPermitted):
        organisation.revoke_delegation(actor=person("öteki", head_of=tree.parks), delegation=delegation)


def test_the_delegate_cannot_revoke(head: User, deputy: User, tree: Tree) -> None:
    delegation = name(head, deputy, tree)
    with pytest.raises(NotPermitted):
        organisation.revoke_delegation(actor=deputy, delegation=delegation)


def test_an_administrator_names_for_the_only_head(administrator: User, head: User, deputy: User, tree: Tree) -> None:
    assert name(administrator, deputy, tree).head == head


def test_an_administrator_says_which_of_two_heads(
    administrator: User, head: User, deputy: User, person: Maker, tree: Tree
) -> None:
    second = person("ikinci", head_of=tree.roads)
    with pytest.raises(InvalidInput) as refusal:
        name(administrator, deputy, tree)
    assert refusal.value.field == "head"
    assert name(administrator, deputy, tree, head=second).head == second


def test_staff_cannot_name_a_delegate(deputy: User, head: User, tree: Tree) -> None:
    with pytest.raises(NotPermitted):
        name(deputy, head, tree)


def test_a_head_cannot_name_one_for_another_department(person: Maker, head: User, deputy: User, tree: Tree) -> None:
    with pytest.raises(NotPermitted):
        name(person("öteki", head_of=tree.parks), deputy, tree)


def test_a_head_cannot_name_one_for_another_head(person: Maker, head: User, deputy: User, tree: Tree) -> None:
    second = person("ikinci", head_of=tree.roads)
    with pytest.raises(NotPermitted):
        name(head, deputy, tree, head=second)


def test_a_delegate_cannot_delegate_further(person: Maker, head: User, deputy: User, tree: Tree) -> None:
    name(head, deputy, tree)
    with pytest.raises(NotPermitted):
        name(deputy, person("üçüncü", staff_of=tree.roads), tree)


def test_nobody_is_the_own_delegate(head: User, tree: Tree) -> None:
    with pytest.raises(InvalidInput) as refusal:
        name(head, head, tree)
    assert refusal.value.field == "delegate"


def test_somebody_from_outside_cannot_be_delegate(head: User, person: Maker, tree: Tree) -> None:
    with pytest.raises(InvalidInput) as refusal:
        name(head, person("yabancı"), tree)
    assert refusal.value.field == "delegate"


def test_a_closed_account_cannot_be_delegate(head: User, deputy: User, tree: Tree) -> None:
    deputy.is_active = False
    with pytest.raises(InvalidInput) as refusal:
        name(head, deputy, tree)
    assert refusal.value.field == "delegate"


def test_the_last_day_cannot_be_before_the_first(head: User, deputy: User, tree: Tree) -> None:
    with pytest.raises(InvalidInput):
        name(head, deputy, tree, starts_on=TODAY + timedelta(days=5), ends_on=TODAY + timedelta(days=4))


def test_a_past_absence_needs_no_delegate(head: User, deputy: User, tree: Tree) -> None:
    with pytest.raises(InvalidInput) as refusal:
        name(head, deputy, tree, starts_on=date(2026, 11, 1), ends_on=date(2026, 11, 19))
    assert refusal.value.field == "ends_on"


def test_a_delegation_lasts_a_year_at_most(head: User, deputy: User, tree: Tree) -> None:
    with pytest.raises(InvalidInput) as refusal:
        name(head, deputy, tree, ends_on=TODAY + timedelta(days=366))
    assert refusal.value.field == "ends_on"


def test_two_delegates_for_one_day_are_refused(head: User, deputy: User, person: Maker, tree: Tree) -> None:
    name(head, deputy, tree)
    with pytest.raises(InvalidInput):
        name(head, person("üçüncü", staff_of=tree.roads), tree, starts_on=TODAY + timedelta(days=7))


def test_after_revoking_another_may_be_named(head: User, deputy: User, person: Maker, tree: Tree) -> None:
    organisation.revoke_delegation(actor=head, delegation=name(head, deputy, tree))
    other = person("üçüncü", staff_of=tree.roads)
    name(head, other, tree)
    assert roles_of(other).head_of == {tree.roads.pk}


def test_a_head_to_be_is_known_by_the_first_day(administrator: User, deputy: User, person: Maker, tree: Tree) -> None:
    coming = person("gelen")
    Membership.objects.create(user=coming, department=tree.roads, role="head", valid_from=TODAY + timedelta(days=1))
    with pytest.raises(InvalidInput) as refusal:
        name(administrator, deputy, tree, head=coming)
    assert refusal.value.field == "head"


def test_the_reason_is_not_kept_in_the_history(head: User, deputy: User, tree: Tree) -> None:
    delegation = name(head, deputy, tree, reason="Ameliyat")
    assert not hasattr(delegation.events.get(), "reason")
