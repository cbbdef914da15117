"""``script/bench``: one program of benchmarks/ on a fresh database that writes to the disk as a real one does."""

import asyncio
import os
import shutil
import sys
from collections.abc import Sequence

from script.stack.checks import STATIC_FILES, run_checks
from script.stack.console import Console
from script.stack.environment import ROOT, local_settings, programs_path, var_of
from script.stack.services import Services
from script.stack.state import StackFolder
from script.stack.supervisor import Supervisor, leashed


class BenchRun:
    """One run of ``script/bench NAME [ARGUMENT…]``. The program's own output is the result."""

    def __init__(self, console: Console, name: str, arguments: Sequence[str]) -> None:
        self._console = console
        self._command = [sys.executable, "-m", f"benchmarks.{name}", *arguments]
        self._var = var_of(os.environ) / "bench"
        self.status = 1

    async def run(self) -> int:
        """Start services, run the program, stop and throw everything away. Returns the program's exit status."""
        folder = StackFolder(self._var)
        folder.acquire()
        await asyncio.to_thread(folder.stop_leftovers)
        self._services = Services(os.environ, self._var, self._console)
        self._supervisor = Supervisor(self._console)
        try:
            await self._supervisor.run(self._work())
        finally:
            self._services.discard()
            self._services.tidy()
            shutil.rmtree(self._var / "private", ignore_errors=True)
        return self.status

    async def _work(self) -> None:
        await self._services.start(self._supervisor)
        settings = local_settings(
            os.environ, self._var, database_url=self._services.database_url, redis_url=self._services.redis_url
        )
        # As in production: one JSON line a request, which costs time too.
        environment = {**os.environ, **settings, **programs_path(), "LOG_FORMAT": "json"}
        await run_checks([STATIC_FILES], environment, self._console)
        process = await asyncio.create_subprocess_exec(*leashed(self._command), cwd=ROOT, env=environment)
        self.status = await process.wait()
        self._supervisor.request_stop()
