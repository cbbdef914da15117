"""System checks of accounts."""

from accounts import checks
from accounts.models import User


def ids(found: list) -> list[str]:
    return [message.id for message in found]


def test_the_projects_own_settings_pass() -> None:
    assert checks.one_way_in(None) == []


def test_a_second_way_in_is_noticed(settings) -> None:
    settings.AUTHENTICATION_BACKENDS = [checks.BACKEND, "django.contrib.auth.backends.ModelBackend"]
    assert ids(checks.one_way_in(None)) == ["accounts.E001"]


def test_a_deployment_without_second_step_is_noticed(settings) -> None:
    settings.STAFF_MFA_REQUIRED = False
    assert ids(checks.second_factor_in_deployment(None)) == ["accounts.W001"]
    settings.STAFF_MFA_REQUIRED = True
    assert checks.second_factor_in_deployment(None) == []


def test_demonstration_accounts_in_a_real_installation_are_noticed(db: None, settings) -> None:
    assert checks.no_demo_accounts(None, databases=["default"]) == []
    User.objects.create_user("masa@ornek.example", full_name="Tanıtım Hesabı")
    assert ids(checks.no_demo_accounts(None, databases=["default"])) == ["accounts.W002"]
    settings.DEMO = True
    assert checks.no_demo_accounts(None, databases=["default"]) == []


def test_without_a_database_nothing_is_asked() -> None:
    assert checks.no_demo_accounts(None) == []
