"""A closed loop of HTTP clients: each sends its next request when it has the answer to the last one.

Plain sockets and, unless asked otherwise, a new connection for each request, like the measurements this is compared
with; a heavier client would take the processor time of what it measures.
"""

import selectors
import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice


@dataclass(frozen=True, slots=True)
class Result:
    """What a run of ``seconds`` saw. Latencies are milliseconds, sorted."""

    seconds: float
    latencies: list[float]
    failures: int

    @property
    def per_second(self) -> float:
        """Successful answers a second."""
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        """The latency that ``share`` (0 to 1) of the answers did not exceed, in milliseconds."""
        return self.latencies[min(int(share * len(self.latencies)), len(self.latencies) - 1)]

    def summary(self) -> dict[str, float]:
        """Rounded figures for the report."""
        return {
            "per_second": round(self.per_second, 1),
            "p50_ms": round(self.percentile(0.50), 2),
            "p95_ms": round(self.percentile(0.95), 2),
            "p99_ms": round(self.percentile(0.99), 2),
            "answers": len(self.latencies),
            "failures": self.failures,
        }


def post(path: str, body: str, *, port: int, headers: dict[str, str]) -> bytes:
    """One HTTP/1.1 POST of a form as bytes on the wire. A header of ``headers`` stands for the usual one."""
    lines = {
        "Host": f"127.0.0.1:{port}",
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": str(len(body)),
        "Connection": "close",
        **headers,
    }
    head = "\r\n".join(f"{name}: {value}" for name, value in lines.items())
    return f"POST {path} HTTP/1.1\r\n{head}\r\n\r\n{body}".encode()


def get(path: str, *, port: int, headers: dict[str, str]) -> bytes:
    """One HTTP/1.1 GET as bytes on the wire."""
    lines = {"Host": f"127.0.0.1:{port}", "Connection": "close", **headers}
    head = "\r\n".join(f"{name}: {value}" for name, value in lines.items())
    return f"GET {path} HTTP/1.1\r\n{head}\r\n\r\n".encode()


def run(
    requests: Iterable[bytes], *, port: int, clients: int, good: Callable[[bytes], bool], keep: bool = False
) -> Result:
    """Send every request once with ``clients`` at a time; ``good`` judges the beginning of an answer.

    With ``keep`` each client keeps its connection, as a reverse proxy does; answers must then be short.
    """
    waiting = iter(requests)
    latencies: list[float] = []
    failures = 0
    began = time.perf_counter()
    with selectors.DefaultSelector() as selector:
        for request in islice(waiting, clients):
            _send(request, None, port, selector)
        while selector.get_map():
            for key, _events in selector.select():
                connection, answer, seconds = _receive(key, selector)
                if good(answer):
                    latencies.append(seconds * 1000)
                else:
                    failures += 1
                request = next(waiting, None)
                kept = connection if keep and b"Connection: close" not in answer else None
                if kept is None or request is None:
                    connection.close()
                if request is not None:
                    _send(request, kept, port, selector)
    return Result(time.perf_counter() - began, sorted(latencies), failures)


def _send(request: bytes, kept: socket.socket | None, port: int, selector: selectors.BaseSelector) -> None:
    sent_at = time.perf_counter()
    connection = kept or socket.create_connection(("127.0.0.1", port))
    connection.sendall(request)
    selector.register(connection, selectors.EVENT_READ, sent_at)


def _receive(key: selectors.SelectorKey, selector: selectors.BaseSelector) -> tuple[socket.socket, bytes, float]:
    """The connection, the beginning of the answer, and the seconds it took."""
    connection = key.fileobj
    assert isinstance(connection, socket.socket)
    selector.unregister(connection)
    answer = connection.recv(4096)
    while b"chunked" in answer and not answer.endswith(b"0\r\n\r\n"):
        answer += connection.recv(4096)
    return connection, answer, time.perf_counter() - key.data
