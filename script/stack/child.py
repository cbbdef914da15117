"""Becomes another program that ends when its parent does.

``python -I child.py PARENT_PID SIGNAL UID:GID|- PROGRAM [ARGUMENT…]``

A supervisor killed with -9 cannot stop anything any more, so the kernel is asked to do it (Linux only). Done in
a program of its own, between fork and exec of the real one, because no other code is safe there.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(parent: int, stop_signal: int, account: str, command: list[str]) -> None:
    if account != "-":
        _become(*(int(number) for number in account.split(":")))
    # After the change of user, which would clear it.
    _ask_for_signal_at_parents_death(stop_signal)
    if os.getppid() != parent:
        raise SystemExit("The supervisor ended before this program began.")
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        os.execvp(command[0], command)
    except OSError as error:
        raise SystemExit(f"{command[0]} cannot be started: {error.strerror}") from error


def _become(uid: int, gid: int) -> None:
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def _ask_for_signal_at_parents_death(number: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:])
