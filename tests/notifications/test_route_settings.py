"""Routes come from the pack, are changed by whoever runs the installation, and never start without credentials."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import User
from common.errors import InvalidInput, NotPermitted
from common.packs import PackError
from config.checks import messages_reach_people
from notifications.checks import check_credentials, check_routes
from notifications.models import Route
from notifications.services import route_settings
from tests.notifications.conftest import use_route

pytestmark = pytest.mark.django_db


def _pack(folder: Path, *items: dict[str, Any]) -> Path:
    (folder / "routes.json").write_text(json.dumps({"source": "test", "items": items}))
    return folder


def _item(**changes: Any) -> dict[str, Any]:
    return {"code": "verimor", "name": "Verimor", "gateway": "verimor", "sender": "ORNEKBLD"} | changes


@pytest.fixture
def credentials(settings: Any) -> None:
    settings.VERIMOR_USERNAME, settings.VERIMOR_PASSWORD = "908500000000", "loopback"


def _form(**changes: Any) -> dict[str, Any]:
    usual = {
        "name": "Verimor",
        "sender": "ORNEKBLD",
        "lanes": ["otp", "bulk"],
        "weight": "10",
        "letters": "turkish",
        "reserved_units": "5",
        "price_kurus": "12.5",
    }
    return usual | changes


def test_the_demonstration_sends_by_the_simulated_route_and_a_town_by_none() -> None:
    call_command("load_reference_data", "ornek")
    assert [route.code for route in Route.objects.in_use()] == ["local"]
    call_command("load_reference_data", "kecioren")
    assert not Route.objects.in_use().exists()


def test_loading_again_changes_nothing(tmp_path: Path) -> None:
    pack = _pack(tmp_path, _item(segments_per_second=50, price_kurus=12.5, lanes=["otp"]))
    assert route_settings.load(pack).created == 1
    assert route_settings.load(pack).unchanged == 1


def test_a_pack_takes_no_route_into_use_that_could_not_sign_in(tmp_path: Path) -> None:
    route_settings.load(_pack(tmp_path, _item(is_active=True)))
    assert not Route.objects.get().is_active


def test_a_pack_takes_a_route_into_use_that_can(tmp_path: Path, settings: Any) -> None:
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = "AC0", "loopback"
    route_settings.load(_pack(tmp_path, _item(gateway="twilio", links_allowed=False, is_active=True)))
    assert Route.objects.get().is_active


def test_what_is_gone_from_the_pack_goes_out_of_use(tmp_path: Path) -> None:
    route_settings.load(_pack(tmp_path, {"code": "local", "name": "Benzetim", "gateway": "local", "is_active": True}))
    assert route_settings.load(_pack(tmp_path, _item())).closed == 1


def test_what_staff_changed_is_kept(tmp_path: Path, operator: User) -> None:
    route_settings.load(_pack(tmp_path, _item()))
    route = Route.objects.get()
    route.weight = 7
    route_settings.save(row=route, actor=operator)
    assert route_settings.load(_pack(tmp_path, _item(weight=80))).kept == 1
    assert Route.objects.get().weight == 7


@pytest.mark.parametrize(
    "changes",
    [
        {"gateway": "pigeon"},
        {"lanes": ["otp", "fast"]},
        {"weight": 0},
        {"channel": "whatsapp"},
        {"gateway": "twilio", "links_allowed": True},
        {"speed": 3},
    ],
)
def test_a_mistake_in_the_pack_is_named(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(PackError, match="verimor"):
        route_settings.load(_pack(tmp_path, _item(**changes)))


def test_half_of_the_credentials_is_a_mistake(settings: Any) -> None:
    settings.NETGSM_USERNAME = "8500000000"
    (error,) = check_credentials(None)
    assert (error.id, "NETGSM_PASSWORD" in error.msg) == ("notifications.E001", True)


def test_a_route_in_use_without_credentials_stops_the_start_with_its_name() -> None:
    use_route("verimor", sender="ORNEKBLD")
    errors = check_routes(None)
    assert {error.id for error in errors} == {"notifications.E002"}
    assert "Route verimor is in use and needs VERIMOR_USERNAME." in errors[0].msg


@pytest.mark.usefixtures("credentials")
def test_a_route_in_use_with_credentials_starts() -> None:
    use_route("verimor", sender="ORNEKBLD")
    assert check_routes(None) == []


def test_a_deployment_is_warned_of_a_simulated_route() -> None:
    use_route("local")
    assert [warning.id for warning in messages_reach_people(None)] == ["config.W001"]


def test_without_the_permission_nothing_is_changed(clerk: User) -> None:
    with pytest.raises(NotPermitted):
        route_settings.save(row=use_route("local"), actor=clerk)


def test_the_service_takes_no_route_into_use_that_cannot_sign_in(operator: User) -> None:
    with pytest.raises(InvalidInput, match="VERIMOR_PASSWORD"):
        route_settings.save(row=use_route("verimor", sender="ORNEKBLD"), actor=operator)


@pytest.mark.usefixtures("credentials")
def test_the_page_changes_a_route_and_keeps_its_history(client: Client, operator: User) -> None:
    route = use_route("verimor", is_active=False, source="pack")
    client.force_login(operator)
    answer = client.post(reverse("admin:notifications_route_change", args=[route.pk]), _form(is_active="on"))
    assert answer.status_code == 302, answer.content.decode()
    route.refresh_from_db()
    assert (route.is_active, route.lanes, route.source) == (True, ["otp", "bulk"], "")
    assert list(route.events.values_list("weight", flat=True)) == [100, 10]  # type: ignore[attr-defined]


def test_the_page_says_what_a_route_lacks_before_it_can_be_used(client: Client, operator: User) -> None:
    route = use_route("verimor", is_active=False)
    client.force_login(operator)
    address = reverse("admin:notifications_route_change", args=[route.pk])
    shown = client.post(address, _form(is_active="on")).content.decode()
    assert "VERIMOR_USERNAME" in shown
    route.refresh_from_db()
    assert not route.is_active


@pytest.mark.usefixtures("credentials")
def test_a_route_in_use_needs_a_sender_and_something_to_carry(client: Client, operator: User) -> None:
    route = use_route("verimor", is_active=False)
    client.force_login(operator)
    address = reverse("admin:notifications_route_change", args=[route.pk])
    for wrong in ({"sender": ""}, {"lanes": []}, {"weight": "0"}):
        assert client.post(address, _form(is_active="on", **wrong)).status_code == 200
    route.refresh_from_db()
    assert not route.is_active


def test_who_may_only_look_changes_nothing(client: Client, clerk: User) -> None:
    route = use_route("local")
    client.force_login(clerk)
    assert client.get(reverse("admin:notifications_route_change", args=[route.pk])).status_code == 403
