"""Finds a Chromium for the browser tests, or gets one where that needs nothing but root and apt-get."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from script.stack.console import Console

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PLACES = (
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
)


def find_chromium(environment: Mapping[str, str]) -> str | None:
    """Path of a Chromium: what CHROMIUM names, one on the PATH, or one at its usual place."""
    named = environment.get("CHROMIUM")
    if named:
        return named
    on_path = (shutil.which(name, path=environment.get("PATH")) for name in NAMES)
    installed = (str(place) for place in PLACES if place.exists())
    return next(filter(None, [*on_path, *installed]), None)


def get_chromium(environment: Mapping[str, str], console: Console) -> str | None:
    """Like `find_chromium`, installing it from the system's packages if there is none and we may."""
    found = find_chromium(environment)
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        console.say("Installing Chromium with apt-get for the browser tests …")
        _apt("update")
        _apt("install", "-y", "--no-install-recommends", "chromium", "fonts-dejavu-core")
        found = find_chromium(environment)
    if found is None:
        console.say(
            "No Chromium was found: the browser tests are skipped, or fail where CHROMIUM_REQUIRED=1. "
            "Install chromium, or set CHROMIUM=/its/path."
        )
    return found


def _apt(*arguments: str) -> None:
    """A failure is shown by apt itself; the browser tests are then skipped, not the run."""
    subprocess.run(
        ["apt-get", "-q", *arguments], env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, stdin=subprocess.DEVNULL
    )
