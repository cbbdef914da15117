"""What script/server decides before and after it starts anything."""

import http.server
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from script.stack.errors import StackError
from script.stack.server import PortTaken, check_port, missing_parts
from script.stack.state import StackFolder


class Readiness(http.server.BaseHTTPRequestHandler):
    """Answers /readyz like the desk; ready only for whoever calls it by its name."""

    def do_GET(self) -> None:
        ready = self.headers["Host"] == "basvuru.ornek.example"
        self.send_response(200 if ready else 503)
        self.end_headers()
        self.wfile.write(b'{"worker": false}')

    def log_message(self, *arguments: object) -> None:
        """Silent."""


@pytest.fixture
def desk_port() -> Iterator[int]:
    with http.server.HTTPServer(("127.0.0.1", 0), Readiness) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def test_a_taken_port_is_named_with_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        with pytest.raises(PortTaken, match=rf"Port {port} cannot be used .* PORT={port + 1} script/server"):
            check_port(port)


def test_a_free_port_is_no_trouble() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

    check_port(port)


def test_readiness_is_asked_by_an_allowed_name(desk_port: int) -> None:
    assert missing_parts(desk_port, "basvuru.ornek.example") == ""
    assert missing_parts(desk_port, "127.0.0.1") == '{"worker": false}'


def test_a_web_process_that_does_not_listen_yet_is_not_ready() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

    assert "does not answer" in missing_parts(port, "127.0.0.1")


def test_a_data_folder_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StackError, match=r"file/var cannot be written to \(Not a directory\)"):
        StackFolder(tmp_path / "file" / "var").acquire()
