"""A loopback server that speaks NetGSM's REST API, version 2."""

from __future__ import annotations

import base64
import json
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.providers.loopback import Mood, Provider, Reply, Request, refuse
from tests.providers.loopback import running as _running

USERNAME, PASSWORD = "8500000000", "loopback-password"
_AUTHORIZATION = "Basic " + base64.b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()
_TIME = "%d.%m.%Y %H:%M:%S"
ISTANBUL = ZoneInfo("Europe/Istanbul")


def code(number: str) -> Mood:
    """A refusal in NetGSM's way: HTTP 406 and a number."""
    return refuse(406, number)


@dataclass
class Taken:
    """A message the server took: it counts as sent. ``filtered``: but not to whom refused in the register (İYS)."""

    to: str
    text: str
    job: str
    reference: str | None
    filtered: bool = False
    status: int = 0
    at: datetime = field(default_factory=lambda: datetime.now(ISTANBUL))

    def as_json(self) -> dict[str, Any]:
        """A row of the report."""
        return {
            "jobid": self.job,
            "number": f"90{self.to}",
            "status": self.status,
            "operator": 30,
            "msglen": 1,
            "deliveredDate": None,
            "errorCode": 0,
            "referansID": self.reference,
        }


class NetgsmServer(Provider):
    """``taken`` in order of arrival; ``jobs`` as they were posted, without their messages."""

    NOT_SIGNED_IN = code("30")

    def __init__(self) -> None:
        self.taken: list[Taken] = []
        self.jobs: list[dict[str, Any]] = []
        self.forbidden: set[str] = set()
        self.invalid: set[str] = set()
        super().__init__()

    def taken_as(self, reference: str, phone: str) -> list[Taken]:
        """What was taken for a phone in a call of ours: one, if all is well."""
        return [message for message in self.taken if (message.reference, message.to) == (reference, phone)]

    def sends(self, request: Request, method: str) -> bool:
        """Jobs are posted to an address of their own."""
        return request.path == "/sms/rest/v2/send"

    def signed_in(self, request: Request) -> bool:
        """Basic authentication."""
        return request.authorization == _AUTHORIZATION

    def take(self, request: Request, mood: Mood) -> Reply:
        """All messages of a job, or none where one is refused."""
        job = json.loads(request.body)
        if any(message["msg"] in self.forbidden for message in job["messages"]):
            return self.refusal(code("20"))
        if any(message["no"] in self.invalid for message in job["messages"]):
            return self.refusal(code("70"))
        number = f"1737721534260505041714{len(self.jobs):04}"
        filtered = {"0": False, "11": True}[job["iysfilter"]]
        self.taken += [
            Taken(message["no"], message["msg"], number, job.get("referansID"), filtered)
            for message in job.pop("messages")
        ]
        self.jobs.append(job)
        return Reply(200, json.dumps({"code": "00", "jobid": number, "description": "queued"}))

    def refusal(self, mood: Mood) -> Reply:
        """A number and a sentence."""
        said = {"code": mood.code, "jobid": None, "description": "error message desc."}
        return Reply(mood.status, json.dumps(said))

    def look_up(self, request: Request) -> Reply:
        """The report of a span of time, by pages."""
        asked = json.loads(request.body)
        since, until = (
            datetime.strptime(asked[name], _TIME).replace(tzinfo=ISTANBUL) for name in ("startdate", "stopdate")
        )
        first = asked["pagenumber"] * asked["pagesize"]
        found = [message.as_json() for message in self.taken if since <= message.at <= until]
        page = found[first : first + asked["pagesize"]]
        return Reply(200, json.dumps({"code": "00", "jobs": page} if page else {"code": "60"}))


def running() -> AbstractContextManager[NetgsmServer]:
    """A server for the length of a test."""
    return _running(NetgsmServer)
