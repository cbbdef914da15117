"""A small stand-in for script/server: real database and broker, no Django. ``python -m tests.stack.launcher``."""

import asyncio
import os
from pathlib import Path

from script.stack.console import Console
from script.stack.environment import var_of
from script.stack.errors import StackError
from script.stack.services import Services
from script.stack.state import StackFolder
from script.stack.supervisor import Running, Supervisor


async def main(var: Path) -> None:
    console = Console()
    folder = StackFolder(var)
    folder.acquire()
    console.say(f"left behind: {folder.stop_leftovers()}")
    services = Services(os.environ, var, console)

    def write_down(children: list[Running]) -> None:
        addresses = {"DATABASE_URL": services.database_url, "REDIS_URL": services.redis_url}
        folder.write(address="http://127.0.0.1:8000", environment=addresses, children=children)

    async def work() -> None:
        await services.start(supervisor)
        console.say("ready")

    supervisor = Supervisor(console, on_change=write_down)
    try:
        await supervisor.run(work())
    finally:
        services.tidy()


if __name__ == "__main__":
    try:
        asyncio.run(main(var_of(os.environ)))
    except StackError as error:
        raise SystemExit(str(error)) from None
