"""What a citizen has typed so far, kept step by step until it is sent."""

from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from common.errors import DomainError
from common.secrets import new_secret, secret_hash
from requests_app.actors import Actor
from requests_app.models import ApplicationDraft, Attachment, ServiceRequest
from requests_app.services import attachments, intake

KEPT_FOR = timedelta(days=7)
ALREADY_SENT = _("This application has been sent already.")


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


@transaction.atomic
def save_step(*, draft_id: int, step: str, data: dict[str, Any], files: list[Any] | None = None) -> ApplicationDraft:
    """Keep what was typed in one step, and add its files.

    ``data`` is JSON of plain values. Raises InvalidInput on field ``files`` for a file that cannot be
    taken (the typed text is then kept by the form), DomainError where the draft was sent already.
    """
    draft = _lock(draft_id)
    if files:
        already = draft.attachments.count()
        uploads = attachments.clean_all(files, already=already)
        attachments.store(uploads, actor=Actor.applicant(), draft=draft)
    draft.data = {**draft.data, step: data}
    draft.save(update_fields=["data", "updated_at"])
    return draft


@transaction.atomic
def remove_file(*, draft_id: int, attachment_id: int) -> None:
    """Take a file off an unsent draft. A foreign or unknown id changes nothing."""
    draft = _lock(draft_id)
    attachment = Attachment.objects.filter(draft=draft, pk=attachment_id).first()
    if attachment is not None:
        attachments.remove(attachment)


@transaction.atomic
def discard(*, draft_id: int) -> None:
    """Delete an unsent draft with its files. One that was sent or is gone already stays as it is."""
    draft = ApplicationDraft.objects.select_for_update().filter(pk=draft_id, request__isnull=True).first()
    if draft is not None:
        erase(draft)


@transaction.atomic
def erase(draft: ApplicationDraft) -> None:
    """Delete a draft and the files that are still its own."""
    for attachment in draft.attachments.all():
        attachments.remove(attachment)
    draft.delete()


@transaction.atomic
def send(*, draft: ApplicationDraft, key: str, application: intake.Application) -> ServiceRequest:
    """Turn the draft into a service request. Sent twice, it is one request.

    ``key`` is the draft's secret; the tracking secret is derived from it, so the receipt can show the
    link again while the database holds only its hash.
    """
    request = intake.submit(
        application=application,
        submission_key=f"web:{draft.submission_key}",
        secret=tracking_secret(key),
        actor=Actor.applicant(),
    )
    _hand_over(draft, request)
    return request


def _hand_over(draft: ApplicationDraft, request: ServiceRequest) -> None:
    """Empty the draft and give its files to the request, in one round trip.

    First the draft, which locks it: a file added at this moment is either moved after it or refused. Plain
    SQL, because this is the portal's busiest write and composing it costs more than running it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE requests_app_applicationdraft SET request_id = %s, data = '{}', updated_at = %s WHERE id = %s;"
            " UPDATE requests_app_attachment SET draft_id = NULL, request_id = %s WHERE draft_id = %s",
            [request.pk, timezone.now(), draft.pk, request.pk, draft.pk],
        )


def _lock(draft_id: int) -> ApplicationDraft:
    draft = ApplicationDraft.objects.select_for_update().get(pk=draft_id)
    if draft.request_id is not None:
        raise DomainError(ALREADY_SENT)
    return draft
