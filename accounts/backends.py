"""How a person is recognised at sign-in and at every request after it."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from accounts import policies


class StaffBackend(AuthenticationBackend):  # type: ignore[misc]
    """E-mail address and password; asks ``policies.can_sign_in`` each time."""

    def user_can_authenticate(self, user: Any) -> bool:
        """Also asked when a session is read, which is how a disabled account is out at its next click."""
        return policies.can_sign_in(user)
