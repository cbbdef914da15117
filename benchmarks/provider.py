"""A provider for the benchmarks of messages: ``python -m benchmarks.provider``, a process of its own.

Speaks Twilio's and Verimor's calls over plain asyncio, so that it costs little beside what is measured; each call
takes ``--latency`` milliseconds. With ``--fail`` it takes that share of the calls and never answers, so that the caller
waits in vain, answers 500 to as many and 429 to as many. What it took it counts by our id of the message, which stands
in Twilio's StatusCallback: ``/_counts`` says how many, ``/_arrivals`` when each came.
"""

import argparse
import asyncio
import json
import random
import time
from bisect import bisect_right
from collections import Counter
from urllib.parse import parse_qs, urlsplit

OK = "200 OK"


class Book:
    """What was taken."""

    def __init__(self, latency: float, fail: float) -> None:
        self.latency = latency
        self.fail = fail
        self.taken: Counter[str] = Counter()
        self.texts: dict[str, tuple[str, str]] = {}
        self.campaigns: dict[tuple[str, str], str] = {}
        self.arrivals: list[tuple[float, str]] = []
        self.calls = 0
        self.twice = 0

    def take(self, our_id: str, phone: str, text: str) -> str:
        """Count one message; its number at this provider."""
        self.arrivals.append((time.time(), phone))
        self.taken[our_id] += 1
        self.twice += self.taken[our_id] == 2
        sid = f"SM{random.getrandbits(128):032x}"
        self.texts[phone] = (sid, text)
        return sid

    def counts(self) -> dict[str, float]:
        """How many messages came, how many of them more than once, and when."""
        first, last = (self.arrivals[0][0], self.arrivals[-1][0]) if self.arrivals else (0.0, 0.0)
        return {
            "messages": len(self.taken), "twice": self.twice, "calls": self.calls, "first": first, "last": last,
        }  # fmt: skip

    def arrived(self, after: float, phone: str) -> list[tuple[float, str]]:
        """When something came after ``after`` for phones that begin with ``phone``, in order."""
        later = self.arrivals[bisect_right(self.arrivals, (after, "~")) :]
        return [(at, to) for at, to in later if to.startswith(phone)]


class Server(asyncio.Protocol):
    """One connection; requests on it come one after the other."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to write."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer when the request is whole."""
        self._buffer += data
        head, separator, body = self._buffer.partition(b"\r\n\r\n")
        if not separator or len(body) < _length(head):
            return
        self._buffer = b""
        method, path, _version = head.split(b"\r\n", 1)[0].decode().split(" ", 2)
        status, answer = self._answer(method, path, body)
        asyncio.get_running_loop().call_later(self._book.latency, self._write, status, answer)

    def _answer(self, method: str, path: str, body: bytes) -> tuple[str, object]:
        if path == "/_counts":
            return OK, self._book.counts()
        if path.startswith("/_arrivals"):
            query = parse_qs(path.partition("?")[2])
            return OK, self._book.arrived(float(query["after"][0]), query.get("phone", [""])[0])
        self._book.calls += 1
        if path.startswith("/v2/status"):
            return self._verimor_status(path)
        if method == "GET":
            return OK, self._listed(path)
        return self._verimor(body) if path == "/v2/send.json" else self._twilio(body)

    def _twilio(self, body: bytes) -> tuple[str, object]:
        refused, silent = self._fate()
        if refused:
            return refused
        form = parse_qs(body.decode())
        our_id = urlsplit(form["StatusCallback"][0]).path.rstrip("/").rpartition("/")[2]
        sid = self._book.take(our_id, form["To"][0], form["Body"][0])
        return ("", None) if silent else ("201 Created", {"sid": sid, "status": "queued"})

    def _verimor(self, body: bytes) -> tuple[str, object]:
        refused, silent = self._fate()
        if refused:
            return refused
        campaign = json.loads(body)
        for message in campaign["messages"]:
            self._book.take(message["id"], f"+{message['dest']}", message["msg"])
            self._book.campaigns[campaign["custom_id"], message["dest"]] = message["id"]
        return ("", None) if silent else (OK, self._book.calls)

    def _verimor_status(self, path: str) -> tuple[str, object]:
        query = parse_qs(path.partition("?")[2])
        reference = query["custom_id"][0]
        ids = {dest: self._book.campaigns.get((reference, dest)) for dest in query["dest"][0].split(",")}
        rows = [
            {"message_id": dest, "message_custom_id": id_, "dest": dest, "status": "SENDING", "gsm_error": "0"}
            for dest, id_ in ids.items()
            if id_
        ]
        return (OK, rows) if rows else ("404 Not Found", "")

    def _fate(self) -> tuple[tuple[str, object] | None, bool]:
        """A refusal, or none; and whether the call is taken without a word."""
        chance = random.random()  # noqa: S311  (no secret)
        if chance < self._book.fail:
            return ("429 Too Many Requests", {"code": 20429, "message": "busy"}), False
        if chance < 2 * self._book.fail:
            return ("500 Internal Server Error", {"code": 20500, "message": "error"}), False
        return None, chance < 3 * self._book.fail

    def _listed(self, path: str) -> object:
        phone = parse_qs(path.partition("?")[2])["To"][0]
        sid, text = self._book.texts.get(phone, ("", ""))
        created = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(time.time() + 1))
        row = {"sid": sid, "body": text, "status": "sent", "error_code": None, "date_created": created}
        return {"messages": [row] if sid else []}

    def _write(self, status: str, answer: object) -> None:
        if not status:
            return  # taken, and no word of it: the caller waits until it gives up
        content = json.dumps(answer).encode()
        head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        self._transport.write(head.encode() + content)  # type: ignore[attr-defined]


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line[:15].lower() == b"content-length:":
            return int(line[15:])
    return 0


async def main() -> None:
    """Serve until ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--latency", type=float, default=50, help="milliseconds a call (default 50)")
    parser.add_argument("--fail", type=float, default=0, help="share of each kind of failure (default 0)")
    arguments = parser.parse_args()
    book = Book(arguments.latency / 1000, arguments.fail)
    server = await asyncio.get_running_loop().create_server(
        lambda: Server(book), "127.0.0.1", arguments.port, backlog=1024
    )
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
