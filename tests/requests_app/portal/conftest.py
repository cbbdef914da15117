"""A town whose categories ask something, and pictures to send."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests import factories
from tests.requests_app.portal.citizen import Citizen


@pytest.fixture
def citizen(town: factories.Town) -> Citizen:
    """Somebody who applies in Turkish."""
    return Citizen()


@pytest.fixture
def asking(town: factories.Town) -> factories.Town:
    """The town, whose tree category asks a few questions."""
    town.tree.questions = [
        {"code": "how_many", "label": "Kaç ağaç?", "label_en": "How many trees?", "type": "number", "required": True},
        {
            "code": "danger",
            "label": "Tehlike var mı?",
            "label_en": "Is there danger?",
            "type": "choice",
            "required": False,
            "choices": [
                {"value": "yes", "label": "Evet", "label_en": "Yes"},
                {"value": "no", "label": "Hayır", "label_en": "No"},
            ],
        },
        {"code": "note", "label": "Ağacın türü", "label_en": "Kind of tree", "type": "text", "required": False},
    ]
    town.tree.save()
    return town


def picture(name: str = "foto.jpg", size: tuple[int, int] = (40, 30), kind: str = "JPEG") -> Any:
    """A small picture as a browser sends it."""
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, kind)
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/jpeg")
