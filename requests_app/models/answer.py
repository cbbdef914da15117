"""What a department answers and what the applicant thinks of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from requests_app.vocabulary import Outcome

ANSWER_MAX = 4000


class AnswerState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Under review")
    APPROVED = "approved", _("Approved")
    RETURNED = "returned", _("Returned")


class Answer(models.Model):
    """A department's proposal. Once submitted its text never changes; a returned one is copied to a new draft."""

    request = models.ForeignKey("requests_app.ServiceRequest", models.CASCADE, related_name="answers")
    state = models.CharField(_("state"), max_length=12, choices=AnswerState, default=AnswerState.DRAFT)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome, blank=True)
    text = models.TextField(_("answer"), max_length=ANSWER_MAX, blank=True)
    promised_on = models.DateField(_("promised date"), null=True, blank=True)
    authority = models.ForeignKey(
        "requests_app.Authority",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("authority in charge"),
    )
    department = models.ForeignKey("departments.Department", models.PROTECT, related_name="+")
    drafted_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name=_("drafted by"))
    submitted_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("submitted by")
    )
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    reviewed_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("reviewed by")
    )
    reviewed_at = models.DateTimeField(_("reviewed at"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"))
    updated_at = models.DateTimeField(_("updated at"))

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ("-created_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["request"], condition=Q(state__in=["draft", "submitted"]), name="one_open_answer_per_request"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | (~Q(outcome="") & ~Q(text="") & Q(submitted_by__isnull=False)),
                name="answer_submitted_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | (Q(outcome=Outcome.SCHEDULED) ^ Q(promised_on__isnull=True)),
                name="answer_scheduled_has_date",
            ),
            # Law 3071, art. 5: what is not ours goes to whose it is.
            models.CheckConstraint(
                condition=Q(state="draft") | (Q(outcome=Outcome.NOT_OURS) ^ Q(authority__isnull=True)),
                name="answer_not_ours_names_authority",
            ),
            # Four eyes: who submits an answer never approves it.
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=models.F("submitted_by")),
                name="answer_reviewed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Feedback(models.Model):
    """The applicant's word on how it ended; one for each time the request, or what it was merged into, was closed."""

    request = models.ForeignKey("requests_app.ServiceRequest", models.CASCADE, related_name="feedback")
    closing = models.PositiveSmallIntegerField(_("closing"), help_text=_("0 for the first closing"))
    solved = models.BooleanField(_("solved"))
    score = models.PositiveSmallIntegerField(_("score"))
    comment = models.CharField(_("comment"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        constraints = [
            models.UniqueConstraint(fields=["request", "closing"], name="one_feedback_per_closing"),
            models.CheckConstraint(condition=Q(score__range=(1, 5)), name="feedback_score_1_to_5"),
        ]

    def __str__(self) -> str:
        return f"{self.score}"
