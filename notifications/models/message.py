from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.channels import Channel
from notifications.lanes import SINGLE, WRITTEN_BACK, Lane
from notifications.models.ways import only_known_ways
from notifications.querysets import MessageQuerySet
from notifications.workflow import FINISHED, OPEN, State


class Message(models.Model):
    """One SMS or WhatsApp message: the outbox row that upper floors insert and the workers carry through its states.

    ``due_at`` says when the row next needs somebody: queued, it may be sent from then on; sending, the
    worker's lease ends; unknown, it is to be looked up at the gateway.
    ``attempts`` counts the tries at a gateway, the one under way included; a claim after which the message
    could not be tried is taken back. ``attempts`` and ``claimed_at`` together are the fence: a worker writes the
    outcome of an attempt only while the row still carries that attempt's number and time.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    created_at = models.DateTimeField(_("queued at"), default=timezone.now)

    event = models.CharField(_("event"), max_length=64)
    lane = models.CharField(_("lane"), max_length=16, choices=Lane)
    channel = models.CharField(
        _("channel"), max_length=16, choices=Channel, default=Channel.SMS, db_default=Channel.SMS
    )
    language = models.CharField(_("language"), max_length=8)
    phone = models.CharField(_("phone"), max_length=16)
    context = models.JSONField(_("fields of the text"), default=dict)
    reference = models.CharField(_("about"), max_length=64, blank=True, default="")

    state = models.CharField(_("state"), max_length=16, choices=State, default=State.QUEUED)
    due_at = models.DateTimeField(_("next step at"))
    expires_at = models.DateTimeField(_("too late after"))
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    lookups = models.PositiveSmallIntegerField(_("look-ups"), default=0)
    claimed_at = models.DateTimeField(_("last tried at"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    template = models.ForeignKey(
        "notifications.MessageTemplate",
        verbose_name=_("template"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    text = models.TextField(_("text"), blank=True, default="")
    segments = models.PositiveSmallIntegerField(_("SMS parts"), default=0)
    route = models.CharField(_("route"), max_length=32, blank=True, default="")
    provider_id = models.CharField(_("operator's number"), max_length=64, blank=True, default="")
    error_code = models.CharField(_("error"), max_length=64, blank=True, default="")
    error_detail = models.CharField(_("error in words"), max_length=300, blank=True, default="")

    retry_of = models.ForeignKey(
        "self",
        verbose_name=_("sent again for"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    retried_at = models.DateTimeField(_("sent again at"), null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        default_permissions = ("view",)
        permissions = [("retry_message", _("Can send a failed message again"))]
        constraints = [
            models.CheckConstraint(condition=Q(lane__in=SINGLE), name="message_lane_known"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="message_state_known"),
            models.CheckConstraint(
                condition=Q(channel=Channel.SMS) | Q(channel=Channel.WHATSAPP, lane__in=WRITTEN_BACK),
                name="message_channel_known",
            ),
            models.CheckConstraint(condition=Q(phone__regex=r"^\+[1-9][0-9]{7,14}$"), name="message_phone_e164"),
            models.CheckConstraint(
                condition=~Q(state__in=[State.SENDING, State.UNKNOWN]) | Q(claimed_at__isnull=False),
                name="message_sending_was_claimed",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.ACCEPTED, State.DELIVERED]) | Q(sent_at__isnull=False),
                name="message_accepted_was_sent",
            ),
            models.CheckConstraint(
                condition=Q(state__in=FINISHED, finished_at__isnull=False)
                | (~Q(state__in=FINISHED) & Q(finished_at__isnull=True)),
                name="message_finished_has_time",
            ),
        ]
        indexes = [
            # The claim, the sweep and the reconciliation; finished rows are not in it, so it stays small.
            models.Index(fields=["state", "lane", "due_at"], condition=Q(state__in=OPEN), name="message_open"),
            # The messages of one request, and the admin's search by its number.
            models.Index(fields=["reference", "created_at"], condition=~Q(reference=""), name="message_reference"),
            # "Is this message at the gateway already ours?"
            models.Index(fields=["provider_id"], condition=~Q(provider_id=""), name="message_provider_id"),
            # "Is this one copied from that one?", which the database asks for each message that is deleted.
            models.Index(fields=["retry_of"], condition=Q(retry_of__isnull=False), name="message_retry_of"),
        ]
        triggers = [only_known_ways("message_states")]

    def __str__(self) -> str:
        return f"{self.event} {self.id}"
