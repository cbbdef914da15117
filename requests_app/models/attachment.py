"""Photos and documents on drafts, requests and answers. Always cleaned copies, never what was uploaded."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

# The folder of private storage that holds nothing but attachments, by year and month.
ROOT = "attachments"


class Attachment(models.Model):
    """A file. It belongs to a draft until the request is submitted; answer and note narrow it further."""

    draft = models.ForeignKey(
        "requests_app.ApplicationDraft", models.CASCADE, null=True, blank=True, related_name="attachments"
    )
    request = models.ForeignKey(
        "requests_app.ServiceRequest", models.CASCADE, null=True, blank=True, related_name="attachments"
    )
    answer = models.ForeignKey("requests_app.Answer", models.CASCADE, null=True, blank=True, related_name="attachments")
    note = models.ForeignKey("requests_app.Note", models.CASCADE, null=True, blank=True, related_name="attachments")
    file = models.FileField(upload_to=f"{ROOT}/%Y/%m", max_length=120)
    # A small WebP of a picture, for lists; empty for documents.
    thumbnail = models.FileField(upload_to=f"{ROOT}/%Y/%m", max_length=120, blank=True)
    original_name = models.CharField(_("name"), max_length=120)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField(_("size in bytes"))
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("added at"))

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ("created_at", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(draft__isnull=False) ^ Q(request__isnull=False), name="attachment_has_one_owner"
            )
        ]

    def __str__(self) -> str:
        return self.original_name

    @property
    def is_image(self) -> bool:
        """Whether a browser can show it in place."""
        return self.content_type.startswith("image/")
