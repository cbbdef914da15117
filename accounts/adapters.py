"""What the sign-in library (allauth) asks the project."""

import logging
import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import get_random_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from accounts import policies
from accounts.models import User
from common.secrets import cipher

log = logging.getLogger(__name__)

_PURPOSE = "second factor"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """No sign-up, sign-in by e-mail, then to the pages where the person works."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("The e-mail address or the password is wrong."),
        "too_many_login_attempts": _("Too many wrong attempts. Wait five minutes and try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: colleagues open accounts."""
        return False

    def get_login_stages(self) -> list[str]:
        """After the password only the second factor."""
        return ["allauth.mfa.stages.AuthenticateStage"]

    def pre_login(self, request: HttpRequest, user: User, **facts: Any) -> Any:
        """Right password, but the account may not sign in: say so. The library itself only looks at ``is_active``."""
        if not policies.can_sign_in(user):
            log.warning("sign_in.refused", extra={"user_id": user.pk})
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **facts)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Leave a trace of guessing, without the address that was tried."""
        log.warning("sign_in.failed")

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Public-relations staff to the administration, departments to their desk, in the person's language."""
        user = request.user
        with translation.override(getattr(user, "language", None)):
            return reverse("admin:index") if user.is_staff else resolve_url(settings.LOGIN_REDIRECT_URL)

    def is_safe_url(self, url: str) -> bool:
        """Only this very site: the library would follow any address in ALLOWED_HOSTS."""
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={self.request.get_host()}, require_https=self.request.is_secure()
        )

    def is_reauthentication_required(self, *, app: str, **facts: Any) -> bool:
        """Whoever has just signed in is not asked for the password again to set up the second factor."""
        return not self._signed_in_just_now() and super().is_reauthentication_required(app=app, **facts)

    def _signed_in_just_now(self) -> bool:
        records = get_authentication_records(self.request, self.request.user)
        return bool(records) and time.time() - records[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT

    def get_reset_password_from_key_url(self, key: str) -> str:
        """On the public address, whatever Host header the request came with."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return f"{settings.PUBLIC_BASE_URL}{path.replace('UID-KEY', key)}"

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """Only to accounts that may sign in; the page says the same either way."""
        if policies.can_sign_in(user):
            with translation.override(user.language):
                super().send_password_reset_mail(user, email, context)

    def set_password(self, user: User, password: str) -> None:
        """Write the password and nothing else, so that a change made meanwhile is not undone."""
        user.set_password(password)
        user.save(update_fields=["password"])


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors: kept encrypted, and not switched off where they are required."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("The code is wrong. Type the six digits that your app shows now."),
    }

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The app stays where a second factor is required; a colleague resets it when the phone is lost."""
        return not settings.STAFF_MFA_REQUIRED or authenticator.type == Authenticator.Type.RECOVERY_CODES

    def encrypt(self, text: str) -> str:
        """Under SECRET_KEY, so that a copy of the database alone opens no account."""
        return cipher(_PURPOSE).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret, or one that matches nothing where it was encrypted under a key that is gone."""
        try:
            return cipher(_PURPOSE).decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            log.exception("second_factor.unreadable")
            return get_random_string(32, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
