"""The local PostgreSQL: made, started, asked whether it answers, and found again after a crash."""

import contextlib
import os
import signal
import subprocess
from pathlib import Path
from urllib.parse import quote

from script.stack.account import make_private, run_as
from script.stack.errors import StackError
from script.stack.leftovers import is_running
from script.stack.programs import Home
from script.stack.supervisor import Process

ROLE = "postgres"
DATABASE = "acik_masa"
ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath}

# A laptop's share of memory; everything else is PostgreSQL's default.
SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "128MB",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    # Refused rows and statements hold what citizens wrote.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}
THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class PostgresFailed(StackError):
    """The database cannot be made or used."""


class Postgres:
    """A PostgreSQL cluster in ``home`` that listens on a socket in ``sockets`` only."""

    name = "postgres"

    def __init__(self, home: Home, sockets: Path, log: Path, *, throw_away: bool = False) -> None:
        self._home = home
        self._sockets = sockets
        self._log = log
        self._settings = SETTINGS | (THROW_AWAY if throw_away else {})
        self.data = home.data / "postgres"

    @property
    def url(self) -> str:
        """Address for DATABASE_URL."""
        return f"postgres://{ROLE}@/{DATABASE}?host={quote(str(self._sockets), safe='/')}"

    def prepare(self) -> None:
        """Make the cluster if there is none. Raises `PostgresFailed`."""
        if not self.data.exists():
            self._make()
        self._check_version()

    def process(self) -> Process:
        """How to run the server."""
        settings = [part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")]
        return Process(
            name=self.name,
            command=[self._home.postgres("postgres"), "-D", str(self.data), "-k", str(self._sockets), *settings],
            environment=ENVIRONMENT,
            log=self._log,
            account=self._home.account,
            stop_signal=signal.SIGINT,  # fast shutdown: does not wait for clients to leave
            stop_seconds=20,
            quiet=True,
            before_start=self._forget_dead_server,
        )

    def is_ready(self) -> bool:
        """Whether a connection is accepted."""
        return self._run("pg_isready", "--quiet", "--timeout=2").returncode == 0

    def create_database(self) -> None:
        """Create the project's database if it is not there. Raises `PostgresFailed`."""
        question = "SELECT datname FROM pg_database"
        if DATABASE not in self._client("psql", "--no-psqlrc", "-tA", "-d", "postgres", "-c", question).splitlines():
            self._client("createdb", DATABASE)

    def _make(self) -> None:
        """Into a folder beside the final one, so that an interrupted run leaves nothing half-made in its place."""
        unfinished = self.data.with_name("postgres.unfinished")
        make_private(unfinished, self._home.account)
        options = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
        result = run_as(
            self._home.account,
            [self._home.postgres("initdb"), *options, "--builtin-locale=C.UTF-8", "-U", ROLE, "-D", str(unfinished)],
            ENVIRONMENT,
        )
        if result.returncode:
            raise PostgresFailed(f"initdb could not make the database in {self.data}:\n{result.stdout}")
        unfinished.rename(self.data)

    def _check_version(self) -> None:
        try:
            made_by = (self.data / "PG_VERSION").read_text().strip()
        except PermissionError:
            owner = self.data.owner()
            raise PostgresFailed(f"{self.data} belongs to user {owner}: start as the user you used before.") from None
        except FileNotFoundError:
            raise PostgresFailed(f"{self.data} is not a PostgreSQL data folder; move it away.") from None
        version = subprocess.run([self._home.postgres("postgres"), "--version"], capture_output=True, text=True)
        ours = version.stdout.split()[-1].split(".")[0]
        if made_by != ours:
            raise PostgresFailed(
                f"{self.data} was made by PostgreSQL {made_by}, this is {ours}: "
                "make a backup with the old version, move the folder away, start, and restore."
            )

    def _forget_dead_server(self) -> None:
        """Remove the lock files of a server that is gone.

        PostgreSQL takes them for a live server when their pid has been given to another program, or is a
        zombie that no init process collects. Its shared memory still guards against a second server.
        """
        for lock_file in (self.data / "postmaster.pid", self._sockets / ".s.PGSQL.5432.lock"):
            with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
                pid = int(lock_file.read_text().splitlines()[0])
                if not is_running(pid, mentioning=str(self.data)):
                    lock_file.unlink()

    def _client(self, program: str, *arguments: str) -> str:
        result = self._run(program, *arguments)
        if result.returncode:
            raise PostgresFailed(f"{program} failed: {result.stdout.strip()}")
        return result.stdout

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self._home.postgres(program), "-h", str(self._sockets), "-U", ROLE, *arguments],
            env=ENVIRONMENT,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
