"""A loopback server that speaks Verimor's SMS API."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from tests.providers.loopback import Mood, Provider, Reply, Request, refuse
from tests.providers.loopback import running as _running

USERNAME, PASSWORD = "908500000000", "loopback-password"
BUSY = refuse(429, message="Too Many Requests", retry_after=60)


@dataclass
class Taken:
    """A message the server took: it counts as sent. ``filtered``: but not to whom refused in the register (İYS)."""

    id: str
    to: str
    text: str
    campaign: int
    custom_id: str
    number: int
    filtered: bool
    status: str = "WAITING"

    def as_json(self) -> dict[str, Any]:
        """A row of the status answer."""
        return {
            "campaign_id": self.campaign,
            "campaign_custom_id": self.custom_id,
            "message_id": str(self.number),
            "message_custom_id": self.id,
            "dest": self.to,
            "size": 1,
            "international_multiplier": 1,
            "credits": 1,
            "status": self.status,
            "gsm_error": "0",
            "sent_at": None,
            "done_at": None,
        }


class VerimorServer(Provider):
    """``taken`` in order of arrival; ``campaigns`` as they were posted, without their messages."""

    NOT_SIGNED_IN = refuse(401, message="Geçersiz kullanıcı adı/şifre")

    def __init__(self) -> None:
        self.taken: list[Taken] = []
        self.campaigns: list[dict[str, str]] = []
        self.forbidden: set[str] = set()
        self.invalid: set[str] = set()
        super().__init__()

    def taken_as(self, id_: str) -> list[Taken]:
        """What was taken under one of our ids: one, if all is well."""
        return [message for message in self.taken if message.id == id_]

    def sends(self, request: Request, method: str) -> bool:
        """Campaigns are posted."""
        return request.path == "/v2/send.json"

    def signed_in(self, request: Request) -> bool:
        """Credentials are in the body, or in the address of a question."""
        given = json.loads(request.body) if request.body else request.query
        return (given.get("username"), given.get("password")) == (USERNAME, PASSWORD)

    def take(self, request: Request, mood: Mood) -> Reply:
        """All messages of a campaign, or none where one is forbidden or for a phone that cannot be."""
        campaign = json.loads(request.body)
        if any(message["msg"] in self.forbidden for message in campaign["messages"]):
            return Reply(400, "FORBIDDEN_MESSAGE", "text/plain")
        if any(message["dest"] in self.invalid for message in campaign["messages"]):
            return Reply(400, "INVALID_DESTINATION_ADDRESS", "text/plain")
        filtered = campaign.get("is_commercial", False)
        if filtered and campaign.get("iys_recipient_type") not in ("BIREYSEL", "TACIR"):
            return Reply(400, "INVALID_IYS_RECIPIENT_TYPE", "text/plain")
        number = 20_000 + len(self.campaigns)
        for message in campaign.pop("messages"):
            taken = Taken(message["id"], message["dest"], message["msg"], number, campaign["custom_id"], 0, filtered)
            taken.number = 13_000_000 + len(self.taken)
            self.taken.append(taken)
        self.campaigns.append(campaign)
        return Reply(200, str(number), "text/plain")

    def refusal(self, mood: Mood) -> Reply:
        """A code or a sentence, as plain text."""
        return Reply(mood.status, str(mood.code or mood.message), "text/plain")

    def look_up(self, request: Request) -> Reply:
        """The campaign's messages, 100 at most."""
        phones = request.query["dest"].split(",") if "dest" in request.query else None
        campaign = [message for message in self.taken if message.custom_id == request.query.get("custom_id")]
        if not campaign:
            return Reply(404, "Bu idye sahip kampanya bulunamadı", "text/plain")
        found = [message.as_json() for message in campaign if phones is None or message.to in phones]
        return Reply(200, json.dumps(found[:100]))


def running() -> AbstractContextManager[VerimorServer]:
    """A server for the length of a test."""
    return _running(VerimorServer)
