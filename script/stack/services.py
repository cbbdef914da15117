"""The database and the broker of one stack: ours, or those that DATABASE_URL and REDIS_URL name."""

import asyncio
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path

from script.stack.account import service_account
from script.stack.console import Console
from script.stack.environment import ROOT
from script.stack.errors import StackError
from script.stack.postgres import Postgres
from script.stack.programs import Home, find_home
from script.stack.sockets import forget_socket_folder, socket_folder
from script.stack.supervisor import Supervisor
from script.stack.valkey import Valkey, free_port

READY_WITHIN_SECONDS = 120


class NotReady(StackError):
    """A service did not answer in time."""


class Services:
    """Starts what the environment does not already name, and knows the addresses."""

    def __init__(self, given: Mapping[str, str], var: Path, console: Console, *, throw_away: bool = False) -> None:
        self.database_url = given.get("DATABASE_URL", "")
        self.redis_url = given.get("REDIS_URL", "")
        self._var = var
        self._console = console
        self._throw_away = throw_away
        self._own: list[Postgres | Valkey] = []

    async def start(self, supervisor: Supervisor) -> None:
        """Start our own services, if any, and wait until they let us in. Raises `NotReady` and the services' errors."""
        if not (self.database_url and self.redis_url):
            await asyncio.to_thread(self._prepare)
        for service in self._own:
            supervisor.start(service.process())
        for service in self._own:
            await self._wait_for(service)
            if isinstance(service, Postgres):
                await asyncio.to_thread(service.create_database)

    def _prepare(self) -> None:
        home = find_home(self._var, service_account(self._var / "postgres", self._var / "valkey", ROOT))
        if home.data != self._var:
            self._console.say(
                f"User '{home.account.name if home.account else ''}' cannot enter {self._var}, "
                f"so the database lives in {home.data}."
            )
        if not self.database_url:
            self._own.append(self._postgres(home))
        if not self.redis_url:
            self._own.append(self._valkey(home))
        if self._throw_away:
            self.discard()
        for service in self._own:
            service.prepare()

    def discard(self) -> None:
        """Delete the data of our own services; they must not run."""
        for service in self._own:
            shutil.rmtree(service.data, ignore_errors=True)

    def tidy(self) -> None:
        """Remove what only running services need; they must have stopped."""
        forget_socket_folder(self._socket_record)

    def _postgres(self, home: Home) -> Postgres:
        sockets = socket_folder(self._socket_record, home.account)
        postgres = Postgres(home, sockets, self._log("postgres"), throw_away=self._throw_away)
        self.database_url = postgres.url
        return postgres

    def _valkey(self, home: Home) -> Valkey:
        log = self._log("valkey")
        password = secrets.token_urlsafe(24)
        valkey = Valkey(home, log, port=free_port(), password=password, throw_away=self._throw_away)
        self.redis_url = valkey.url
        return valkey

    @property
    def _socket_record(self) -> Path:
        return self._var / "run" / "sockets"

    def _log(self, name: str) -> Path:
        return self._var / "log" / f"{name}.log"

    async def _wait_for(self, service: Postgres | Valkey) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + READY_WITHIN_SECONDS
        while not await asyncio.to_thread(service.is_ready):
            if loop.time() > deadline:
                raise NotReady(f"{service.name} did not answer within {READY_WITHIN_SECONDS} s; see its log.")
            await asyncio.sleep(0.05)
