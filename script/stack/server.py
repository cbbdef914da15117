"""``script/server``: the whole desk on this machine, until Ctrl-C."""

import asyncio
import http.client
import os
import shlex
import socket
import sys
from pathlib import Path

from script.stack.console import Console
from script.stack.environment import ROOT, local_settings, port_of, programs_path, var_of
from script.stack.errors import StackError
from script.stack.procfile import RELEASE, read_procfile
from script.stack.services import Services
from script.stack.state import StackFolder
from script.stack.supervisor import Process, Running, Supervisor

SUMMARY = """
  Açık Masa çalışıyor / is running:   {address}/       (English: {address}/en/)
  Çalışan girişi / staff sign-in:     {address}/admin/   {address}/masa/
{demo}
  Durdurmak için Ctrl-C / press Ctrl-C to stop.   Günlükler / logs: {logs}
"""
DEMO = """\
  Deneme SMS'leri / simulated SMS:    {address}/admin/notifications/localdelivery/

{accounts}
"""


PATIENCE_SECONDS = 30


class PortTaken(StackError):
    """Another program listens on our port."""


class PreparationFailed(StackError):
    """Migrations or data could not be loaded."""


class Server:
    """One run of ``script/server``."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._var = var_of(os.environ)
        self._port = port_of(os.environ)
        self._address = f"http://127.0.0.1:{self._port}"
        self._folder = StackFolder(self._var)
        self._settings: dict[str, str] = {}

    async def run(self) -> None:
        """Start, serve until asked to stop, stop. Raises exceptions whose messages are for people."""
        self._folder.acquire()
        left = await asyncio.to_thread(self._folder.stop_leftovers)
        if left:
            self._console.say(f"Stopped what an earlier run left behind: {', '.join(left)}.")
        check_port(self._port)
        self._services = Services(os.environ, self._var, self._console)
        self._supervisor = Supervisor(self._console, on_change=self._write_down)
        try:
            await self._supervisor.run(self._start())
        finally:
            self._services.tidy()

    async def _start(self) -> None:
        self._console.say("Starting database and broker …")
        await self._services.start(self._supervisor)
        self._settings = local_settings(
            os.environ,
            self._var,
            database_url=self._services.database_url,
            redis_url=self._services.redis_url,
        )
        self._console.say("Preparing the database …")
        await self._prepare()
        self._console.say("Starting web, workers and scheduler …")
        commands = read_procfile(ROOT / "Procfile")
        self._supervisor.start(*(self._process(name, command) for name, command in commands.items() if name != RELEASE))
        await self._wait_until_ready()
        self._console.say(self._summary())

    async def _prepare(self) -> None:
        steps = ["migrate --noinput -v 0", "collectstatic", "load_reference_data"]
        if self._is_demo:
            accounts = f"demo_accounts > {shlex.quote(str(self._accounts_file))}"
            steps = ["load_demo_data --check", *steps, "load_demo_data", accounts]
        status = await self._supervisor.run_once(
            self._process("prepare", [sys.executable, "-m", "script.stack.prepare", *steps])
        )
        if status:
            raise PreparationFailed(f"Preparing the database failed (status {status}); the reason is above.")

    @property
    def _accounts_file(self) -> Path:
        return self._folder.path / "demo-accounts.txt"

    @property
    def _is_demo(self) -> bool:
        return self._settings["DEMO"].lower() in {"1", "true", "yes", "on"}

    def _process(self, name: str, command: list[str]) -> Process:
        return Process(
            name=name, command=command, environment=self._environment(), directory=ROOT, log=self._log_of(name)
        )

    def _environment(self) -> dict[str, str]:
        return {**os.environ, **self._settings, **programs_path()}

    def _log_of(self, name: str) -> Path:
        return self._var / "log" / f"{name}.log"

    @property
    def _host(self) -> str:
        """A name that the web process lets itself be called."""
        return self._settings["ALLOWED_HOSTS"].split(",")[0].strip().lstrip(".")

    def _write_down(self, children: list[Running]) -> None:
        self._folder.write(address=self._address, environment=self._settings, children=children)

    async def _wait_until_ready(self) -> None:
        loop = asyncio.get_running_loop()
        patient_until = loop.time() + PATIENCE_SECONDS
        while answer := await asyncio.to_thread(missing_parts, self._port, self._host):
            if loop.time() > patient_until:
                self._console.say(f"Not ready yet: {answer}")
                patient_until = loop.time() + PATIENCE_SECONDS
            await asyncio.sleep(0.5)

    def _summary(self) -> str:
        demo = (
            DEMO.format(address=self._address, accounts=self._accounts_file.read_text().rstrip())
            if self._is_demo
            else ""
        )
        return SUMMARY.format(address=self._address, demo=demo, logs=self._var / "log")


def check_port(port: int) -> None:
    """Raises `PortTaken` if nobody could listen on ``port``."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((os.environ.get("BIND_HOST", "127.0.0.1"), port))
        except OSError as error:
            raise PortTaken(
                f"Port {port} cannot be used ({error.strerror}). Choose another: PORT={port + 1} script/server"
            ) from None


def missing_parts(port: int, host: str) -> str:
    """What /readyz of the web process says is not there yet; empty when everything is."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz", headers={"Host": host})
        answer = connection.getresponse()
        return "" if answer.status == http.HTTPStatus.OK else answer.read(500).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as error:
        return f"the web process does not answer ({error})"
    finally:
        connection.close()
