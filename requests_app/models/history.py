"""What happened to a request. Events are append-only; free text lives in notes, which can be erased."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from requests_app.vocabulary import ActorKind, NoteKind
from requests_app.workflow import Status, Verb

APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


NOTE_MAX = 4000


class Note(models.Model):
    """A text that belongs to a request: internal notes, reasons, questions, replies, additions."""

    request = models.ForeignKey("requests_app.ServiceRequest", models.CASCADE, related_name="notes")
    kind = models.CharField(_("kind"), max_length=20, choices=NoteKind)
    text = models.TextField(_("text"), max_length=NOTE_MAX)
    author = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("written at"))

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ("created_at", "pk")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} #{self.pk}"


class RequestEvent(models.Model):
    """One change of a request: who, when, which verb, from which status to which. Holds no citizen text."""

    request = models.ForeignKey("requests_app.ServiceRequest", models.PROTECT, related_name="events", db_index=False)
    at = models.DateTimeField(_("when"))
    verb = models.CharField(_("what"), max_length=24, choices=Verb)
    from_status = models.CharField(_("from"), max_length=24, choices=Status, blank=True)
    to_status = models.CharField(_("to"), max_length=24, choices=Status)
    actor_kind = models.CharField(_("kind of actor"), max_length=12, choices=ActorKind)
    actor = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("who"), db_index=False
    )
    department = models.ForeignKey(
        "departments.Department",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("department"),
        db_index=False,
    )
    note = models.ForeignKey(Note, models.PROTECT, null=True, blank=True, related_name="events", db_index=False)
    facts = models.JSONField(_("details"), default=dict)
    version = models.PositiveIntegerField(_("version after"))

    class Meta:
        verbose_name = _("history entry")
        verbose_name_plural = _("history")
        ordering = ("at", "pk")
        indexes = [models.Index(fields=["note"], condition=models.Q(note__isnull=False), name="event_note")]
        # Also the index by which the history of a request is read.
        constraints = [models.UniqueConstraint(fields=["request", "version"], name="one_event_per_version")]
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.get_verb_display()} #{self.pk}"


class RoutingDecision(models.Model):
    """What the router thought of a request and why. Kept so that people can see and correct it."""

    class Reason(models.TextChoices):
        RULE = "rule", _("Rule for this category in this neighbourhood")
        CATEGORY = "category", _("Default department of the category")
        KEYWORDS = "keywords", _("Words in the text match the category")
        NO_CATEGORY = "no_category", _("No category was chosen and no words matched")
        DEPARTMENT_CLOSED = "department_closed", _("The department no longer exists")

    request = models.ForeignKey("requests_app.ServiceRequest", models.CASCADE, related_name="routing_decisions")
    department = models.ForeignKey("departments.Department", models.PROTECT, null=True, related_name="+")
    category = models.ForeignKey("requests_app.Category", models.PROTECT, null=True, related_name="+")
    rule = models.ForeignKey("requests_app.RoutingRule", models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=20, choices=Reason)
    words = models.JSONField(_("matching words"), default=list)
    confidence = models.FloatField(_("confidence"), default=0)
    rank = models.PositiveSmallIntegerField(_("rank"), default=1)
    applied = models.BooleanField(_("routed by itself"), default=False)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("routing decision")
        verbose_name_plural = _("routing decisions")
        ordering = ("-at", "rank")

    def __str__(self) -> str:
        return f"{self.get_reason_display()} #{self.pk}"


class ContactReveal(models.Model):
    """Somebody looked at an applicant's contact details, and said why. Append-only, so it holds no words."""

    class Reason(models.TextChoices):
        CALL = "call", _("To call the applicant")
        VISIT = "visit", _("To agree on a visit on site")
        IDENTITY = "identity", _("To make sure who is asking")
        AUTHORITY = "authority", _("A court or an authority asks for them")
        OTHER = "other", _("Another reason")

    request = models.ForeignKey("requests_app.ServiceRequest", models.PROTECT, related_name="reveals")
    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name=_("who"))
    reason = models.CharField(_("reason"), max_length=20, choices=Reason)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("contact reveal")
        verbose_name_plural = _("contact reveals")
        ordering = ("-at",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(reason__in=["call", "visit", "identity", "authority", "other"]),
                name="reveal_reason_known",
            )
        ]
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"#{self.pk}"


class ClockRecount(models.Model):
    """A wish to recount every open request's clocks, and how far that has come."""

    requested_at = models.DateTimeField()
    reached = models.BigIntegerField(default=0, help_text=_("Id of the last request counted."))
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["requested_at"], condition=models.Q(finished_at__isnull=True), name="recount_unfinished"
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
