import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.querysets import MessageTemplateQuerySet


class MessageTemplate(models.Model):
    """One version of the text for an event in a language. A version never changes; a new one is added."""

    class Source(models.TextChoices):
        PACK = "pack", _("Reference data")
        STAFF = "staff", _("Staff")

    event = models.CharField(_("event"), max_length=64)
    language = models.CharField(_("language"), max_length=8)
    version = models.PositiveIntegerField(_("version"))
    title = models.CharField(_("what it says"), max_length=100, blank=True, default="")
    body = models.TextField(_("text"))
    fields = models.JSONField(_("fields"), default=list)
    is_active = models.BooleanField(_("in use"), default=False)
    source = models.CharField(_("written by"), max_length=8, choices=Source)
    created_at = models.DateTimeField(_("written at"), default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("author"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    objects = MessageTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("message template")
        verbose_name_plural = _("message templates")
        default_permissions = ("view", "change")
        constraints = [
            models.UniqueConstraint(fields=["event", "language", "version"], name="template_version_once"),
            models.UniqueConstraint(
                fields=["event", "language"], condition=Q(is_active=True), name="template_one_in_use"
            ),
            models.CheckConstraint(condition=~Q(body=""), name="template_has_text"),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="template_versions_stay", fields=["event", "language", "version", "body", "fields", "source"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.event} ({self.language}) {self.version}"
