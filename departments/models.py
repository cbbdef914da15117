"""The municipality, its departments and people in them, its calendar, its places and its legal texts.

Periods are half-open: ``valid_to`` (shown as "closed on") is the first day on which a row holds no longer.
A delegation is different, because people say "away until Friday": its last day is included.
A row with a ``source`` belongs to the reference pack that names it; a row without one belongs to the staff
who entered or changed it, and no later load touches it.
"""

from typing import Any

import pghistory
import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.ordering import alphabetical
from departments.querysets import (
    DelegationQuerySet,
    DepartmentQuerySet,
    LegalTextQuerySet,
    MembershipQuerySet,
    NeighbourhoodQuerySet,
)

HEX_COLOUR = r"^#[0-9A-Fa-f]{6}$"


class DateRange(Func):
    """PostgreSQL's ``daterange``, for exclusion constraints over two date columns."""

    function = "daterange"
    output_field = DateRangeField()


def _colour(label: Any, default: str) -> "models.CharField[str, str]":
    message = _("Write the colour as # and six digits, for example #00606B.")
    return models.CharField(label, max_length=7, default=default, validators=[RegexValidator(HEX_COLOUR, message)])


def _ends_after_start() -> Q:
    return Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from"))


@pghistory.track(append_only=True)
class Municipality(models.Model):
    """The municipality that runs this installation. There is exactly one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(_("name"), max_length=120)
    short_name = models.CharField(
        _("short name"), max_length=30, help_text=_("Opens every text message, so the shorter the better.")
    )
    province = models.CharField(_("province"), max_length=60)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    whatsapp = models.CharField(_("WhatsApp line"), max_length=20, blank=True)
    address = models.CharField(_("address"), max_length=250, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    website = models.URLField(_("website"), blank=True)
    logo = models.CharField(
        _("logo"), max_length=200, blank=True, help_text=_("Path of the picture under the static files.")
    )
    brand_colour = _colour(_("brand colour"), "#00606B")
    brand_dark = _colour(_("dark brand colour"), "#00454D")
    brand_light = _colour(_("light brand colour"), "#E3F1F2")
    work_start = models.TimeField(_("work starts at"))
    work_end = models.TimeField(_("work ends at"))
    half_day_end = models.TimeField(_("work ends on half days at"))
    reopen_days = models.PositiveSmallIntegerField(
        _("days to reopen"), default=30, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    map_lat = models.FloatField(_("latitude of the map's centre"))
    map_lng = models.FloatField(_("longitude of the map's centre"))
    map_zoom = models.PositiveSmallIntegerField(_("zoom of the map"), default=13)
    source = models.CharField(_("source"), max_length=500, blank=True, editable=False)

    class Meta:
        verbose_name = _("municipality")
        verbose_name_plural = _("municipality")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="one_municipality"),
            models.CheckConstraint(
                condition=Q(half_day_end__gt=F("work_start"), work_end__gte=F("half_day_end")),
                name="municipality_hours_in_order",
                violation_error_message=_("Work starts first, half days end next, work ends last."),
            ),
            models.CheckConstraint(condition=Q(reopen_days__range=(1, 365)), name="municipality_reopen_days"),
            # The colours are written into a style sheet.
            models.CheckConstraint(
                condition=Q(brand_colour__regex=HEX_COLOUR)
                & Q(brand_dark__regex=HEX_COLOUR)
                & Q(brand_light__regex=HEX_COLOUR),
                name="municipality_colours",
            ),
            models.CheckConstraint(
                condition=Q(map_lat__range=(-90, 90), map_lng__range=(-180, 180), map_zoom__range=(1, 19)),
                name="municipality_map",
            ),
        ]

    def __str__(self) -> str:
        return self.name


# A parent that is itself below the row would make every walk up the tree endless. The lock makes two
# simultaneous moves wait for each other; each then sees what the other committed.
_TREE_GUARD = """
    IF NEW.parent_id IS NULL THEN
        RETURN NEW;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('departments.tree'));
    IF EXISTS (
        WITH RECURSIVE up(id, parent_id) AS (
            SELECT id, parent_id FROM departments_department WHERE id = NEW.parent_id
            UNION
            SELECT d.id, d.parent_id FROM departments_department d JOIN up ON d.id = up.parent_id
        )
        SELECT 1 FROM up WHERE id = NEW.id
    ) THEN
        RAISE EXCEPTION 'a department cannot stand below itself'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'department_tree_has_no_cycle';
    END IF;
    RETURN NEW;
"""


@pghistory.track(append_only=True)
class Department(models.Model):
    """A node of the organisation tree: a directorate, or the deputy mayor it answers to."""

    code = models.SlugField(_("code"), max_length=60)
    name = models.CharField(_("name"), max_length=120)
    short_name = models.CharField(_("short name"), max_length=40, blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("answers to")
    )
    valid_from = models.DateField(_("exists since"))
    valid_to = models.DateField(
        _("closed on"), null=True, blank=True, help_text=_("The first day on which it exists no longer.")
    )
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    takes_requests = models.BooleanField(
        _("takes applications"),
        default=True,
        help_text=_("Off: it only stands above others, like a deputy mayor, and no application is sent to it."),
    )
    source = models.CharField(_("source"), max_length=500, blank=True, editable=False)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering = (alphabetical("name"),)
        constraints = [
            models.CheckConstraint(
                condition=_ends_after_start(),
                name="department_ends_after_start",
                violation_error_message=_("The closing day must be after the first day."),
            ),
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(valid_to__isnull=True),
                name="one_open_department_per_code",
                violation_error_message=_("An open department has this code."),
            ),
            ExclusionConstraint(
                name="one_department_per_code_and_day",
                expressions=[
                    ("code", RangeOperators.EQUAL),
                    (DateRange("valid_from", "valid_to", Value("[)")), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("Another department has this code in that time."),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="no_cycle_in_tree",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("parent_id"),  # type: ignore[no-untyped-call]
                func=_TREE_GUARD,
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The short name where there is one."""
        return self.short_name or self.name


@pghistory.track(append_only=True)
class Membership(models.Model):
    """Somebody's part in a department for a time."""

    class Role(models.TextChoices):
        HEAD = "head", _("head")
        STAFF = "staff", _("staff member")

    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="memberships", verbose_name=_("person"))
    department = models.ForeignKey(Department, models.PROTECT, related_name="memberships", verbose_name=_("department"))
    role = models.CharField(_("role"), max_length=10, choices=Role)
    valid_from = models.DateField(_("since"))
    valid_to = models.DateField(
        _("ended on"), null=True, blank=True, help_text=_("The first day on which it holds no longer.")
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ("department", "role", alphabetical("user__full_name"))
        constraints = [
            models.CheckConstraint(
                condition=_ends_after_start(),
                name="membership_ends_after_start",
                violation_error_message=_("The last day must be after the first day."),
            ),
            models.CheckConstraint(condition=Q(role__in=["head", "staff"]), name="membership_role"),
            ExclusionConstraint(
                name="one_membership_per_role_and_day",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("department", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (DateRange("valid_from", "valid_to", Value("[)")), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This person already has this role in this department in that time."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.department} · {self.get_role_display()}"


# The reason may speak of an illness, so it does not go into a history that nobody can erase.
@pghistory.track(append_only=True, exclude=["reason"])
class Delegation(models.Model):
    """A head lets somebody else act as head while away. Both days are included."""

    department = models.ForeignKey(Department, models.PROTECT, related_name="delegations", verbose_name=_("department"))
    head = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name=_("head"))
    delegate = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="delegations", verbose_name=_("delegate")
    )
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("named at"), auto_now_add=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True, editable=False)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        ordering = ("-starts_on",)
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="delegation_ends_after_start",
                violation_error_message=_("The last day cannot be before the first day."),
            ),
            models.CheckConstraint(
                condition=~Q(delegate=F("head")),
                name="delegate_is_somebody_else",
                violation_error_message=_("The delegate must be somebody else."),
            ),
            ExclusionConstraint(
                name="one_delegate_per_head_and_day",
                expressions=[
                    ("department", RangeOperators.EQUAL),
                    ("head", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on", Value("[]")), RangeOperators.OVERLAPS),
                ],
                condition=Q(revoked_at__isnull=True),
                violation_error_message=_("A delegate is already named for some of these days."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department}: {self.head} → {self.delegate}"


@pghistory.track(append_only=True)
class Neighbourhood(models.Model):
    """A neighbourhood (mahalle), with its boundary where one is to be had."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=80)
    folded_name = models.CharField(max_length=80, editable=False)
    polygon = models.JSONField(
        _("boundary"), null=True, blank=True, editable=False, help_text=_("GeoJSON Polygon or MultiPolygon, WGS 84.")
    )
    min_lat = models.FloatField(null=True, editable=False)
    max_lat = models.FloatField(null=True, editable=False)
    min_lng = models.FloatField(null=True, editable=False)
    max_lng = models.FloatField(null=True, editable=False)
    is_active = models.BooleanField(_("in use"), default=True)
    source = models.CharField(_("source"), max_length=500, blank=True, editable=False)

    objects = NeighbourhoodQuerySet.as_manager()

    class Meta:
        verbose_name = _("neighbourhood")
        verbose_name_plural = _("neighbourhoods")
        ordering = (alphabetical("name"),)
        constraints = [
            models.CheckConstraint(
                condition=Q(polygon__isnull=True, min_lat=None, max_lat=None, min_lng=None, max_lng=None)
                | Q(
                    polygon__isnull=False,
                    # NULL would make the comparisons unknown, which a check lets pass.
                    min_lat__isnull=False,
                    max_lat__isnull=False,
                    min_lng__isnull=False,
                    max_lng__isnull=False,
                    min_lat__gte=-90,
                    max_lat__gt=F("min_lat"),
                    max_lat__lte=90,
                    min_lng__gte=-180,
                    max_lng__gt=F("min_lng"),
                    max_lng__lte=180,
                ),
                name="neighbourhood_box_follows_polygon",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def box(self) -> tuple[float, float, float, float] | None:
        """Least and greatest latitude, least and greatest longitude; None without a boundary."""
        if self.min_lat is None or self.max_lat is None or self.min_lng is None or self.max_lng is None:
            return None
        return self.min_lat, self.max_lat, self.min_lng, self.max_lng


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), append_only=True)
class CalendarDay(models.Model):
    """A day that differs from the official calendar: an administrative leave, a working Saturday."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("holiday")
        HALF_DAY = "half_day", _("half day")
        WORKING = "working", _("working day")

    date = models.DateField(_("date"), unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    name = models.CharField(_("name"), max_length=120)
    source = models.CharField(_("source"), max_length=500, blank=True, editable=False)

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        ordering = ("date",)
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["holiday", "half_day", "working"]), name="calendar_day_kind")
        ]

    def __str__(self) -> str:
        return f"{self.date:%d.%m.%Y} {self.name}"


@pghistory.track(append_only=True)
class LegalText(models.Model):
    """One published version of a text that people are shown or agree to. Never changed: a new version follows."""

    class Kind(models.TextChoices):
        DISCLOSURE = "disclosure", _("disclosure notice")
        ACCESSIBILITY = "accessibility", _("accessibility statement")
        ANNOUNCEMENT_CONSENT = "announcement_consent", _("consent to announcements")

    kind = models.CharField(_("kind"), max_length=30, choices=Kind)
    language = models.CharField(_("language"), max_length=5, choices=[("tr", _("Turkish")), ("en", _("English"))])
    version = models.PositiveSmallIntegerField(_("version"), validators=[MinValueValidator(1)])
    title = models.CharField(pgettext_lazy("of a text", "title"), max_length=150)
    body = models.TextField(
        _("text"),
        max_length=20_000,
        help_text=_(
            "Paragraphs are separated by an empty line. A line that starts with ## is a heading, lines that start "
            "with - are a list. {municipality}, {address}, {phone}, {email} and {website} are filled in with the "
            "municipality's own data."
        ),
    )
    effective_from = models.DateField(_("effective from"))

    objects = LegalTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("legal text")
        verbose_name_plural = _("legal texts")
        ordering = ("kind", "language", "-version")
        constraints = [
            models.UniqueConstraint(fields=["kind", "language", "version"], name="one_legal_text_per_version"),
            models.CheckConstraint(
                condition=Q(kind__in=["disclosure", "accessibility", "announcement_consent"])
                & Q(language__in=["tr", "en"])
                & Q(version__gte=1),
                name="legal_text_kind_language_version",
            ),
        ]
        triggers = [
            # What somebody agreed to must stay readable word for word.
            pgtrigger.Protect(name="published_texts_stay", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.language}, {self.version})"

    @property
    def edition(self) -> str:
        """What names this text for good beside its kind: ``tr-1``. Kept with what people were shown or agreed to."""
        return f"{self.language}-{self.version}"
