"""The commands that use a stack: ``script/manage`` and the environment it shares with backup and restore."""

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from script.stack.environment import ROOT, local_settings, programs_path, var_of
from script.stack.errors import StackError
from script.stack.state import StackFolder


class NoStack(StackError):
    """There is no database to work with."""


def stack_settings() -> dict[str, str]:
    """The desk's settings: of DATABASE_URL and REDIS_URL if set, else of the running script/server.

    Raises `NoStack`.
    """
    var = var_of(os.environ)
    database_url, redis_url = os.environ.get("DATABASE_URL"), os.environ.get("REDIS_URL")
    if database_url and redis_url:
        return local_settings(os.environ, var, database_url=database_url, redis_url=redis_url)
    folder = StackFolder(var)
    state = folder.read() if folder.is_held() else None
    if state is None or not state["environment"]:
        raise NoStack("script/server is not running (or still starting). Start it, or set DATABASE_URL and REDIS_URL.")
    return state["environment"]


def manage(arguments: Sequence[str]) -> NoReturn:
    """Become ``manage.py`` with the stack's settings. Raises `NoStack`."""
    environment = {**os.environ, **stack_settings(), **programs_path()}
    os.execve(sys.executable, [sys.executable, str(ROOT / "manage.py"), *arguments], environment)
