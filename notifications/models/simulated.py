from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.phones import national
from notifications.querysets import LocalDeliveryQuerySet


class LocalDelivery(models.Model):
    """What the simulated gateway delivered. One row a message: the simulation cannot deliver twice either.

    It goes with its message: whoever erases that has erased this too.
    """

    message = models.OneToOneField(
        "notifications.Message",
        verbose_name=_("message"),
        on_delete=models.CASCADE,
        null=True,
        related_name="local_delivery",
        db_constraint=False,  # messages of announcements are in another table
    )
    to = models.CharField(_("phone"), max_length=16, db_index=True)
    text = models.TextField(_("text"))
    at = models.DateTimeField(_("at"), default=timezone.now, db_index=True)

    objects = LocalDeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("simulated SMS")
        verbose_name_plural = _("simulated SMS messages")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"

    @property
    def number(self) -> str:
        """The receiver as people write it."""
        return national(self.to)
