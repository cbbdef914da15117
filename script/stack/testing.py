"""``script/test``: linters and checks, then every test, against a database and broker of its own."""

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence

from script.stack.browser import get_chromium
from script.stack.checks import LINTERS, PROJECT_CHECKS, STATIC_FILES, run_checks
from script.stack.console import Console
from script.stack.environment import ROOT, local_settings, programs_path, var_of
from script.stack.services import Services
from script.stack.state import StackFolder
from script.stack.supervisor import Running, Supervisor, leashed

INTERRUPTED = 130
ALL_TESTS = ("-n", "2", "--dist", "loadgroup")


class TestRun:
    """One run of ``script/test``. With arguments pytest runs alone, with just these."""

    __test__ = False  # the name is not a test case for pytest

    def __init__(self, console: Console, pytest_arguments: Sequence[str]) -> None:
        self._console = console
        self._arguments = list(pytest_arguments)
        self._var = var_of(os.environ) / "test-stack"
        self._folder = StackFolder(self._var)
        self._failed: list[str] = []
        self.status = INTERRUPTED  # until pytest says otherwise

    async def run(self) -> int:
        """Run everything. Returns the exit status: pytest's own, or 1 if a check before it failed."""
        self._folder.acquire()
        await asyncio.to_thread(self._folder.stop_leftovers)
        self._services = Services(os.environ, self._var, self._console, throw_away=True)
        self._supervisor = Supervisor(self._console, on_change=self._write_down)
        try:
            await self._supervisor.run(self._work())
        finally:
            self._services.discard()
            self._services.tidy()
        return self.status or int(bool(self._failed))

    async def _work(self) -> None:
        await self._services.start(self._supervisor)
        environment = self._environment()
        checks = [STATIC_FILES] if self._arguments else [*LINTERS, STATIC_FILES, *PROJECT_CHECKS]
        self._failed = await run_checks(checks, environment, self._console)
        if self._failed:
            self._console.say(f"script/test has failed: {', '.join(self._failed)}. The tests run all the same.")
        chromium = await asyncio.to_thread(get_chromium, environment, self._console)
        if chromium:
            environment["CHROMIUM"] = chromium
        self.status = await self._pytest(environment)
        self._supervisor.request_stop()

    def _environment(self) -> dict[str, str]:
        settings = local_settings(
            os.environ, self._var, database_url=self._services.database_url, redis_url=self._services.redis_url
        )
        return {**os.environ, **settings, **programs_path()}

    async def _pytest(self, environment: Mapping[str, str]) -> int:
        """In our own process group and with our terminal, so that Ctrl-C and colours are pytest's."""
        command = [sys.executable, "-m", "pytest", *(self._arguments or ALL_TESTS)]
        process = await asyncio.create_subprocess_exec(*leashed(command), cwd=ROOT, env=dict(environment))
        try:
            return await process.wait()
        finally:
            if process.returncode is None:
                process.terminate()
                await process.wait()

    def _write_down(self, children: list[Running]) -> None:
        self._folder.write(address="script/test", environment={}, children=children)
