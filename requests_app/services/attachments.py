"""Files of requests, drafts and answers."""

import uuid
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import InvalidInput
from common.uploads import CleanUpload, clean_upload
from requests_app.actors import Actor
from requests_app.models import Answer, ApplicationDraft, Attachment, Note, ServiceRequest
from requests_app.models.attachment import ROOT

PER_APPLICATION = 5
PER_ANSWER = 5
TOO_MANY = _("You can add at most %(limit)d files.")


def clean_all(files: list[Any], *, field: str = "files") -> list[CleanUpload]:
    """Check and re-encode uploads before anything is written.

    Takes seconds, so it comes before the transaction that locks anything: look whether the person may and
    whether there is room, clean, lock, look again, store. Raises InvalidInput on ``field`` with what is wrong
    with which file; then nothing of the batch is taken.
    """
    return [clean_upload(file, field=field) for file in files]


def check_room(more: int, *, already: int, limit: int = PER_APPLICATION, field: str = "files") -> None:
    """Whether ``more`` files may join the ``already`` there. Raises InvalidInput on ``field`` beyond ``limit``."""
    if already + more > limit:
        raise InvalidInput(field, TOO_MANY % {"limit": limit})


def store(
    uploads: list[CleanUpload],
    *,
    actor: Actor,
    draft: ApplicationDraft | None = None,
    request: ServiceRequest | None = None,
    answer: Answer | None = None,
    note: Note | None = None,
) -> list[Attachment]:
    """Keep cleaned uploads for a draft or a request.

    A file whose transaction is rolled back afterwards stays behind without a row; ``remove_orphans`` finds it.
    """
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
    stem = uuid.uuid4().hex
    attachment.file.save(f"{stem}.{upload.extension}", ContentFile(upload.content), save=False)
    if upload.thumbnail:
        attachment.thumbnail.save(f"{stem}-small.webp", ContentFile(upload.thumbnail), save=False)
    attachment.save(force_insert=True)
    return attachment


def remove(attachment: Attachment) -> None:
    """Delete one attachment; its files go when the transaction commits."""
    names = [str(file.name) for file in (attachment.file, attachment.thumbnail) if file]
    attachment.delete()
    for name in names:
        transaction.on_commit(partial(default_storage.delete, name), robust=True)


def remove_orphans(*, before: datetime) -> int:
    """Delete stored files written before ``before`` that no attachment names; returns how many.

    They are left by transactions that were rolled back, and by files that could not be deleted. ``before`` must
    leave time for transactions under way. Where there is no attachment at all nothing is deleted: a database
    that is about to be restored looks like that.
    """
    if not Attachment.objects.exists():
        return 0
    return sum(_remove_orphans_of(folder, before) for folder in _month_folders())


def _month_folders() -> Iterator[str]:
    for year in _listed(ROOT)[0]:
        for month in _listed(f"{ROOT}/{year}")[0]:
            yield f"{ROOT}/{year}/{month}"


def _remove_orphans_of(folder: str, before: datetime) -> int:
    # First the folder, then the rows: a file whose row comes later is younger than ``before``.
    stored = {f"{folder}/{name}" for name in _listed(folder)[1]}
    known = {
        name
        for column in ("file", "thumbnail")
        for name in Attachment.objects.filter(**{f"{column}__startswith": f"{folder}/"}).values_list(column, flat=True)
    }
    orphans = [name for name in stored.difference(known) if default_storage.get_modified_time(name) < before]
    for name in orphans:
        default_storage.delete(name)
    return len(orphans)


def _listed(folder: str) -> tuple[list[str], list[str]]:
    """Folders and files in ``folder``; none where it does not exist."""
    return default_storage.listdir(folder) if default_storage.exists(folder) else ([], [])
