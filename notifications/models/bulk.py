from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications.models.ways import only_known_ways
from notifications.workflow import FINISHED, State


class BulkMessage(models.Model):
    """One SMS of a campaign. The table is partitioned by the month in the id (docs/decisions/0013).

    ``due_at``, ``attempts`` and the states mean what they mean for ``Message``. The text is not stored: campaign,
    language and fields make it, and none of them changes after the approval. That a phone is in a campaign once
    is held by a unique index on each partition: all messages of a campaign are in one.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    campaign = models.ForeignKey(
        "notifications.Campaign",
        models.PROTECT,
        related_name="messages",
        db_index=False,
        verbose_name=_("announcement"),
    )
    phone = models.CharField(_("phone"), max_length=16)
    language = models.CharField(_("language"), max_length=8)
    fields = models.JSONField(_("fields of the text"), null=True)
    segments = models.PositiveSmallIntegerField(_("SMS parts"))

    state = models.CharField(_("state"), max_length=16, choices=State, default=State.QUEUED)
    due_at = models.DateTimeField(_("next step at"))
    expires_at = models.DateTimeField(_("too late after"))
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    lookups = models.PositiveSmallIntegerField(_("look-ups"), default=0)
    claimed_at = models.DateTimeField(_("last tried at"), null=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    route = models.CharField(_("route"), max_length=32, default="")
    provider_id = models.CharField(_("operator's number"), max_length=64, default="")
    error_code = models.CharField(_("error"), max_length=64, default="")
    error_detail = models.CharField(_("error in words"), max_length=300, default="")

    class Meta:
        verbose_name = _("message of an announcement")
        verbose_name_plural = _("messages of announcements")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="bulk_state_known"),
            models.CheckConstraint(
                condition=~Q(state__in=[State.SENDING, State.UNKNOWN]) | Q(claimed_at__isnull=False),
                name="bulk_sending_was_claimed",
            ),
            models.CheckConstraint(
                condition=Q(state__in=FINISHED, finished_at__isnull=False)
                | (~Q(state__in=FINISHED) & Q(finished_at__isnull=True)),
                name="bulk_finished_has_time",
            ),
        ]
        indexes = [
            # The claim takes a campaign's oldest; the campaign's page counts its states.
            models.Index(fields=["campaign", "state", "due_at"], name="bulk_campaign"),
            # Dead workers, and what is to be looked up.
            models.Index(
                fields=["state", "due_at"],
                condition=Q(state__in=[State.SENDING, State.UNKNOWN]),
                name="bulk_on_its_way",
            ),
            # Whose receipt is this?
            models.Index(fields=["provider_id"], condition=~Q(provider_id=""), name="bulk_provider_id"),
        ]
        triggers = [only_known_ways("bulk_states")]

    def __str__(self) -> str:
        return str(self.id)
