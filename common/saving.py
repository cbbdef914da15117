"""How every service saves a row of configuration."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

import pghistory
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _

from common.errors import InvalidInput
from common.memo import forget_all

Row = TypeVar("Row", bound=models.Model)


def save_valid(row: Row, *, actor: models.Model | None, update_fields: Iterable[str] | None = None) -> Row:
    """Save a row that keeps its constraints, with the actor in its history (None: a reference pack).

    Raises InvalidInput for the first broken rule, also where somebody else broke it a moment before.
    """
    try:
        row.full_clean()
        with transaction.atomic(), pghistory.context(actor=actor.pk if actor else None):
            row.save(update_fields=update_fields)
    except ValidationError as error:
        raise _first(error) from error
    except IntegrityError as error:
        raise InvalidInput("", _("Somebody else changed this at the same moment. Look again.")) from error
    transaction.on_commit(forget_all)
    return row


def _first(error: ValidationError) -> InvalidInput:
    field, messages = next(iter(error.message_dict.items()))
    return InvalidInput("" if field == NON_FIELD_ERRORS else field, messages[0])
