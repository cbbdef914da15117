"""A loopback server that speaks İleti Merkezi's JSON API."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.providers.loopback import Mood, Provider, Reply, Request, refuse
from tests.providers.loopback import running as _running

KEY, HASH = "0" * 32, "1" * 40
ORDERS_A_PAGE = 10
ISTANBUL = ZoneInfo("Europe/Istanbul")


@dataclass
class Order:
    """An order the server took: every text in it counts as sent to each of its phones."""

    number: int
    content: dict[str, Any]
    at: datetime = field(default_factory=lambda: datetime.now(ISTANBUL))
    statuses: dict[str, int] = field(default_factory=dict)

    @property
    def filtered(self) -> bool:
        """Whether it does not go to citizens who refused in the register (İYS)."""
        return (self.content["iys"], self.content["iysList"]) == ("1", "BIREYSEL")

    @property
    def messages(self) -> list[tuple[str, str]]:
        """Phone and text of each message."""
        return [
            (number, message["text"])
            for message in self.content["message"]
            for number in message["receipents"]["number"]
        ]


class IletimerkeziServer(Provider):
    """``orders`` in order of arrival."""

    NOT_SIGNED_IN = refuse(401, "401", "Üyelik bilgileri hatalı")

    def __init__(self) -> None:
        self.orders: list[Order] = []
        self.forbidden: set[str] = set()
        self.invalid: set[str] = set()
        super().__init__()

    def texts_to(self, phone: str) -> list[str]:
        """What a phone would show: the texts are all there is to know a message by."""
        return [text for order in self.orders for number, text in order.messages if number == phone]

    def sends(self, request: Request, method: str) -> bool:
        """Orders are posted to an address of their own."""
        return request.path == "/v1/send-sms/json"

    def signed_in(self, request: Request) -> bool:
        """Key and hash are in every request."""
        given = json.loads(request.body)["request"]["authentication"]
        return (given.get("key"), given.get("hash")) == (KEY, HASH)

    def take(self, request: Request, mood: Mood) -> Reply:
        """An order, unless it is the same as one of the last ten minutes or one of its texts is refused."""
        content = json.loads(request.body)["request"]["order"]
        if any(order.content["message"] == content["message"] for order in self.orders):
            return self.refusal(refuse(451, "451", "Tekrar eden sipariş"))
        order = Order(104_000_000 + len(self.orders), content)
        if any(text in self.forbidden for _number, text in order.messages):
            return self.refusal(refuse(453, "453", "Sipariş boyutu aşıldı"))
        if any(number in self.invalid for number, _text in order.messages):
            return self.refusal(refuse(452, "452", "Mesaj alıcıları hatalı"))
        self.orders.append(order)
        return self._answer({"order": {"id": str(order.number)}})

    def refusal(self, mood: Mood) -> Reply:
        """A code and a sentence, the code also as the HTTP status."""
        said = {"response": {"status": {"code": str(mood.code or mood.status), "message": mood.message}}}
        return Reply(mood.status, json.dumps(said))

    def look_up(self, request: Request) -> Reply:
        """The orders of some days, or the phones of one order."""
        asked = json.loads(request.body)["request"]
        if request.path == "/v1/get-reports/json":
            return self._list(asked["filter"])
        order = next((order for order in self.orders if str(order.number) == str(asked["order"]["id"])), None)
        if order is None:
            return self.refusal(refuse(455, "455", "Sipariş bulunamadı"))
        rows = [
            {"number": int(number[-10:]), "status": order.statuses.get(number, 110)} for number, _text in order.messages
        ]
        first = (asked["order"]["page"] - 1) * asked["order"]["rowCount"]
        return self._answer({"order": {"id": order.number, "status": 113, "message": rows[first : first + 1_000]}})

    def _list(self, asked: dict[str, Any]) -> Reply:
        days = [order for order in self.orders if asked["start"] <= f"{order.at:%Y-%m-%d}" <= asked["end"]]
        first = (asked["page"] - 1) * ORDERS_A_PAGE
        rows = [
            {
                "id": order.number,
                "status": 113,
                "total": len(order.messages),
                "submitAt": f"{order.at:%Y-%m-%d %H:%M:%S}",
                "sendAt": f"{order.at:%Y-%m-%d %H:%M:%S}",
                "sender": order.content["sender"],
            }
            for order in days[first : first + ORDERS_A_PAGE]
        ]
        return self._answer({"count": len(days), "orders": rows})

    def _answer(self, content: dict[str, Any]) -> Reply:
        said = {"response": {"status": {"code": 200, "message": "İşlem başarılı"}, **content}}
        return Reply(200, json.dumps(said))


def running() -> AbstractContextManager[IletimerkeziServer]:
    """A server for the length of a test."""
    return _running(IletimerkeziServer)
