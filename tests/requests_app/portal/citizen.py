"""A citizen with a browser: fills in the steps, keeps cookies, follows nothing by itself."""

from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import translation

from notifications.models import Message
from requests_app.models import ApplicationDraft, ServiceRequest
from requests_app.services import drafts
from requests_app.views.apply_draft import COOKIE

WHAT = {"description": "Sokağın başında derin bir çukur var.", "category": "cukur", "kind": ""}
WHERE = {"place": "here", "neighbourhood": "merkez", "address": "Çiçek Sokak 5", "latitude": "", "longitude": ""}
SHOWN = {"disclosure_version": "tr-1", "announcements_version": "tr-1"}
YOU = {"identity": "named", "name": "Zeynep Deneme", "phone": "0500 000 00 01", "email": "", **SHOWN}
STEPS: dict[str, dict[str, Any]] = {"what": WHAT, "where": WHERE, "you": YOU}


class Citizen:
    """``language`` is the page's: "tr" at /, "en" at /en/."""

    def __init__(self, language: str = "tr", **client: Any) -> None:
        self.client = Client(**client)
        self.language = language

    def url(self, name: str, *args: Any) -> str:
        """The address of a page of the portal."""
        with translation.override(self.language):
            return reverse(f"portal:{name}", args=args)

    def get(self, name: str, /, *args: Any, **query: Any) -> HttpResponse:
        """Open a page."""
        return self.client.get(self.url(name, *args), query)

    def post(self, name: str, /, *args: Any, **fields: Any) -> HttpResponse:
        """Send a form."""
        return self.client.post(self.url(name, *args), fields)

    def take(self, step: str, /, **changes: Any) -> HttpResponse:
        """Fill in one step with the usual values but for ``changes`` (None: left out), and go on."""
        fields = {**STEPS.get(step, {}), **changes}
        return self.post("apply_step", step, **{name: value for name, value in fields.items() if value is not None})

    def fill(self, **changes: dict[str, Any]) -> None:
        """Fill in every step; ``changes`` by the name of the step."""
        for step in STEPS:
            response = self.take(step, **changes.get(step, {}))
            assert response.status_code == 302, response.content.decode()

    def send(self) -> HttpResponse:
        """Press the button of the last look."""
        return self.post("apply_step", "check")

    def apply(self, **changes: dict[str, Any]) -> ServiceRequest:
        """Fill in everything and send it."""
        self.fill(**changes)
        self.send()
        sent = self.draft.request
        assert sent is not None
        return sent

    @property
    def key(self) -> str:
        """The secret in the cookie."""
        return self.client.cookies[COOKIE].value

    @property
    def draft(self) -> ApplicationDraft:
        """The draft behind the cookie."""
        found = drafts.find(self.key)
        assert found is not None
        return found

    def open_link(self) -> HttpResponse:
        """Follow the tracking link of the request just sent."""
        return self.get("track_link", drafts.tracking_secret(self.key))


def last_code(purpose: str) -> str:
    """The code in the newest message for ``purpose``."""
    return str(Message.objects.filter(event=f"code_{purpose}").latest("created_at").context["code"])


def text_of(response: HttpResponse) -> str:
    """The page as text."""
    return response.content.decode()
