"""A town whose categories ask something, an applicant with own requests, and pictures to send."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from common.secrets import new_secret
from requests_app.actors import Actor
from requests_app.models import ServiceRequest
from requests_app.services import conversation
from tests import factories
from tests.requests_app.portal.citizen import Citizen

SECRET = new_secret()


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


@pytest.fixture
def owner(town: factories.Town) -> Citizen:
    """Whoever holds the link of the request whose secret is SECRET."""
    return Citizen()


def opened(owner: Citizen, request: ServiceRequest) -> ServiceRequest:
    """The request, its link followed."""
    owner.get("track_link", SECRET)
    return request


@pytest.fixture
def received(town: factories.Town, owner: Citizen) -> ServiceRequest:
    """A request that has just come, its link followed."""
    return opened(owner, factories.submit(town, secret=SECRET))


@pytest.fixture
def closed(town: factories.Town, people: factories.People, owner: Citizen) -> ServiceRequest:
    """A request that was answered, its link followed."""
    return opened(owner, factories.closed(town, people, secret=SECRET))


@pytest.fixture
def asked(town: factories.Town, people: factories.People, owner: Citizen) -> ServiceRequest:
    """A request whose department asks something, its link followed."""
    request = factories.in_progress(town, people, secret=SECRET)
    conversation.ask(request_id=request.pk, question="Hangi kapı?", actor=Actor.staff(people.head_a))
    return opened(owner, request)


def picture(name: str = "foto.jpg", size: tuple[int, int] = (40, 30), kind: str = "JPEG") -> Any:
    """A small picture as a browser sends it."""
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, kind)
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/jpeg")
