"""Erases what may not be kept any longer (KVKK, art. 7): rows, texts and files. Totals stay."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from notifications.services import codes, outbox
from requests_app.models import Answer, Applicant, ApplicationDraft, Attachment, Note, ServiceRequest
from requests_app.services import attachments, drafts

CHUNK = 200
DAYS_PER_MONTH = 30.44
ORPHANS_KEPT_FOR = timedelta(days=1)
# What is read where words were. That they are erased is said by ``erased_at``, never by this.
ERASED = "[silindi / erased]"


def erase_drafts(now: datetime | None = None) -> int:
    """Delete drafts that nobody touched for a week, with their files. Returns how many."""
    old = ApplicationDraft.objects.filter(updated_at__lt=(now or timezone.now()) - drafts.KEPT_FOR)
    erased = 0
    for draft in old.iterator(chunk_size=CHUNK):
        drafts.erase(draft)
        erased += 1
    return erased


def erase_personal_data(now: datetime | None = None) -> int:
    """Empty requests that have been finished for RETENTION_MONTHS of everything personal. Returns how many.

    What remains says only what kind of thing happened where and how it ended.
    """
    limit = (now or timezone.now()) - timedelta(days=settings.RETENTION_MONTHS * DAYS_PER_MONTH)
    due = ServiceRequest.objects.filter(closed_at__lt=limit, erased_at__isnull=True)
    ids = list(due.values_list("pk", flat=True))
    for request_id in ids:
        erase_request(request_id)
    return len(ids)


def remove_orphaned_files(now: datetime | None = None) -> int:
    """Delete stored files that no row has known for a day. Returns how many."""
    return attachments.remove_orphans(before=(now or timezone.now()) - ORPHANS_KEPT_FOR)


@transaction.atomic
def erase_request(request_id: int) -> None:
    """Empty one finished request of everything personal: contact, codes, words, place, files, messages.

    Events, routing decisions and reveals stay; they hold codes and ids, never words.
    """
    request = ServiceRequest.objects.select_for_update(of=("self",)).select_related("applicant").get(pk=request_id)
    for attachment in Attachment.objects.filter(request=request):
        attachments.remove(attachment)
    Note.objects.filter(request=request).update(text=ERASED)
    Answer.objects.filter(request=request).exclude(text="").update(text=ERASED)
    request.feedback.update(comment="")
    outbox.erase(reference=f"request:{request.number}")
    if request.applicant is not None:
        _erase_applicant(request.applicant)
    _erase_words(request)


def _erase_applicant(applicant: Applicant) -> None:
    if applicant.phone:
        codes.erase(phone=applicant.phone)
    applicant.name, applicant.phone, applicant.email, applicant.announcements_version = ERASED, "", "", ""
    applicant.phone_verified_at = None
    applicant.save(update_fields=["name", "phone", "email", "announcements_version", "phone_verified_at"])


def _erase_words(request: ServiceRequest) -> None:
    request.description, request.address, request.extra_answers = ERASED, "", {}
    request.latitude = request.longitude = None
    request.search_text = request.number
    request.erased_at = timezone.now()
    request.save(update_fields=[*_WORDS, "erased_at"])


_WORDS = ("description", "address", "extra_answers", "latitude", "longitude", "search_text")
