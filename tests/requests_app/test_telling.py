"""What the applicant's messages say besides what happened."""

import pytest
from django.conf import LazySettings

from notifications.models import Message
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("language", "page"), [("tr", "basvuru.ornek.example/takip"), ("en", "basvuru.ornek.example/en/track")]
)
def test_a_message_names_the_tracking_page_as_one_would_type_it(
    town: factories.Town, settings: LazySettings, language: str, page: str
) -> None:
    settings.PUBLIC_BASE_URL = "https://basvuru.ornek.example"
    factories.submit(town, language=language)
    assert Message.objects.get().context["page"] == page


def test_no_message_carries_the_tracking_secret(town: factories.Town) -> None:
    factories.submit(town, secret="secret-of-this-request")
    assert "secret-of-this-request" not in str(Message.objects.values().get())
