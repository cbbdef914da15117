"""Files of requests, drafts and answers."""

import uuid
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import InvalidInput
from common.uploads import CleanUpload, clean_upload
from requests_app.actors import Actor
from requests_app.models import Answer, ApplicationDraft, Attachment, Note, ServiceRequest

PER_APPLICATION = 5
PER_ANSWER = 5
TOO_MANY = _("You can add at most %(limit)d files.")


def clean_all(
    files: list[Any], *, field: str = "files", already: int = 0, limit: int = PER_APPLICATION
) -> list[CleanUpload]:
    """Check and re-encode uploads before anything is written.

    ``already`` files are there, ``limit`` may be. Raises InvalidInput on ``field`` with what is wrong with
    which file; then nothing of the batch is taken.
    """
    if already + len(files) > limit:
        raise InvalidInput(field, TOO_MANY % {"limit": limit})
    return [clean_upload(file, field=field) for file in files]


def store(
    uploads: list[CleanUpload],
    *,
    actor: Actor,
    draft: ApplicationDraft | None = None,
    request: ServiceRequest | None = None,
    answer: Answer | None = None,
    note: Note | None = None,
) -> list[Attachment]:
    """Keep cleaned uploads for a draft or a request. Files of a rolled-back transaction are removed again."""
    return [_store_one(upload, actor, draft, request, answer, note) for upload in uploads]


def _store_one(
    upload: CleanUpload,
    actor: Actor,
    draft: ApplicationDraft | None,
    request: ServiceRequest | None,
    answer: Answer | None,
    note: Note | None,
) -> Attachment:
    attachment = Attachment(
        draft=draft,
        request=request,
        answer=answer,
        note=note,
        original_name=upload.original_name[:120],
        content_type=upload.content_type,
        size=upload.size,
        width=upload.width,
        height=upload.height,
        sha256=upload.sha256,
        uploaded_by=actor.user,
        created_at=timezone.now(),
    )
    # A generated name says nothing about its owner; only the cleaned extension is kept.
    attachment.file.save(f"{uuid.uuid4().hex}.{upload.extension}", ContentFile(upload.content), save=False)
    try:
        attachment.save(force_insert=True)
    except Exception:
        attachment.file.delete(save=False)
        raise
    return attachment


def remove(attachment: Attachment) -> None:
    """Delete one attachment; its file goes when the transaction commits."""
    storage, name = attachment.file.storage, str(attachment.file.name)
    attachment.delete()
    transaction.on_commit(lambda: storage.delete(name), robust=True)
