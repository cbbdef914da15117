"""Publishing legal texts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max

from common.errors import NotPermitted
from common.saving import save_valid
from departments import policies
from departments.models import LegalText

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def publish_legal_text(
    *, actor: User, kind: str, language: str, title: str, body: str, effective_from: date
) -> LegalText:
    """Publish the next version of a text. Earlier versions stay as they were: people agreed to their words.

    Raises InvalidInput for an unknown kind or language, or an empty text. Needs ``departments.add_legaltext``.
    """
    if not policies.can_publish_legal_text(actor):
        raise NotPermitted
    newest = LegalText.objects.filter(kind=kind, language=language).aggregate(newest=Max("version"))["newest"] or 0
    text = LegalText(
        kind=kind, language=language, version=newest + 1, title=title, body=body, effective_from=effective_from
    )
    return save_valid(text, actor=actor)
