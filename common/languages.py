"""Names that staff write in Turkish and, if they like, in English."""

from django.utils.translation import get_language


def in_readers_language(turkish: str, english: str) -> str:
    """The English name for a reader of English where there is one, else the Turkish one."""
    return english if english and (get_language() or "").startswith("en") else turkish
