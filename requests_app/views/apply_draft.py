"""The visitor's draft: found by the secret in a cookie, and the cookie itself."""

from dataclasses import dataclass
from typing import Final, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from requests_app.models import ApplicationDraft
from requests_app.services import drafts

COOKIE: Final = "basvuru"

Page = TypeVar("Page", bound=HttpResponseBase)


@dataclass(slots=True)
class Held:
    """A draft and the key that opens it."""

    key: str
    draft: ApplicationDraft

    @property
    def is_sent(self) -> bool:
        """Whether it has become a request."""
        return self.draft.request_id is not None


def held_by(request: HttpRequest) -> Held | None:
    """The draft of this visitor; None without one, or where a week has passed."""
    key = request.COOKIES.get(COOKIE, "")
    draft = drafts.find(key)
    return Held(key, draft) if draft else None


def begun() -> Held:
    """A new draft."""
    return Held(*drafts.start())


def keep(response: Page, held: Held) -> Page:
    """Let the browser keep the key for as long as the draft is kept."""
    response.set_cookie(
        COOKIE,
        held.key,
        max_age=int(drafts.KEPT_FOR.total_seconds()),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def let_go(response: Page) -> Page:
    """Let the browser forget the key."""
    response.delete_cookie(COOKIE, samesite="Lax")
    return response
