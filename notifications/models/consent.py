import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.querysets import ConsentQuerySet


class Consent(models.Model):
    """That a phone's owner agreed to a wording, until withdrawn. Evidence: only the withdrawal may be added."""

    phone = models.CharField(_("phone"), max_length=16)
    purpose = models.CharField(_("purpose"), max_length=32)
    text_version = models.CharField(_("version of the wording"), max_length=32)
    language = models.CharField(_("language"), max_length=8)
    source = models.CharField(_("given through"), max_length=64)
    given_at = models.DateTimeField(_("given at"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_source = models.CharField(_("withdrawn through"), max_length=64, blank=True, default="")
    withdrawn_by = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("withdrawn by"),
    )
    # What the owner wants to hear about: nothing chosen is everything. May change while the consent holds.
    topics = ArrayField(models.CharField(max_length=32), default=list, blank=True, verbose_name=_("topics"))
    neighbourhood = models.ForeignKey(
        "departments.Neighbourhood",
        models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("neighbourhood"),
    )

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        default_permissions = ("view",)
        permissions = [("withdraw_consent", _("Can withdraw a consent for its owner"))]
        constraints = [
            models.UniqueConstraint(
                fields=["phone", "purpose"], condition=Q(withdrawn_at__isnull=True), name="consent_one_in_force"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("given_at")),
                name="consent_withdrawn_later",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="consent_stays_as_given",
                fields=["phone", "purpose", "text_version", "language", "source", "given_at"],
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"
