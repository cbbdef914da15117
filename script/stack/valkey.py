"""The local Valkey: broker and cache on a loopback port, behind a password, kept on disk."""

import socket
from pathlib import Path

from script.stack.account import hand_over
from script.stack.programs import Home
from script.stack.supervisor import Process

CONFIGURATION = """\
# Written at each start.
bind 127.0.0.1
port {port}
requirepass {password}
dir {folder}
daemonize no
save ""
appendonly {appendonly}
appendfsync everysec
maxmemory-policy noeviction
"""


class Valkey:
    """A Valkey server in ``home``.

    A port and a password rather than a socket: the libraries that read REDIS_URL agree on no way to write a
    socket's path, and every user of the machine can reach a port.
    """

    name = "valkey"

    def __init__(self, home: Home, log: Path, *, port: int, password: str, throw_away: bool = False) -> None:
        self._home = home
        self._log = log
        self._port = port
        self._password = password
        self._throw_away = throw_away
        self.data = home.data / "valkey"

    @property
    def url(self) -> str:
        """Address for REDIS_URL."""
        return f"redis://:{self._password}@127.0.0.1:{self._port}/0"

    @property
    def _configuration(self) -> Path:
        return self.data / "valkey.conf"

    def prepare(self) -> None:
        """Make the data folder and write the configuration, which holds the password, for its own user only."""
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        hand_over(self.data, self._home.account)
        self._configuration.unlink(missing_ok=True)
        self._configuration.touch(mode=0o600)
        hand_over(self._configuration, self._home.account)
        self._configuration.write_text(
            CONFIGURATION.format(
                port=self._port,
                password=self._password,
                folder=_quoted(self.data),
                appendonly="no" if self._throw_away else "yes",
            )
        )

    def process(self) -> Process:
        """How to run the server."""
        return Process(
            name=self.name,
            command=[self._home.valkey_server, str(self._configuration)],
            environment={"LC_ALL": "C", "TZ": "UTC"},
            log=self._log,
            account=self._home.account,
            quiet=True,
        )

    def is_ready(self) -> bool:
        """Whether the server lets us in and answers (not while it still reads its file)."""
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=2) as connection:
                connection.sendall(f"AUTH {self._password}\r\nPING\r\n".encode())
                return _read_lines(connection, 2) == [b"+OK", b"+PONG"]
        except OSError:
            return False


def _quoted(path: Path) -> str:
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _read_lines(connection: socket.socket, count: int) -> list[bytes]:
    with connection.makefile("rb") as answers:
        return [answers.readline().rstrip() for _ in range(count)]


def free_port(preferred: int | None = None) -> int:
    """A loopback port that nobody listens on now: ``preferred`` if it can be had."""
    for port in (preferred or 0, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("This machine has no free loopback port.")
