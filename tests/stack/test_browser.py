"""Without a browser its tests are left out, but not where everything has to be tested."""

import os
import subprocess
import sys

import pytest

from script.stack.environment import ROOT


@pytest.mark.parametrize(("required", "status", "outcome"), [("0", 0, "SKIPPED"), ("1", 1, "ERROR")])
def test_without_a_browser_its_tests_are_skipped_unless_one_is_required(
    required: str, status: int, outcome: str
) -> None:
    # Nothing of the database or broker is needed, and those of the tests beside this one are left alone.
    given = {"REDIS_URL": "redis://127.0.0.1:1/0", "CHROMIUM": "/nowhere/chromium", "CHROMIUM_REQUIRED": required}
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/browser/test_other_pages.py"],
        cwd=ROOT,
        env={**os.environ, **given},
        capture_output=True,
        text=True,
    )

    assert run.returncode == status, run.stdout
    assert outcome in run.stdout
    assert "There is no Chromium" in run.stdout


def test_continuous_integration_requires_one() -> None:
    assert "CHROMIUM_REQUIRED=1 exec script/test" in (ROOT / ".ci" / "run").read_text()
