"""Contact details: masked, shown on request with a reason, and every showing recorded."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from requests_app.models import ContactReveal, ServiceRequest
from tests import factories
from tests.factories import People, Town
from tests.requests_app.admin.addresses import ALL, TRIAGE, page, typed
from tests.requests_app.admin.conftest import Browser

REASON = "call"


def reveal(model: str, request: ServiceRequest) -> str:
    """The address that records and shows."""
    return reverse(f"admin:requests_app_{model}_reveal", args=[request.pk])


@pytest.mark.parametrize("model", [TRIAGE, ALL])
def test_with_a_reason_name_and_phone_are_shown_and_it_is_recorded(
    model: str, clerk: Client, people: People, town: Town
) -> None:
    request = factories.submit(town)
    text = clerk.post(reveal(model, request), typed(request, reason=REASON), follow=True).content.decode()
    assert "Zeynep Deneme" in text
    assert "0500 000 00 01" in text
    record = ContactReveal.objects.get()
    assert (record.request, record.user, record.reason) == (request, people.clerk, REASON)


@pytest.mark.parametrize("reason", ["", "   ", "Adresi soracağım."])
def test_without_a_reason_nothing_is_shown(reason: str, clerk: Client, town: Town) -> None:
    request = factories.submit(town)
    response = clerk.post(reveal(TRIAGE, request), typed(request, reason=reason))
    assert response.status_code == 422
    assert "0500 000 00 01" not in response.content.decode()
    assert not ContactReveal.objects.exists()


def test_they_close_again_after_a_while(clerk: Client, town: Town) -> None:
    request = factories.submit(town)
    clerk.post(reveal(TRIAGE, request), typed(request, reason=REASON))
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert "0500 000 00 01" not in clerk.get(page(TRIAGE, request)).content.decode()


def test_one_reveal_opens_one_request(clerk: Client, town: Town) -> None:
    request, other = factories.submit(town), factories.submit(town)
    clerk.post(reveal(TRIAGE, request), typed(request, reason=REASON))
    assert "0500 000 00 01" not in clerk.get(page(TRIAGE, other)).content.decode()


def test_another_person_still_sees_them_masked(clerk: Client, specialist: Client, town: Town) -> None:
    request = factories.submit(town)
    clerk.post(reveal(TRIAGE, request), typed(request, reason=REASON))
    assert "0500 000 00 01" not in specialist.get(page(TRIAGE, request)).content.decode()


@pytest.mark.parametrize("who", ["administrator", "head_a", "stranger"])
def test_nobody_else_sees_them(who: str, people: People, browser: Browser, town: Town) -> None:
    request = factories.routed(town, people)
    response = browser(getattr(people, who)).post(reveal(ALL, request), typed(request, reason=REASON))
    assert response.status_code in (302, 403)
    assert not ContactReveal.objects.exists()


def test_an_anonymous_application_has_nothing_to_show(clerk: Client, town: Town) -> None:
    request = factories.submit(town, contact=None)
    assert clerk.post(reveal(TRIAGE, request), typed(request, reason=REASON)).status_code == 422


def test_the_record_is_read_by_its_manager_and_changed_by_nobody(
    clerk: Client, browser: Browser, town: Town, people: People
) -> None:
    request = factories.submit(town)
    clerk.post(reveal(TRIAGE, request), typed(request, reason=REASON))
    record = ContactReveal.objects.get()
    manager = browser(factories.make_user("yonetici2", "Mine Güler", "pr_manager"))
    address = reverse("admin:requests_app_contactreveal_changelist")
    assert "Başvuru sahibini aramak için" in manager.get(address).content.decode()
    change = reverse("admin:requests_app_contactreveal_change", args=[record.pk])
    assert manager.post(change, {"reason": "visit"}).status_code == 403
    assert manager.post(reverse("admin:requests_app_contactreveal_delete", args=[record.pk])).status_code == 403
    assert manager.get(reverse("admin:requests_app_contactreveal_add")).status_code == 403


@pytest.mark.parametrize("who", ["clerk", "agent", "specialist", "head_a"])
def test_the_record_is_not_for_everybody(who: str, people: People, browser: Browser) -> None:
    address = reverse("admin:requests_app_contactreveal_changelist")
    assert browser(getattr(people, who)).get(address).status_code in (302, 403)
