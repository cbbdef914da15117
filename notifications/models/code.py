from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.querysets import OneTimeCodeQuerySet


class OneTimeCode(models.Model):
    """A code asked for. Of the code, its subject, the asker and the asker's address only keyed digests are stored.

    Where ``sent`` is False nobody ever learnt the code: the row only counts, so that whoever asked sees no
    difference.
    """

    phone = models.CharField(_("phone"), max_length=16)
    purpose = models.CharField(_("purpose"), max_length=32)
    subject_digest = models.CharField(max_length=64)
    asker_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    address_digest = models.CharField(max_length=64)
    sent = models.BooleanField(_("sent"))
    created_at = models.DateTimeField(_("issued at"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires at"))
    tries = models.PositiveSmallIntegerField(_("wrong tries"), default=0)
    used_at = models.DateTimeField(_("used at"), null=True, blank=True)

    objects = OneTimeCodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("one-time code")
        verbose_name_plural = _("one-time codes")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(tries__lte=5), name="code_five_tries"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="code_expires_later"),
        ]
        indexes = [
            models.Index(fields=["phone", "created_at"], name="code_phone"),
            models.Index(fields=["address_digest", "created_at"], name="code_address"),
            models.Index(fields=["created_at"], name="code_created"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"
