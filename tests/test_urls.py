"""Every address of the project and who may open it.

An address that nobody has written down here fails the tests: whoever adds one says who it is for. What can be
done by sending forms is in test_wrong_hands.py.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import get_resolver, translate_url

from config.tasks import heartbeat
from tests import factories
from tests.access import (
    ADMINISTRATOR,
    APPLICANT,
    DEPARTMENTS,
    EVERYBODY,
    FORBIDDEN,
    KEEPERS,
    MANAGER,
    MISSING,
    NOBODY,
    OPEN,
    PERSONAS,
    PROVE,
    RELATIONS,
    REVIEW,
    ROADS,
    SEND_ONLY,
    SIGN_IN,
    SIGNED_IN,
    STAFF,
    TRIAGE,
    VISITORS,
    World,
    make_cast,
    make_world,
    outcome,
)

pytestmark = pytest.mark.django_db

# --- Addresses -----------------------------------------------------------------------------------

# Open to the whole world, and nothing else is.
PUBLIC = frozenset(
    {
        "livez",
        "readyz",
        "brand_css",
        "files:file",  # for whoever holds a signed link of ten minutes
        "api:neighbourhoods",
        "portal:home",
        "portal:apply",
        "portal:apply_step",
        "portal:track",
        "portal:track_link",  # for whoever holds the secret of a request
        "portal:scorecard",
        "portal:disclosure",
        "portal:accessibility",
        "announcements:subscribe",
        "announcements:mine",  # asks for a code before it shows anything
        "account_login",
        "account_inactive",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
    }
)

# Open to the whole world as well, by sending: what the portal's forms ask while they are filled in.
PUBLIC_HELPERS = frozenset({"api:locate", "api:suggest"})

# Doors for gateways: open to send to, and who is let in is tried in notifications/test_webhooks.py.
WEBHOOKS = frozenset(
    f"webhooks:{door}"
    for door in (
        "twilio_receipts",
        "twilio_receipt",
        "twilio_messages",
        "verimor",
        "netgsm_receipts",
        "netgsm_messages",
        "iletimerkezi",
    )
)

# Only after following the link of this very request, or a code sent to its phone.
OWN_REQUEST = frozenset(
    f"portal:request{action}" for action in ("", "_add", "_withdraw", "_restore", "_reopen", "_rate", "_contact")
)

# Only in the middle of something: after an application was sent, after a code was asked for.
ON_THE_WAY = frozenset({"portal:receipt", "portal:track_code", "announcements:code"})

# Only sent to: opening one shows nothing and changes nothing. Who learns even that.
POST_ONLY = {
    **dict.fromkeys(PUBLIC_HELPERS | WEBHOOKS, EVERYBODY),
    "admin:logout": STAFF,
    "admin:notifications_campaign_measure": STAFF,
    "admin:notifications_campaign_test": STAFF,
    "admin:requests_app_servicerequest_lookup": RELATIONS,
    "admin:requests_app_servicerequest_questions": RELATIONS,
    "admin:requests_app_servicerequest_reveal": STAFF,
    "admin:requests_app_servicerequest_decide": STAFF,
    "admin:requests_app_triagerequest_reveal": STAFF,
    "admin:requests_app_triagerequest_decide": STAFF,
    "admin:requests_app_reviewrequest_reveal": STAFF,
    "admin:requests_app_reviewrequest_decide": STAFF,
    "portal:request_announcements": EVERYBODY,
    "portal:forget": EVERYBODY,
    "desk:revoke": EVERYBODY,
    "desk:sms_preview": EVERYBODY,
    "desk:reveal": EVERYBODY,
    "desk:act": EVERYBODY,
}

# Rows of the administration: who may see them, add one, change one by hand, delete one.
ROWS = {
    "accounts.user": (KEEPERS, ADMINISTRATOR, ADMINISTRATOR, NOBODY),
    "departments.municipality": (ADMINISTRATOR, NOBODY, ADMINISTRATOR, NOBODY),
    "departments.department": (STAFF, ADMINISTRATOR, ADMINISTRATOR, NOBODY),
    "departments.membership": (KEEPERS, ADMINISTRATOR, ADMINISTRATOR, NOBODY),
    "departments.delegation": (KEEPERS, ADMINISTRATOR, ADMINISTRATOR, NOBODY),
    "departments.neighbourhood": (STAFF, ADMINISTRATOR, ADMINISTRATOR, NOBODY),
    "departments.calendarday": (KEEPERS, ADMINISTRATOR, ADMINISTRATOR, ADMINISTRATOR),
    "departments.legaltext": (KEEPERS, ADMINISTRATOR, NOBODY, NOBODY),
    "notifications.consent": (MANAGER, NOBODY, NOBODY, NOBODY),
    "notifications.message": (STAFF, NOBODY, NOBODY, NOBODY),
    "notifications.inboundnotice": (ADMINISTRATOR, NOBODY, NOBODY, NOBODY),
    "notifications.localdelivery": (STAFF, NOBODY, NOBODY, NOBODY),
    "notifications.messagetemplate": (KEEPERS, NOBODY, NOBODY, NOBODY),
    "notifications.route": (KEEPERS, ADMINISTRATOR, ADMINISTRATOR, NOBODY),
    "notifications.topic": (MANAGER, MANAGER, MANAGER, NOBODY),
    "requests_app.contactreveal": (MANAGER, NOBODY, NOBODY, NOBODY),
    "requests_app.feedback": (RELATIONS, NOBODY, NOBODY, NOBODY),
    "requests_app.category": (STAFF, ADMINISTRATOR, ADMINISTRATOR, NOBODY),
    "requests_app.routingrule": (KEEPERS, KEEPERS, KEEPERS, NOBODY),
    "requests_app.legalperiod": (KEEPERS, ADMINISTRATOR, ADMINISTRATOR, NOBODY),
    "requests_app.standardreply": (STAFF, KEEPERS, KEEPERS, NOBODY),
    "requests_app.authority": (STAFF, ADMINISTRATOR, ADMINISTRATOR, NOBODY),
}

# Rows with pages of their own, which answer 422 where a stock page shows its form again: who may see them, and open
# the form for a new one. What can be done on them is tried in test_wrong_hands.py.
OWN_PAGES = {
    "notifications.campaign": (REVIEW, REVIEW),
    "notifications.optout": (REVIEW | {"agent"}, REVIEW | {"agent"}),
    "notifications.quotayear": (REVIEW, NOBODY),
}

SAVES = ("add", "change", "delete")
# Tables that leave as a file, for whoever may see them.
FILES = (
    "departments.department",
    "departments.neighbourhood",
    "departments.calendarday",
    "notifications.message",
    "requests_app.category",
    "requests_app.routingrule",
    "requests_app.legalperiod",
    "requests_app.standardreply",
    "requests_app.authority",
)


def _pages_of_rows() -> dict[str, frozenset[str]]:
    pages: dict[str, frozenset[str]] = {}
    own = {row: (see, add, NOBODY, NOBODY) for row, (see, add) in OWN_PAGES.items()}
    for row, (see, add, _change, delete) in (ROWS | own).items():
        app, model = row.split(".")
        for page in ("changelist", "change", "history"):
            pages[f"admin:{app}_{model}_{page}"] = see
        if row in FILES:
            pages[f"admin:{app}_{model}_export"] = see
        pages[f"admin:{app}_{model}_add"] = add
        pages[f"admin:{app}_{model}_delete"] = delete
        pages[f"admin/{app}/{model}/<path:object_id>/"] = STAFF  # leads to the page, which decides
    return pages


# Who may open what needs more than being in the world.
PAGES: dict[str, frozenset[str]] = {
    **_pages_of_rows(),
    **dict.fromkeys(PUBLIC, EVERYBODY),
    **dict.fromkeys(OWN_REQUEST, APPLICANT),
    **dict.fromkeys(ON_THE_WAY, NOBODY),
    "metrics": NOBODY,  # needs the token of METRICS_TOKEN
    # The administration's own pages
    "admin:index": STAFF,
    "admin:login": STAFF,
    "admin:password_change": STAFF,
    "admin:password_change_done": STAFF,
    "admin:jsi18n": STAFF,
    "admin:app_list": STAFF,
    "admin:autocomplete": NOBODY,  # no list of ours uses it
    "admin:view_on_site": NOBODY,  # no row has a page on the portal
    "^admin/r/": NOBODY,
    "admin/(?P<url>.*)$": NOBODY,
    "admin:departments_municipality_changelist": STAFF,  # leads to its only row, which decides
    "admin:accounts_user_invite": ADMINISTRATOR,
    "admin:accounts_user_act": ADMINISTRATOR,
    "admin:departments_calendarday_year": KEEPERS,
    "admin:notifications_revise": KEEPERS,
    "admin:notifications_preview": KEEPERS,
    "admin:notifications_route_health": KEEPERS,
    "admin:notifications_campaign_edit": REVIEW,
    "admin:notifications_campaign_receivers": REVIEW,
    "admin:notifications_campaign_figures": REVIEW,
    "admin:notifications_campaign_phone": REVIEW,
    "admin:notifications_campaign_decide": NOBODY,  # each decision has its own; this address names none
    "announcements:leave": NOBODY,  # needs the link of a message
    # Requests
    "admin:requests_app_servicerequest_changelist": RELATIONS,
    "admin:requests_app_servicerequest_change": RELATIONS,
    "admin:requests_app_servicerequest_export": TRIAGE,
    "admin:requests_app_servicerequest_entry": RELATIONS,
    "admin:requests_app_servicerequest_entered": RELATIONS,
    "admin:requests_app_servicerequest_receipt": RELATIONS,
    "admin:requests_app_triagerequest_changelist": TRIAGE,
    "admin:requests_app_triagerequest_change": TRIAGE,
    "admin:requests_app_triagerequest_export": TRIAGE,
    "admin:requests_app_reviewrequest_changelist": REVIEW,
    "admin:requests_app_reviewrequest_change": REVIEW,
    "admin:requests_app_reviewrequest_export": REVIEW,
    # The desk
    "desk:queue": DEPARTMENTS,
    "desk:export": DEPARTMENTS,
    "desk:delegate": DEPARTMENTS,
    "desk:request": ROADS,
    # The own account
    "account_logout": SIGNED_IN,
    "account_reauthenticate": SIGNED_IN,
    "account_change_password": SIGNED_IN,
    "account_unsent": SIGNED_IN,
    "mfa_index": SIGNED_IN,
    "mfa_authenticate": SIGNED_IN,
    "mfa_reauthenticate": SIGNED_IN,
    "mfa_activate_totp": SIGNED_IN,
    "mfa_generate_recovery_codes": SIGNED_IN,
    "mfa_deactivate_totp": NOBODY,  # these three need a second step that was set up
    "mfa_view_recovery_codes": NOBODY,
    "mfa_download_recovery_codes": NOBODY,
}

# Who is told that there is no such thing, instead of that it is not for them.
UNSEEN = {
    "metrics": EVERYBODY,
    "^admin/r/": EVERYBODY,
    "admin:view_on_site": EVERYBODY,
    "admin/(?P<url>.*)$": STAFF,
    "admin:accounts_user_invite": STAFF - MANAGER,
    "admin:accounts_user_act": STAFF - MANAGER,
    "admin:accounts_user_history": STAFF,
    "admin:notifications_messagetemplate_history": STAFF,
    "admin:notifications_consent_history": STAFF,
    "admin:notifications_inboundnotice_history": STAFF,
    "admin:notifications_route_history": STAFF,
    "admin:notifications_topic_history": STAFF,
    "admin:notifications_campaign_history": STAFF,
    "admin:notifications_optout_history": STAFF,
    "admin:notifications_quotayear_history": STAFF,
    "admin:notifications_campaign_decide": REVIEW,
    "announcements:leave": EVERYBODY,
    "mfa_deactivate_totp": SIGNED_IN,
    "mfa_view_recovery_codes": SIGNED_IN,
    "mfa_download_recovery_codes": SIGNED_IN,
    "desk:request": frozenset({"head_b"}),
}

# --- Tests ---------------------------------------------------------------------------------------


def expected(key: str, persona: str) -> str:
    """What the table says."""
    if persona in POST_ONLY.get(key, NOBODY):
        return SEND_ONLY
    if persona in PAGES.get(key, NOBODY):
        return OPEN
    if persona in UNSEEN.get(key, NOBODY):
        return MISSING
    if key in OWN_REQUEST | ON_THE_WAY:
        return PROVE
    outside = persona in VISITORS or (key.startswith("admin") and persona not in STAFF and key != "admin:login")
    return SIGN_IN if outside else FORBIDDEN


@pytest.fixture
def world(town: factories.Town, people: factories.People) -> World:
    """A row of everything."""
    return make_world(make_cast(town, people))


PARAMETER = re.compile(r"\(\?P<(\w+)>[^)]*\)|<(?:\w+:)?(\w+)>")


def all_routes(resolver: Any = None, before: str = "", space: str = "") -> Iterator[tuple[str, str]]:
    """Every address as its name (its route where it has none) and its route."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from all_routes(pattern, route, space + (f"{pattern.namespace}:" if pattern.namespace else ""))
        else:
            yield (f"{space}{pattern.name}" if pattern.name else route), route


def address(key: str, route: str, world: World) -> str:
    """A real address for the route, made with the rows of the world."""
    filled = PARAMETER.sub(lambda found: str(world.value(key, route, found[1] or found[2])), route)
    return "/" + filled.replace("^", "").replace("$", "")


def test_every_address_is_in_the_table() -> None:
    known, real = PAGES.keys() | POST_ONLY.keys(), {key for key, _route in all_routes()}
    assert real - known == set(), "new addresses: say in this table who may open them"
    assert known - real == set(), "addresses that are gone: take them out of this table"


@pytest.mark.parametrize("persona", PERSONAS)
def test_everybody_opens_what_is_theirs_and_nothing_else(persona: str, world: World) -> None:
    for queue in settings.WORKER_QUEUES:
        heartbeat(queue)
    client = world.cast.browser_of(persona)
    surprises = []
    for key, route in all_routes():
        path = address(key, route, world)
        found = outcome(key, client.get(path))
        if found != expected(key, persona):
            surprises.append(f"{key} ({path}): {found} instead of {expected(key, persona)}")
    assert not surprises, "\n".join(surprises)


@pytest.mark.parametrize("persona", PERSONAS)
def test_everybody_saves_only_what_is_theirs(persona: str, world: World) -> None:
    client, routes = world.cast.browser_of(persona), dict(all_routes())
    saving = set()
    for row in ROWS:
        for page in SAVES:
            key = f"admin:{row.replace('.', '_')}_{page}"
            if outcome(key, client.post(address(key, routes[key], world))) == OPEN:
                saving.add(f"{row} {page}")
    rights = ((f"{row} {page}", who) for row, parts in ROWS.items() for page, who in zip(SAVES, parts[1:], strict=True))
    assert saving == {name for name, who in rights if persona in who}


def test_an_unknown_address_is_missing_for_everybody(world: World) -> None:
    assert {persona: world.cast.browser_of(persona).get("/boyle-bir-yer-yok/").status_code for persona in PERSONAS} == (
        dict.fromkeys(PERSONAS, 404)
    )


@pytest.mark.parametrize("path", ["/", "/masa/", "/admin/", "/takip/"])
def test_the_english_addresses_have_the_same_doors(path: str, client: Client, world: World) -> None:
    english = translate_url(path, "en")
    assert english.startswith("/en/")
    assert client.get(english).status_code == client.get(path).status_code
