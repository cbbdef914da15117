"""The service request, who made it, and the draft it grows from."""

import uuid

import pgtrigger
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from requests_app.querysets import ServiceRequestQuerySet
from requests_app.vocabulary import NEEDS_NAME, Channel, Kind
from requests_app.workflow import OPEN, UNANSWERED, Status

DESCRIPTION_MAX = 4000

_INTO_ONE_THAT_STANDS_ALONE = pgtrigger.Trigger(
    name="merged_into_one_that_stands_alone",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("merged_into_id"),  # type: ignore[no-untyped-call]
    condition=pgtrigger.Q(new__merged_into__isnull=False),
    declare=[("target_status", "text")],
    # The lock makes the other transaction's change of the target visible, or lets it wait for this one.
    func="""
        SELECT status INTO target_status FROM requests_app_servicerequest
            WHERE id = NEW.merged_into_id AND id <> NEW.id AND merged_into_id IS NULL FOR SHARE;
        IF target_status IS NULL OR target_status IN ('rejected', 'forwarded', 'withdrawn')
            OR EXISTS (SELECT 1 FROM requests_app_servicerequest WHERE merged_into_id = NEW.id)
        THEN
            RAISE EXCEPTION 'a request is merged into one that stands alone, and takes nobody along'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)

_ENDS_WITHOUT_LEAVING_ANYBODY = pgtrigger.Trigger(
    name="ends_without_leaving_anybody",
    when=pgtrigger.Before,
    operation=pgtrigger.UpdateOf("status"),  # type: ignore[no-untyped-call]
    condition=pgtrigger.Q(new__status__in=sorted(UNANSWERED)),
    func="""
        IF EXISTS (SELECT 1 FROM requests_app_servicerequest WHERE merged_into_id = NEW.id) THEN
            RAISE EXCEPTION 'requests are still merged into one that ends without an answer'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)


class Applicant(models.Model):
    """The contact details given with one application.

    One row per application, not per person: two people may share a phone, and erasing one application
    must not touch another.
    """

    name = models.CharField(_("name"), max_length=120)
    phone = models.CharField(_("phone"), max_length=16, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone_verified_at = models.DateTimeField(_("phone verified at"), null=True, blank=True)
    # Consent that waits for the phone to be confirmed: until then anybody could have typed the number.
    announcements_version = models.CharField(_("consent to announcements, text"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("applicant")
        verbose_name_plural = _("applicants")
        indexes = [models.Index(fields=["phone"], name="applicant_phone")]
        constraints = [
            models.CheckConstraint(
                condition=Q(phone="") | Q(phone__regex=r"^\+[1-9][0-9]{6,14}$"), name="applicant_phone_is_e164"
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class ServiceRequest(models.Model):
    """One citizen application, whatever channel it came over. Written only by services."""

    number = models.CharField(_("number"), max_length=16, unique=True)
    tracking_hash = models.CharField(max_length=64, editable=False)
    submission_key = models.CharField(max_length=80, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    category = models.ForeignKey(
        "requests_app.Category",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("category"),
        db_index=False,
    )
    description = models.TextField(_("description"), max_length=DESCRIPTION_MAX)
    extra_answers = models.JSONField(_("answers to the extra questions"), default=dict, blank=True)
    channel = models.CharField(_("channel"), max_length=20, choices=Channel)
    language = models.CharField(_("language"), max_length=5, default="tr")
    applicant = models.OneToOneField(
        Applicant, models.PROTECT, null=True, blank=True, related_name="request", verbose_name=_("applicant")
    )
    disclosure_version = models.CharField(_("disclosure notice shown"), max_length=20, blank=True)
    entered_by = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("entered by"),
        db_index=False,
    )

    neighbourhood = models.ForeignKey(
        "departments.Neighbourhood",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("neighbourhood"),
        db_index=False,
    )
    address = models.CharField(_("address or description of the place"), max_length=300, blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.RECEIVED)
    resume_status = models.CharField(max_length=24, blank=True, editable=False)
    department = models.ForeignKey(
        "departments.Department",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("department"),
        db_index=False,
    )
    suggested_department = models.ForeignKey(
        "departments.Department",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("suggested department"),
        db_index=False,
    )
    routed_by_rule_at = models.DateTimeField(_("considered by the router at"), null=True, blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="merged",
        verbose_name=_("merged into"),
        db_index=False,
    )
    authority = models.ForeignKey(
        "requests_app.Authority",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("forwarded to"),
        db_index=False,
    )

    submitted_at = models.DateTimeField(_("submitted at"))
    updated_at = models.DateTimeField(_("updated at"))
    closed_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    # Everything personal is gone; nothing can be done to the request any more.
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True)
    reopened_times = models.PositiveSmallIntegerField(_("times reopened"), default=0)

    legal_due_at = models.DateTimeField(_("due by law"), null=True, blank=True)
    target_due_at = models.DateTimeField(_("due by our own target"), null=True, blank=True)
    # Where both periods start: the submission, or the last reopening.
    clock_started_at = models.DateTimeField(_("clock started at"))
    extended = models.BooleanField(_("legal period extended"), default=False)
    promised_on = models.DateField(_("promised date"), null=True, blank=True)
    paused_at = models.DateTimeField(_("clock paused since"), null=True, blank=True)
    # The pauses that are over, since the clock started: kept as they were, because a period of working days,
    # one of calendar days and one of working hours each count something else of them.
    pauses = ArrayField(DateTimeRangeField(), verbose_name=_("clock was paused"), default=list, blank=True)
    # The one clock that queues sort by: the promised date, else the earlier of law and target; none
    # while it is paused or the request is finished. Set only by clocks.set_clock().
    clock_due_at = models.DateTimeField(_("due"), null=True, blank=True)

    search_text = models.TextField(editable=False, blank=True)

    objects = ServiceRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("service request")
        verbose_name_plural = _("service requests")
        ordering = ("-submitted_at",)
        permissions = [
            ("triage", _("Can triage service requests")),
            ("review", _("Can review answers")),
            ("enter", _("Can enter service requests for applicants")),
            ("reveal_contact", _("Can reveal contact details")),
            ("view_all", _("Can see every service request")),
        ]
        # Every index here costs each application something: each has a page that needs it, and a foreign key has
        # none of its own. Constraints instead of unique=True, which would index each text a second time for LIKE.
        indexes = [
            models.Index(fields=["clock_due_at"], condition=Q(status__in=sorted(OPEN)), name="request_open_by_clock"),
            models.Index(fields=["status", "submitted_at"], name="request_queue"),
            models.Index(fields=["department", "status", "clock_due_at"], name="request_department_queue"),
            models.Index(fields=["submitted_at"], name="request_by_time"),
            models.Index(
                fields=["submitted_at"],
                condition=Q(status=Status.RECEIVED, routed_by_rule_at__isnull=True),
                name="request_waiting_for_router",
            ),
            # The figures of the home page, the desk's finished requests, and erasure; written when a request ends,
            # not when it comes in.
            models.Index(fields=["closed_at"], condition=Q(closed_at__isnull=False), name="request_closed_by_time"),
            models.Index(fields=["category", "neighbourhood"], name="request_subject_and_place"),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="request_merged"),
            GinIndex(SearchVector("search_text", config="simple"), name="request_search"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["tracking_hash"], name="request_tracking_hash"),
            models.UniqueConstraint(fields=["submission_key"], name="request_submission_key"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="request_status_known"),
            models.CheckConstraint(
                condition=~Q(kind__in=sorted(NEEDS_NAME)) | Q(applicant__isnull=False),
                name="request_information_names_applicant",
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(
                    # Said outright: a comparison with nothing is not false, and would pass.
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name="request_point_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[Status.ROUTED, Status.IN_PROGRESS, Status.ANSWERED, Status.SCHEDULED])
                | Q(department__isnull=False),
                name="request_at_department_has_one",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.SCHEDULED) | Q(promised_on__isnull=False), name="request_scheduled_has_date"
            ),
            models.CheckConstraint(
                condition=Q(status=Status.MERGED) ^ Q(merged_into__isnull=True), name="request_merged_names_target"
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.FORWARDED) | Q(authority__isnull=False),
                name="request_forwarded_names_authority",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.WAITING_FOR_APPLICANT) ^ Q(paused_at__isnull=True),
                name="request_paused_while_waiting",
            ),
            models.CheckConstraint(
                condition=Q(status__in=sorted(OPEN)) ^ Q(closed_at__isnull=False), name="request_finished_has_time"
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(closed_at__isnull=False), name="request_erased_is_finished"
            ),
        ]
        triggers = [_INTO_ONE_THAT_STANDS_ALONE, _ENDS_WITHOUT_LEAVING_ANYBODY]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        """Whether the municipality still owes something."""
        return self.status in OPEN

    @property
    def worked_on(self) -> "ServiceRequest":
        """The request that is worked on for this one: what it was merged into, else itself."""
        return self.merged_into or self

    @property
    def closing(self) -> int:
        """How often the matter was reopened before it ended this time, as this applicant counts."""
        return self.reopened_times + (self.merged_into.reopened_times if self.merged_into else 0)

    @property
    def is_anonymous(self) -> bool:
        """Whether the applicant gave no name (a class of its own: Law 3071, art. 4 and 6)."""
        return self.applicant_id is None

    @property
    def has_point(self) -> bool:
        """Whether there are coordinates."""
        return self.latitude is not None


class ApplicationDraft(models.Model):
    """What a citizen has typed so far. Lives in the database so that nothing is lost on the way.

    The key is a secret in the citizen's cookie; only its hash is here. Erased after a week.
    """

    key_hash = models.CharField(max_length=64)
    submission_key = models.UUIDField(default=uuid.uuid4, unique=True)
    data = models.JSONField(default=dict)
    request = models.OneToOneField(ServiceRequest, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True, db_index=True)

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = [models.UniqueConstraint(fields=["key_hash"], name="draft_key_hash")]

    def __str__(self) -> str:
        return f"#{self.pk}"
