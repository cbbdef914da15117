from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications.querysets import InboundNoticeQuerySet


class InboundNotice(models.Model):
    """What a gateway told us, exactly as it came: a receipt for one of our messages, or a message to us.

    Written down first and looked at later (docs/decisions/0015). ``key`` names the event at the gateway, so one
    that is told twice is there once. ``processed_at`` is empty while something is still to be done at ``due_at``.
    Holds phone numbers and is erased soon.
    """

    class Kind(models.TextChoices):
        RECEIPT = "receipt", _("Receipt for a message of ours")
        INBOUND = "inbound", _("Message to us")

    id = models.UUIDField(primary_key=True, editable=False)
    gateway = models.CharField(_("gateway"), max_length=32)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    key = models.CharField(max_length=128, null=True)  # noqa: DJ001  (many without a key are no duplicates)
    message_id = models.UUIDField(_("message"), null=True)
    payload = models.TextField()
    received_at = models.DateTimeField(_("received at"))
    due_at = models.DateTimeField(_("next step at"))
    processed_at = models.DateTimeField(_("dealt with at"), null=True)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    error = models.CharField(_("error"), max_length=64, blank=True, default="")

    objects = InboundNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice of a gateway")
        verbose_name_plural = _("notices of gateways")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["gateway", "kind", "key"], name="notice_once"),
        ]
        indexes = [
            # What is to be done; everything else has left it.
            models.Index(fields=["kind", "due_at"], condition=Q(processed_at__isnull=True), name="notice_open"),
            # What was given up, for the figures.
            models.Index(fields=["error"], condition=~Q(error=""), name="notice_given_up"),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.kind} {self.id}"
