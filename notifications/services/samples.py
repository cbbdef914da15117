"""Plausible values for the fields of a template, so that a preview has a realistic length."""

from collections.abc import Iterable

from django.utils import translation
from django.utils.translation import gettext_lazy as _

_SAMPLES = {
    "number": "26-0000123-4",
    "municipality": _("Your municipality"),
    "department": _("Directorate of Parks and Gardens"),
    "authority": _("Regional Directorate of Highways"),
    "date": _("20 November 2026"),
    "due": _("20 November 2026"),
    "code": "482913",
    "minutes": "3",
    "other": "26-0000117-3",
    "page": "basvuru.ornek.example/takip",
}


def samples_for(fields: Iterable[str], *, language: str) -> dict[str, str]:
    """A value for each field in the words of ``language``; one we have no example of shows its own name."""
    with translation.override(language):
        return {name: str(_SAMPLES.get(name, name)) for name in fields}
