"""Fixtures for every test: a clean memory between tests, the small town, and people with fixed parts."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project_settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from PIL import Image

from common.memo import forget_all
from tests import factories


def pytest_configure(config: pytest.Config) -> None:
    """Workers that run side by side get a broker database each, so that none clears another's cache."""
    worker = getattr(config, "workerinput", {}).get("workerid", "gw0")
    address = f"{project_settings.REDIS_URL.rpartition('/')[0]}/{10 + int(worker.removeprefix('gw'))}"
    project_settings.REDIS_URL = project_settings.CELERY_BROKER_URL = address
    project_settings.SECURE_SSL_REDIRECT = False
    project_settings.STAFF_MFA_REQUIRED = False  # tests of it switch it on
    # Tests sign people in all the time; a slow hash would only cost time here.
    project_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    project_settings.CACHES["default"]["LOCATION"] = address


@pytest.fixture(autouse=True)
def fresh_memory() -> Iterator[None]:
    """What one test remembers is no business of the next."""
    forget_all()
    cache.clear()
    yield
    forget_all()


@pytest.fixture(autouse=True)
def turkish() -> Iterator[None]:
    """A page opened in English leaves English behind; every test starts in Turkish."""
    with translation.override("tr"):
        yield


@pytest.fixture(autouse=True)
def private_files(tmp_path: Path, settings: Any) -> Path:
    """Uploads of a test go to its own folder."""
    settings.MEDIA_ROOT = tmp_path / "private"
    return settings.MEDIA_ROOT


@pytest.fixture
def town(db: None) -> factories.Town:
    """The small town of every test."""
    return factories.make_town()


@pytest.fixture
def people(town: factories.Town) -> factories.People:
    """One person for each part."""
    return factories.make_people(town)


@pytest.fixture
def photo() -> Callable[..., SimpleUploadedFile]:
    """Makes small real photos."""

    def make(name: str = "foto.jpg", size: tuple[int, int] = (64, 48)) -> SimpleUploadedFile:
        content = io.BytesIO()
        Image.new("RGB", size, "#00606B").save(content, "JPEG")
        return SimpleUploadedFile(name, content.getvalue(), "image/jpeg")

    return make
