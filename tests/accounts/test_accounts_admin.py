"""The pages on which administrators keep the accounts."""

import re

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import ROLES
from tests.accounts.conftest import give_second_factor, second_factors, sign_in
from tests.factories import make_user

pytestmark = pytest.mark.usefixtures("without_second_factor")

LIST = "/admin/accounts/user/"


@pytest.fixture
def office(client: Client, administrator: User) -> Client:
    """The administrator's browser."""
    client.force_login(administrator)
    return client


def page_of(user: User, action: str = "change") -> str:
    return f"{LIST}{user.pk}/{action}/"


def form_of(user: User, **changes: object) -> dict[str, object]:
    facts = {"email": user.email, "full_name": user.full_name, "title": user.title, "language": user.language}
    roles = list(user.groups.values_list("name", flat=True))
    return {**facts, "roles": roles, **changes}


NEW = {"email": "yeni@example.org", "full_name": "Yeni Biri", "title": "", "language": "tr", "roles": ["call_agent"]}


def test_the_list_shows_roles_second_step_and_last_sign_in(office: Client, clerk: User) -> None:
    give_second_factor(clerk)
    page = office.get(LIST).content.decode()
    assert "Yönlendirme görevlisi" in page
    assert clerk.email in page
    assert page.count("icon-yes") > 0


def test_the_list_asks_the_database_the_same_number_of_times_for_any_number_of_people(
    office: Client, django_assert_max_num_queries
) -> None:
    for number in range(30):
        make_user(f"kisi{number}", f"Kişi {number}", "call_agent")
    with django_assert_max_num_queries(12):
        assert office.get(LIST).status_code == 200


@pytest.mark.parametrize("term", ["ayse kayit", "AYŞE", "kayıt", "ayşe@", "kayit@EXAMPLE", "kay ay"])
def test_people_are_found_with_or_without_turkish_letters(office: Client, clerk: User, term: str) -> None:
    found = office.get(LIST, {"q": term}).context["cl"].queryset
    assert (clerk in found) == (term != "ayşe@")


def test_people_are_found_by_role(office: Client, clerk: User, desk_user: User) -> None:
    found = office.get(LIST, {"role": "department_user"}).context["cl"].queryset
    assert list(found) == [desk_user]


@pytest.mark.parametrize(
    "address", [LIST, f"{LIST}add/", f"{LIST}%s/change/", f"{LIST}%s/disable/", f"{LIST}%s/invite/"]
)
@pytest.mark.parametrize("who", ["clerk", "desk_user"])
def test_nobody_else_opens_the_accounts(
    request: pytest.FixtureRequest, client: Client, administrator: User, who: str, address: str
) -> None:
    client.force_login(request.getfixturevalue(who))
    answer = client.get(address.replace("%s", str(administrator.pk)), follow=True)
    assert answer.status_code in (403, 404) or answer.request["PATH_INFO"] == "/admin/"
    assert administrator.email not in answer.content.decode()


def test_the_manager_looks_but_changes_nothing(client: Client, manager: User, clerk: User) -> None:
    client.force_login(manager)
    page = client.get(page_of(clerk)).content.decode()
    assert "Yönlendirme görevlisi" in page
    assert 'name="_save"' not in page
    assert client.post(page_of(clerk), form_of(clerk, full_name="Başka Biri")).status_code == 403
    assert client.post(page_of(clerk, "disable")).status_code == 403
    clerk.refresh_from_db()
    assert (clerk.full_name, clerk.is_active) == ("Ayşe Kayıt", True)


def test_a_visitor_is_sent_to_the_sign_in(client: Client, clerk: User) -> None:
    for address in (LIST, page_of(clerk), page_of(clerk, "disable"), page_of(clerk, "invite")):
        assert client.get(address).status_code == 302


def test_an_account_is_opened_and_the_person_chooses_a_password_through_the_link(office: Client, settings) -> None:
    settings.PUBLIC_BASE_URL = "https://basvuru.example.org"
    answer = office.post(f"{LIST}add/", NEW, follow=True)
    user = User.objects.get(email="yeni@example.org")
    assert answer.redirect_chain[-1][0] == page_of(user, "invite")
    assert [group.name for group in user.groups.all()] == ["call_agent"]
    page = office.post(page_of(user, "invite")).content.decode()
    [link] = re.findall(r'value="https://basvuru\.example\.org(/[^"]+)"', page)
    password = "yeni-uzun-parola-5"
    newcomer = Client()
    form = newcomer.get(link, follow=True).redirect_chain[-1][0]
    newcomer.post(form, {"password1": password, "password2": password})
    assert sign_in(newcomer, user.email, password).url == "/admin/"
    assert "password1" not in Client().get(link, follow=True).content.decode()


def test_the_link_for_somebody_who_reads_english_is_english(office: Client, clerk: User) -> None:
    User.objects.filter(pk=clerk.pk).update(language="en")
    assert "/en/hesap/parola/yeni/" in office.post(page_of(clerk, "invite")).content.decode()


def test_the_link_is_made_only_when_asked_for(office: Client, clerk: User) -> None:
    assert "/hesap/parola/yeni/" not in office.get(page_of(clerk, "invite")).content.decode()


def test_nobody_makes_a_link_for_an_account_that_may_do_everything(office: Client, superuser: User) -> None:
    assert office.post(page_of(superuser, "invite")).status_code == 403


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", ""),
        ("email", "yeni"),
        ("email", "YONETICI@example.org"),
        ("email", "a\x00@example.org"),
        ("full_name", ""),
        ("full_name", "a\x00b"),
        ("full_name", "a" * 151),
        ("roles", ["king"]),
        ("language", "xx"),
    ],
)
def test_what_cannot_be_taken_is_said_beside_its_field(office: Client, field: str, value: object) -> None:
    answer = office.post(f"{LIST}add/", {**NEW, field: value})
    assert field in answer.context["adminform"].form.errors
    assert User.objects.count() == 1


def test_a_demonstration_address_is_refused_beside_its_field(office: Client) -> None:
    answer = office.post(f"{LIST}add/", {**NEW, "email": "yeni@ornek.example"})
    assert "email" in answer.context["adminform"].form.errors


def test_person_and_roles_are_changed(office: Client, clerk: User) -> None:
    answer = office.post(page_of(clerk), form_of(clerk, full_name="Ayşe Yeni", roles=["pr_specialist", "call_agent"]))
    assert answer.status_code == 302
    clerk.refresh_from_db()
    assert clerk.full_name == "Ayşe Yeni"
    assert set(clerk.groups.values_list("name", flat=True)) == {"pr_specialist", "call_agent"}


def test_every_role_is_a_box_to_tick_with_what_it_is_for(office: Client, clerk: User) -> None:
    page = office.get(page_of(clerk)).content.decode()
    assert page.count('type="checkbox" name="roles"') == len(ROLES)
    assert "Halkla ilişkiler uzmanı: " in page
    assert len(re.findall(r'name="roles" value="triage_clerk"[^>]*checked', page)) == 1


def test_the_own_roles_stay_whatever_is_sent(office: Client, administrator: User) -> None:
    answer = office.post(page_of(administrator), form_of(administrator, full_name="Yaman Yeni", roles=["pr_manager"]))
    assert answer.status_code == 302
    administrator.refresh_from_db()
    assert administrator.full_name == "Yaman Yeni"
    assert [group.name for group in administrator.groups.all()] == ["administrator"]


def test_the_next_reader_may_change_roles_after_somebody_looked_at_the_own_account(
    office: Client, administrator: User, clerk: User
) -> None:
    office.get(page_of(administrator))
    assert not office.get(page_of(clerk)).context["adminform"].form.fields["roles"].disabled


@pytest.mark.parametrize("name", ["is_superuser", "is_staff", "password", "user_permissions", "session_generation"])
def test_what_is_not_on_the_form_cannot_be_sent(office: Client, clerk: User, name: str) -> None:
    before = User.objects.values(name).get(pk=clerk.pk)
    office.post(page_of(clerk), form_of(clerk, **{name: "1"}))
    assert User.objects.values(name).get(pk=clerk.pk) == before


def test_passwords_are_nowhere_on_the_page(office: Client, clerk: User) -> None:
    page = office.get(page_of(clerk)).content.decode()
    assert clerk.password not in page
    assert 'name="password"' not in page


def test_accounts_are_never_deleted(office: Client, clerk: User) -> None:
    assert office.post(page_of(clerk, "delete"), {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [clerk.pk], "post": "yes"}
    office.post(LIST, chosen)
    assert User.objects.filter(pk=clerk.pk).exists()


def test_an_account_is_disabled_after_a_second_look(office: Client, clerk: User) -> None:
    question = office.get(page_of(clerk, "disable"))
    assert "Hesabı kapat" in question.content.decode()
    clerk.refresh_from_db()
    assert clerk.is_active
    office.post(page_of(clerk, "disable"))
    clerk.refresh_from_db()
    assert not clerk.is_active
    assert "enable" in office.get(page_of(clerk)).content.decode()


def test_a_disabled_account_is_enabled_after_a_second_look(office: Client, clerk: User) -> None:
    office.post(page_of(clerk, "disable"))
    assert office.get(page_of(clerk, "enable")).status_code == 200
    office.post(page_of(clerk, "enable"))
    clerk.refresh_from_db()
    assert clerk.is_active


def test_the_second_step_is_reset_after_a_second_look(office: Client, clerk: User) -> None:
    give_second_factor(clerk)
    address = page_of(clerk, "reset-second-step")
    assert address in office.get(page_of(clerk)).content.decode()
    office.get(address)
    assert second_factors(clerk) == 1
    office.post(address)
    assert second_factors(clerk) == 0
    assert address not in office.get(page_of(clerk)).content.decode()


@pytest.mark.parametrize("action", ["disable", "enable", "reset-second-step", "invite"])
def test_nobody_does_it_to_themselves(office: Client, administrator: User, action: str) -> None:
    assert office.get(page_of(administrator, action)).status_code == 403
    assert office.post(page_of(administrator, action)).status_code == 403
    assert page_of(administrator, action) not in office.get(page_of(administrator)).content.decode()


def test_several_accounts_are_disabled_after_a_second_look(
    office: Client, administrator: User, clerk: User, desk_user: User
) -> None:
    chosen = {"action": "disable_chosen", "_selected_action": [administrator.pk, clerk.pk, desk_user.pk]}
    question = office.post(LIST, chosen)
    assert [row[0] for row in question.context["rows"]] == [clerk, desk_user]
    assert User.objects.active().count() == 3
    office.post(LIST, {**chosen, "confirmed": "yes"})
    assert list(User.objects.active()) == [administrator]


def test_disabling_oneself_alone_says_that_it_cannot_be_done(office: Client, administrator: User) -> None:
    answer = office.post(LIST, {"action": "disable_chosen", "_selected_action": [administrator.pk]}, follow=True)
    assert "siz kapatamazsınız" in answer.content.decode()


def test_what_was_done_to_an_account_stands_in_its_history(office: Client, clerk: User) -> None:
    office.post(page_of(clerk, "disable"))
    assert "Hesabı kapat" in office.get(page_of(clerk, "history")).content.decode()


def test_an_account_that_does_not_exist_is_not_found(office: Client) -> None:
    for action in ("disable", "enable", "reset-second-step", "invite"):
        assert office.get(f"{LIST}999999/{action}/").status_code == 404


def test_roles_addresses_and_second_steps_have_no_pages_of_their_own() -> None:
    names = {model._meta.label for model in admin.site._registry}
    assert not names & {Group._meta.label, "account.EmailAddress", "mfa.Authenticator"}


def test_the_own_password_is_changed_on_the_own_page(office: Client) -> None:
    assert office.get("/admin/password_change/").url == reverse("account_change_password")
