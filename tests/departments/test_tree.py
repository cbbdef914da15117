"""The organisation tree: opening, moving and closing departments."""

import threading
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import User
from common.errors import InvalidInput, NotPermitted
from departments.models import Department
from departments.services import organisation
from tests.departments.conftest import LONG_AGO, Tree

pytestmark = pytest.mark.django_db


def test_descendants_hold_the_department_and_everything_below(tree: Tree) -> None:
    workshop = Department.objects.create(code="atolye", name="Atölye", parent=tree.roads, valid_from=LONG_AGO)
    below = Department.objects.descendants_of(tree.technical)
    assert set(below) == {tree.technical, tree.roads, tree.parks, workshop}


def test_descendants_of_nothing_are_nothing(tree: Tree) -> None:
    assert not Department.objects.descendants_of().exists()


def test_descendants_can_be_narrowed_further(tree: Tree) -> None:
    assert list(Department.objects.descendants_of(tree.technical).filter(code="fen")) == [tree.roads]


def test_tree_order_puts_every_department_below_its_parent(tree: Tree) -> None:
    assert list(Department.objects.in_tree_order()) == [tree.culture, tree.technical, tree.roads, tree.parks]


def test_a_department_is_active_until_the_day_it_closes(tree: Tree) -> None:
    tree.roads.valid_to = date(2026, 6, 1)
    tree.roads.save()
    assert tree.roads in Department.objects.active(date(2026, 5, 31))
    assert tree.roads not in Department.objects.active(date(2026, 6, 1))


def test_a_department_is_not_active_before_it_exists(tree: Tree) -> None:
    assert not Department.objects.active(LONG_AGO - timedelta(days=1)).exists()


def test_an_administrator_opens_a_department(administrator: User, tree: Tree) -> None:
    opened = organisation.open_department(
        actor=administrator, code="zabita", name="Zabıta", valid_from=LONG_AGO, parent=tree.technical
    )
    assert opened in Department.objects.descendants_of(tree.technical)


def test_nobody_else_opens_a_department(person: Callable[..., User], tree: Tree) -> None:
    with pytest.raises(NotPermitted):
        organisation.open_department(
            actor=person("baş", head_of=tree.technical), code="x", name="X", valid_from=LONG_AGO
        )


def test_a_second_open_department_with_the_same_code_is_refused(administrator: User, tree: Tree) -> None:
    with pytest.raises(InvalidInput):
        organisation.open_department(actor=administrator, code="fen", name="Başka", valid_from=date(2026, 1, 1))


def test_the_database_refuses_two_departments_of_one_code_at_one_time(tree: Tree) -> None:
    with pytest.raises(IntegrityError):
        Department.objects.create(code="fen", name="Başka", valid_from=date(2021, 1, 1), valid_to=date(2022, 1, 1))


def test_a_code_may_be_used_again_after_closing(administrator: User, tree: Tree) -> None:
    organisation.close_department(actor=administrator, department=tree.roads, on=date(2026, 1, 1))
    organisation.open_department(actor=administrator, code="fen", name="Yeni", valid_from=date(2026, 1, 1))
    assert Department.objects.active(date(2026, 1, 1)).get(code="fen").name == "Yeni"


def test_a_department_cannot_be_moved_below_itself(administrator: User, tree: Tree) -> None:
    with pytest.raises(InvalidInput) as refusal:
        organisation.change_department(actor=administrator, department=tree.technical, changes={"parent": tree.roads})
    assert refusal.value.field == "parent"


def test_a_department_cannot_be_moved_below_a_closed_one(administrator: User, tree: Tree) -> None:
    closed = organisation.close_department(actor=administrator, department=tree.culture, on=date(2026, 1, 1))
    with pytest.raises(InvalidInput) as refusal:
        organisation.change_department(actor=administrator, department=tree.roads, changes={"parent": closed})
    assert refusal.value.field == "parent"


def test_the_database_refuses_a_circle(tree: Tree) -> None:
    with pytest.raises(DatabaseError, match="below itself"), transaction.atomic():
        Department.objects.filter(pk=tree.technical.pk).update(parent=tree.roads)


def test_the_database_refuses_a_department_that_answers_to_itself(tree: Tree) -> None:
    with pytest.raises(DatabaseError, match="below itself"), transaction.atomic():
        Department.objects.filter(pk=tree.culture.pk).update(parent=tree.culture)


@pytest.mark.django_db(transaction=True)
def test_two_moves_at_the_same_moment_make_no_circle(tree: Tree) -> None:
    """The second move waits for the first and is then refused; neither alone would be a circle."""
    refusals: list[str] = []

    def second_move() -> None:
        try:
            Department.objects.filter(pk=tree.culture.pk).update(parent=tree.technical)
        except DatabaseError as error:
            refusals.append(str(error))
        finally:
            connection.close()

    with transaction.atomic():
        Department.objects.filter(pk=tree.technical.pk).update(parent=tree.culture)
        mover = threading.Thread(target=second_move)
        mover.start()
        mover.join(timeout=0.3)
        assert mover.is_alive(), "the second move must wait"
    mover.join(timeout=10)
    assert "below itself" in refusals[0]


def test_moving_within_the_tree_is_possible(administrator: User, tree: Tree) -> None:
    organisation.change_department(actor=administrator, department=tree.roads, changes={"parent": tree.culture})
    assert tree.roads in Department.objects.descendants_of(tree.culture)


def test_a_department_with_open_ones_below_cannot_close(administrator: User, tree: Tree) -> None:
    with pytest.raises(InvalidInput) as refusal:
        organisation.close_department(actor=administrator, department=tree.technical, on=timezone.localdate())
    assert refusal.value.field == "valid_to"


def test_a_department_cannot_close_before_it_exists(administrator: User, tree: Tree) -> None:
    with pytest.raises(InvalidInput):
        organisation.close_department(actor=administrator, department=tree.roads, on=LONG_AGO)


def test_closing_ends_the_memberships(administrator: User, person: Callable[..., User], tree: Tree) -> None:
    head = person("baş", head_of=tree.roads)
    organisation.close_department(actor=administrator, department=tree.roads, on=date(2026, 1, 1))
    assert head.memberships.get().valid_to == date(2026, 1, 1)


def test_closing_shortens_a_membership_that_would_last_longer(
    administrator: User, person: Callable[..., User], tree: Tree
) -> None:
    lasting, over = person("süreli", head_of=tree.roads), person("biten", staff_of=tree.roads)
    lasting.memberships.update(valid_to=date(2030, 1, 1))
    over.memberships.update(valid_to=date(2025, 1, 1))
    organisation.close_department(actor=administrator, department=tree.roads, on=date(2026, 1, 1))
    assert lasting.memberships.get().valid_to == date(2026, 1, 1)
    assert over.memberships.get().valid_to == date(2025, 1, 1)


def test_a_field_that_is_nobodys_business_cannot_be_changed(administrator: User, tree: Tree) -> None:
    with pytest.raises(ValueError, match="valid_to"):
        organisation.change_department(
            actor=administrator, department=tree.roads, changes={"valid_to": date(2026, 1, 1)}
        )


def test_changes_are_in_the_history_with_their_author(administrator: User, tree: Tree) -> None:
    organisation.change_department(actor=administrator, department=tree.roads, changes={"name": "Yollar"})
    event = tree.roads.events.order_by("pgh_id").last()
    assert (event.pgh_label, event.name) == ("update", "Yollar")
    assert event.pgh_context.metadata["actor"] == administrator.pk


def test_the_history_cannot_be_rewritten(tree: Tree) -> None:
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        tree.roads.events.update(name="Başka")


def test_a_neighbourhood_without_boundary_can_be_added(administrator: User) -> None:
    added = organisation.add_neighbourhood(actor=administrator, code="ilik-pinar", name="Ilık Pınar")
    assert (added.folded_name, added.box) == ("ilik pinar", None)


def test_a_renamed_neighbourhood_is_found_by_its_new_name(administrator: User) -> None:
    added = organisation.add_neighbourhood(actor=administrator, code="eski", name="Eski")
    changed = organisation.change_neighbourhood(actor=administrator, neighbourhood=added, changes={"name": "Işıklar"})
    assert changed.folded_name == "isiklar"


def test_only_an_administrator_changes_neighbourhoods(person: Callable[..., User]) -> None:
    with pytest.raises(NotPermitted):
        organisation.add_neighbourhood(actor=person("biri"), code="x", name="X")
