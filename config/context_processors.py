"""What every page knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from departments.services.organisation import municipality

OTHER = {"tr": ("en", "English"), "en": ("tr", "Türkçe")}


def place(request: HttpRequest) -> dict[str, Any]:
    """The municipality, and the same page in the other language."""
    code, name = OTHER.get(get_language() or "tr", OTHER["tr"])
    return {
        "municipality": SimpleLazyObject(municipality),
        "other_language_code": code,
        "other_language_name": name,
        "other_language_url": translate_url(request.get_full_path(), code),
        "demo": settings.DEMO,
    }
