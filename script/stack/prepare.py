"""Several manage.py commands in one process, for a quick start: ``python -m script.stack.prepare COMMAND…``.

Each command is one argument, e.g. ``"load_reference_data ornek"``; ``"demo_accounts > FILE"`` writes its output
to a file. ``collectstatic`` is skipped when no source file has changed since the last time.
"""

import hashlib
import os
import shlex
import sys
from pathlib import Path

from script.stack.environment import ROOT


def main(commands: list[str]) -> None:
    """Run ``commands`` one after the other; the first that fails ends it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import CommandError

    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise SystemExit(str(error)) from None
    for command in commands:
        try:
            _run(*shlex.split(command))
        except CommandError as error:
            raise SystemExit(f"{command}: {error}") from None


def _run(name: str, *arguments: str) -> None:
    from django.core.management import call_command

    if name == "collectstatic":
        _collect_static()
    elif arguments[-2:-1] == (">",):
        with Path(arguments[-1]).open("w") as file:
            call_command(name, *arguments[:-2], stdout=file)
    else:
        call_command(name, *arguments)


def _collect_static() -> None:
    """Hashing and compressing takes seconds, so it is done only when a source file changed."""
    from django.conf import settings
    from django.core.management import call_command

    fingerprint = _fingerprint()
    record = Path(settings.STATIC_ROOT) / ".sources"
    if record.exists() and record.read_text() == fingerprint:
        return
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    record.write_text(fingerprint)


def _fingerprint() -> str:
    from django.contrib.staticfiles.finders import get_finders

    found = ((path, storage) for finder in get_finders() for path, storage in finder.list([]))
    sources = sorted((path, Path(storage.path(path)).stat()) for path, storage in found)
    described = "\n".join(f"{path} {stat.st_size} {stat.st_mtime_ns}" for path, stat in sources)
    return hashlib.sha256(f"{ROOT}\n{described}".encode()).hexdigest()


if __name__ == "__main__":
    main(sys.argv[1:])
