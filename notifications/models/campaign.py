from datetime import datetime

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.campaign_workflow import APPROVED, ENDED, WRITING, Status, Verb
from notifications.lanes import POLICIES, Lane
from notifications.querysets import CampaignQuerySet, OptOutQuerySet, QuotaYearQuerySet

_APPROVED_BY_OTHER = f"""
IF EXISTS (
    SELECT FROM notifications_campaignevent
     WHERE campaign_id = NEW.id AND actor_id = NEW.approved_by_id
       AND verb IN ({", ".join(f"'{verb.value}'" for verb in sorted(WRITING))})
) THEN
    RAISE EXCEPTION 'campaign % was written by its approver', NEW.id USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""


class Campaign(models.Model):
    """An announcement to many: what is said, to whom, when, and who answers for it.

    ``bodies`` holds the text by language. The totals are written once, when nothing of it is open any more;
    they stay when the messages themselves are dropped.
    """

    class Audience(models.TextChoices):
        CONSENTS = "consents", _("Everybody who agreed to announcements")
        LIST = "list", _("A list of phone numbers")

    class Limit(models.TextChoices):
        QUOTA = "quota", _("the yearly quota")
        BUDGET = "budget", _("the most SMS parts of this announcement")
        ERROR = "error", _("an error")
        REGISTER = "register", _("the gateway: its account is not set up for commercial messages (İYS)")

    class Purpose(models.TextChoices):
        """Whether the law on commercial messages applies (Law 6563; its regulation, article 2)."""

        PUBLIC_INFORMATION = "public", _("Public information by the municipality")
        COMMERCIAL = "commercial", _("Commercial: paid events, offers of municipal companies")

    name = models.CharField(_("name"), max_length=120)
    bodies = models.JSONField(_("texts"), default=dict)
    plain_letters = models.BooleanField(_("without Turkish letters"), default=False)
    purpose = models.CharField(_("class"), max_length=16, choices=Purpose)
    purpose_chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("class chosen by"), db_index=False
    )

    audience = models.CharField(_("receivers"), max_length=16, choices=Audience, default=Audience.CONSENTS)
    neighbourhoods = models.ManyToManyField(
        "departments.Neighbourhood", blank=True, related_name="+", verbose_name=_("neighbourhoods")
    )
    topics = ArrayField(models.CharField(max_length=32), default=list, blank=True, verbose_name=_("topics"))
    languages = ArrayField(models.CharField(max_length=8), default=list, blank=True, verbose_name=_("languages"))

    starts_at = models.DateTimeField(_("not before"), null=True, blank=True)
    ends_at = models.DateTimeField(_("not after"), null=True, blank=True)
    is_urgent = models.BooleanField(_("also at night"), default=False)
    # Gateways are paid by the part, mostly in advance; so this is the budget.
    most_segments = models.PositiveBigIntegerField(_("at most this many SMS parts"), null=True, blank=True)

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.DRAFT)
    halted_because = models.CharField(_("stopped by"), max_length=16, choices=Limit, blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(_("written at"), default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("author"), db_index=False
    )
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("approved by"),
        db_index=False,
    )

    # The month of this moment is the partition that holds every message of the campaign.
    started_at = models.DateTimeField(_("begun at"), null=True, blank=True)
    planned_through = models.BigIntegerField(default=0)
    planned_at = models.DateTimeField(_("receivers listed at"), null=True, blank=True)
    planned = models.PositiveIntegerField(_("receivers"), default=0)
    planned_segments = models.PositiveBigIntegerField(_("SMS parts"), default=0)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    totals = models.JSONField(_("totals"), default=dict)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        default_permissions = ("view", "add")
        permissions = [("approve_campaign", _("Can approve announcements"))]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="campaign_status_known"),
            models.CheckConstraint(
                condition=~Q(status__in=sorted(APPROVED)) | Q(approved_by__isnull=False),
                name="campaign_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | (~Q(approved_by=F("created_by")) & ~Q(approved_by=F("submitted_by"))),
                name="campaign_approved_by_second",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[Status.PLANNING, Status.RUNNING, Status.FINISHED])
                | Q(started_at__isnull=False),
                name="campaign_begun_has_time",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(status__in=sorted(ENDED)),
                name="campaign_closed_has_ended",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(starts_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="campaign_ends_later",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="campaign_approved_by_other",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("approved_by_id"),  # type: ignore[no-untyped-call]
                condition=pgtrigger.Q(new__approved_by__isnull=False),
                func=_APPROVED_BY_OTHER,
            )
        ]
        indexes = [
            # What the sweep looks at: few rows, however many campaigns there have been.
            models.Index(fields=["status"], condition=Q(closed_at__isnull=True), name="campaign_open"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_commercial(self) -> bool:
        """Whether the law on commercial messages applies."""
        return self.purpose == self.Purpose.COMMERCIAL

    @property
    def begun_at(self) -> datetime:
        """When the listing of receivers began. Only for campaigns that have begun."""
        if self.started_at is None:
            raise ValueError("the campaign has not begun")
        return self.started_at

    @property
    def segments_each(self) -> float:
        """SMS parts reserved for one message, on average; at least one."""
        return max(1.0, self.planned_segments / max(1, self.planned))

    @property
    def too_late_after(self) -> datetime:
        """From when on nothing of it is sent any more."""
        return self.ends_at or self.begun_at + POLICIES[Lane.BULK].deadline


class CampaignEvent(models.Model):
    """One line of a campaign's history. Append-only."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="events", verbose_name=_("announcement"))
    verb = models.CharField(_("what"), max_length=16, choices=Verb)
    at = models.DateTimeField(_("at"), default=timezone.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("who"),
        db_index=False,
    )
    status = models.CharField(_("status"), max_length=24, choices=Status)
    note = models.CharField(_("reason"), max_length=500, blank=True, default="")

    class Meta:
        verbose_name = _("event of an announcement")
        verbose_name_plural = _("events of announcements")
        default_permissions = ()
        ordering = ("id",)
        triggers = [pgtrigger.Protect(name="campaign_event_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.verb} {self.campaign_id}"


class ListedReceiver(models.Model):
    """One row of a list of phone numbers that was uploaded for a campaign; gone once the campaign is closed."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="listed", db_index=False)
    line = models.PositiveIntegerField()
    phone = models.CharField(max_length=16)
    language = models.CharField(max_length=8)
    fields = models.JSONField(default=dict)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["campaign", "phone"], name="listed_once"),
            models.CheckConstraint(condition=Q(phone__regex=r"^\+[1-9][0-9]{7,14}$"), name="listed_phone_e164"),
        ]
        indexes = [models.Index(fields=["campaign", "id"], name="listed_in_order")]

    def __str__(self) -> str:
        return f"{self.campaign_id}:{self.line}"


class OptOut(models.Model):
    """A phone that wants no announcements, whoever lists it. The latest word counts: consent anew removes it."""

    phone = models.CharField(_("phone"), max_length=16, primary_key=True)
    at = models.DateTimeField(_("at"), default=timezone.now)
    source = models.CharField(_("through"), max_length=64)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("entered by"),
        db_index=False,
    )

    objects = OptOutQuerySet.as_manager()

    class Meta:
        verbose_name = _("opt-out")
        verbose_name_plural = _("opt-outs")
        default_permissions = ("view", "add")
        # The list of the administration, newest first.
        indexes = [models.Index(fields=["-at"], name="optout_newest")]

    def __str__(self) -> str:
        return f"{self.source} {self.at:%Y-%m-%d}"


class QuotaYear(models.Model):
    """How many SMS parts of announcements a year has seen planned, and may see."""

    year = models.PositiveSmallIntegerField(_("year"), primary_key=True)
    reserved = models.PositiveBigIntegerField(_("used or reserved"), default=0)
    limit = models.PositiveBigIntegerField(_("limit"))

    objects = QuotaYearQuerySet.as_manager()

    class Meta:
        verbose_name = _("yearly quota")
        verbose_name_plural = _("yearly quotas")
        default_permissions = ("view", "change")
        constraints = [
            models.CheckConstraint(condition=Q(reserved__lte=F("limit")), name="quota_not_passed"),
        ]

    def __str__(self) -> str:
        return str(self.year)
