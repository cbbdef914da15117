"""Generated pages are what the code says now, and no setting is without a word."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

ROOT = Path(settings.BASE_DIR)
READ = re.compile(r"env\.\w+\(\s*\"([A-Z_]+)\"")
SUBSTITUTED = re.compile(r"\$\{([A-Z_]+)")


def test_the_workflow_page_is_up_to_date() -> None:
    call_command("workflow_diagram", check=True)


def _variables() -> set[str]:
    """What the settings, the web server and the composition read from the environment."""
    read = {
        name for file in ("settings.py", "gunicorn.py") for name in READ.findall((ROOT / "config" / file).read_text())
    }
    return read | set(SUBSTITUTED.findall((ROOT / "docker-compose.yml").read_text()))


@pytest.mark.parametrize("page", ["README.md", ".env.example"])
def test_every_variable_of_the_environment_is_explained(page: str) -> None:
    named = set(re.findall(r"[A-Z][A-Z_]+", (ROOT / page).read_text()))
    assert _variables() - named == set()
