"""``python -m script.stack COMMAND [ARGUMENT…]``: behind the commands in script/."""

import asyncio
import errno
import os
import sys
from collections.abc import Sequence

from script.stack.backup import back_up, restore
from script.stack.bench import BenchRun
from script.stack.checks import LINTERS, run_checks
from script.stack.commands import manage
from script.stack.console import Console
from script.stack.environment import programs_path
from script.stack.errors import StackError
from script.stack.server import Server
from script.stack.testing import INTERRUPTED, TestRun


def server(arguments: Sequence[str]) -> int:
    """Run the desk until it is stopped."""
    asyncio.run(Server(Console()).run())
    return 0


def test(arguments: Sequence[str]) -> int:
    """Check and test the project."""
    return asyncio.run(TestRun(Console(), arguments).run())


def bench(arguments: Sequence[str]) -> int:
    """Run a benchmark."""
    if not arguments:
        raise SystemExit("Which one? For instance: script/bench intake")
    return asyncio.run(BenchRun(Console(), arguments[0], arguments[1:]).run())


def lint(arguments: Sequence[str]) -> int:
    """Only the checks that need no database."""
    os.environ.update(programs_path())
    return int(bool(asyncio.run(run_checks(LINTERS, {}, Console()))))


OUT_OF_SPACE = {errno.ENOSPC, errno.EDQUOT}

COMMANDS = {
    "server": server,
    "test": test,
    "bench": bench,
    "lint": lint,
    "manage": manage,
    "backup": back_up,
    "restore": restore,
}


def main(name: str, arguments: Sequence[str]) -> int:
    """Run one command. Returns its exit status."""
    try:
        return COMMANDS[name](arguments)
    except StackError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        if error.errno not in OUT_OF_SPACE:
            raise
        print(f"{error.filename or 'The disk'}: {error.strerror}. Make room and start again.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1], sys.argv[2:]))
