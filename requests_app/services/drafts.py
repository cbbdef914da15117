"""What a citizen has typed so far, kept step by step until it is sent."""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from common.errors import DomainError, StaleVersion
from common.secrets import new_secret, secret_hash
from common.transactions import one_transaction
from common.uploads import CleanUpload
from requests_app.actors import Actor
from requests_app.models import ApplicationDraft, Attachment, ServiceRequest
from requests_app.services import attachments, intake

KEPT_FOR = timedelta(days=7)
ALREADY_SENT = _("This application has been sent already.")
CHANGED = _("You have changed this application in another window. Look at it once more, then send it.")


class DraftGone(DomainError):
    """The draft was discarded or has expired."""

    def __init__(self) -> None:
        super().__init__(_("What you wrote before is no longer here. Please begin again."))


def find(key: str) -> ApplicationDraft | None:
    """The draft whose secret key is ``key``, or None where it is unknown or has expired."""
    if not key:
        return None
    fresh = timezone.now() - KEPT_FOR
    # Plain SQL, because every step of every application begins here and composing it costs more than running it.
    sql = "SELECT * FROM requests_app_applicationdraft WHERE key_hash = %s AND updated_at >= %s"
    return next(iter(ApplicationDraft.objects.raw(sql, [secret_hash(key), fresh])), None)


def tracking_secret(key: str) -> str:
    """The tracking secret of the request that the draft with this key became (128 bits, url-safe)."""
    return salted_hmac("requests_app.tracking", key, algorithm="sha256").hexdigest()[:32]


def start() -> tuple[str, ApplicationDraft]:
    """A new empty draft and its secret key, which only the citizen's cookie keeps."""
    key = new_secret()
    return key, ApplicationDraft.objects.create(key_hash=secret_hash(key))


def save_step(*, draft_id: int, step: str, data: dict[str, Any], files: list[Any] | None = None) -> ApplicationDraft:
    """Keep what was typed in one step, and add its files.

    ``data`` is JSON of plain values. Raises InvalidInput on field ``files`` for a file that cannot be
    taken (the typed text is then kept by the form), DomainError where the draft was sent already. Must not be
    called inside a transaction: the files are cleaned before the draft is locked.
    """
    uploads = _cleaned(draft_id, files) if files else []
    with one_transaction():
        draft = _lock(draft_id)
        attachments.check_room(len(uploads), already=draft.attachments.count())
        attachments.store(uploads, actor=Actor.applicant(), draft=draft)
        draft.data = {**draft.data, step: data}
        draft.save(update_fields=["data", "updated_at"])
    return draft


def _cleaned(draft_id: int, files: list[Any]) -> list[CleanUpload]:
    draft = _unsent(ApplicationDraft.objects.filter(pk=draft_id).first())
    attachments.check_room(len(files), already=draft.attachments.count())
    return attachments.clean_all(files)


@one_transaction()
def remove_file(*, draft_id: int, attachment_id: int) -> None:
    """Take a file off an unsent draft. A foreign or unknown id changes nothing."""
    draft = _lock(draft_id)
    attachment = Attachment.objects.filter(draft=draft, pk=attachment_id).first()
    if attachment is not None:
        attachments.remove(attachment)


@one_transaction()
def discard(*, draft_id: int) -> None:
    """Delete an unsent draft with its files. One that was sent or is gone already stays as it is."""
    draft = ApplicationDraft.objects.select_for_update().filter(pk=draft_id, request__isnull=True).first()
    if draft is not None:
        erase(draft)


@one_transaction()
def erase(draft: ApplicationDraft) -> None:
    """Delete a draft and the files that are still its own."""
    for attachment in draft.attachments.all():
        attachments.remove(attachment)
    draft.delete()


@one_transaction()
def send(*, draft: ApplicationDraft, key: str, application: intake.Application) -> ServiceRequest:
    """Turn the draft into a service request. Sent twice, it is one request.

    ``draft`` is the one that ``application`` was read from, and ``key`` its secret; the tracking secret is
    derived from it, so the receipt can show the link again while the database holds only its hash. Raises
    StaleVersion where the draft was changed and DraftGone where it was discarded since it was read.
    """
    request = intake.submit(
        application=application,
        submission_key=f"web:{draft.submission_key}",
        secret=tracking_secret(key),
        actor=Actor.applicant(),
    )
    if not _hand_over(draft, request):
        _refuse_unless_sent(draft, request)
    return request


def _hand_over(draft: ApplicationDraft, request: ServiceRequest) -> bool:
    """Empty the draft and give its files to the request; False where it is not as it was read any more.

    First the draft, which locks it: a file added at this moment is either moved after it or refused. Plain
    SQL, because this is the portal's busiest write and composing it costs more than running it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH sent AS (UPDATE requests_app_applicationdraft SET request_id = %s, data = '{}', updated_at = %s"
            " WHERE id = %s AND updated_at = %s AND request_id IS NULL RETURNING id),"
            " moved AS (UPDATE requests_app_attachment SET draft_id = NULL, request_id = %s FROM sent"
            " WHERE draft_id = sent.id) SELECT id FROM sent",
            [request.pk, timezone.now(), draft.pk, draft.updated_at, request.pk],
        )
        return cursor.fetchone() is not None


def _refuse_unless_sent(draft: ApplicationDraft, request: ServiceRequest) -> None:
    """A second press finds the request of the first; anything else takes back what was just written."""
    now = ApplicationDraft.objects.filter(pk=draft.pk).first()
    if now is None:
        raise DraftGone
    if now.request_id != request.pk:
        raise StaleVersion(CHANGED)


def _lock(draft_id: int) -> ApplicationDraft:
    return _unsent(ApplicationDraft.objects.select_for_update().filter(pk=draft_id).first())


def _unsent(draft: ApplicationDraft | None) -> ApplicationDraft:
    if draft is None:
        raise DraftGone
    if draft.request_id is not None:
        raise DomainError(ALREADY_SENT)
    return draft
