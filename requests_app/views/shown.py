"""Rows as templates show them: files with their short-lived addresses, masked contact details."""

from collections.abc import Iterable
from dataclasses import dataclass

from common.phones import mask, national
from requests_app.files import link_for, small_link_for
from requests_app.models import Applicant, Attachment, Note, ServiceRequest


@dataclass(frozen=True, slots=True)
class ShownFile:
    """What includes/attachments.html reads."""

    pk: int
    url: str
    thumbnail_url: str
    name: str
    size: int
    is_image: bool


def shown_files(attachments: Iterable[Attachment]) -> list[ShownFile]:
    """The files with addresses that work for some minutes; the page's reader may see them."""
    return [
        ShownFile(row.pk, link_for(row), small_link_for(row), row.original_name, row.size, row.is_image)
        for row in attachments
    ]


@dataclass(frozen=True, slots=True)
class ShownNote:
    """A question, a reply or an internal note with its files."""

    note: Note
    files: list[ShownFile]


def shown_notes(request: ServiceRequest, *kinds: str) -> list[ShownNote]:
    """The notes of these kinds with their files, oldest first. Two queries."""
    notes = request.notes.filter(kind__in=kinds).select_related("author").prefetch_related("attachments")
    return [ShownNote(note, shown_files(note.attachments.all())) for note in notes]


@dataclass(frozen=True, slots=True)
class ShownContact:
    """Contact details, whole or masked."""

    name: str
    phone: str
    email: str
    is_masked: bool


def shown_contact(applicant: Applicant | None, *, whole: bool) -> ShownContact | None:
    """Enough to recognise one's own details; all of it once the phone was verified."""
    if applicant is None:
        return None
    if whole:
        return ShownContact(applicant.name, national(applicant.phone), applicant.email, is_masked=False)
    name = " ".join(f"{word[0]}***" for word in applicant.name.split())
    local, at, host = applicant.email.partition("@")
    email = f"{local[:1]}***{at}{host}" if applicant.email else ""
    return ShownContact(name, mask(applicant.phone) if applicant.phone else "", email, is_masked=True)
