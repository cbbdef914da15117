"""What the municipality configures: categories, rules, periods, replies.

A row with a ``source`` belongs to the reference pack that names it; a row without one belongs to the staff
who entered or changed it, and no later load touches it.
"""

import pghistory
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.languages import in_readers_language
from common.ordering import alphabetical
from requests_app.querysets import StandardReplyQuerySet
from requests_app.vocabulary import LONGEST_TARGET, Kind, Outcome


@pghistory.track(append_only=True)
class Category(models.Model):
    """What an application is about, in the citizen's words."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    group = models.CharField(_("group"), max_length=80)
    group_en = models.CharField(_("group in English"), max_length=80, blank=True)
    help = models.CharField(_("help"), max_length=300, blank=True)
    help_en = models.CharField(_("help in English"), max_length=300, blank=True)
    kind = models.CharField(_("usual kind"), max_length=20, choices=Kind, blank=True)
    department = models.ForeignKey(
        "departments.Department", models.PROTECT, related_name="+", verbose_name=_("default department")
    )
    target_working_hours = models.PositiveIntegerField(
        _("service target in working hours"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(LONGEST_TARGET)],
        help_text=_("Empty: the legal period alone."),
    )
    auto_route = models.BooleanField(
        _("send to the department without triage"),
        default=False,
        help_text=_("Off: the department is only suggested and a person decides."),
    )
    catch_all = models.BooleanField(
        _("for whatever fits no other subject"),
        default=False,
        help_text=_("On: the department above only has a first look; nothing is sent to it without triage."),
    )
    keywords = models.JSONField(_("keywords"), default=list, blank=True)
    questions = models.JSONField(_("extra questions"), default=list, blank=True)
    sort_order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)
    source = models.CharField(_("source"), max_length=300, blank=True, editable=False)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ("sort_order", "name")
        constraints = [
            models.CheckConstraint(
                condition=~Q(catch_all=True, auto_route=True),
                name="category_catch_all_is_triaged",
                violation_error_message=_("What fits no other subject cannot be sent on without triage."),
            ),
            models.CheckConstraint(
                condition=Q(target_working_hours__lte=LONGEST_TARGET), name="category_target_can_be_counted"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return in_readers_language(self.name, self.name_en)

    @property
    def group_label(self) -> str:
        """The group's name in the reader's language."""
        return in_readers_language(self.group, self.group_en)

    @property
    def help_label(self) -> str:
        """The help text in the reader's language."""
        return in_readers_language(self.help, self.help_en)


@pghistory.track(append_only=True)
class RoutingRule(models.Model):
    """An exception to a category's default department in one neighbourhood."""

    category = models.ForeignKey(Category, models.CASCADE, related_name="rules", verbose_name=_("category"))
    neighbourhood = models.ForeignKey(
        "departments.Neighbourhood", models.CASCADE, related_name="+", verbose_name=_("neighbourhood")
    )
    department = models.ForeignKey(
        "departments.Department", models.PROTECT, related_name="+", verbose_name=_("department")
    )
    note = models.CharField(_("why"), max_length=200, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    source = models.CharField(_("source"), max_length=300, blank=True, editable=False)

    class Meta:
        verbose_name = _("routing rule")
        verbose_name_plural = _("routing rules")
        constraints = [
            models.UniqueConstraint(
                fields=["category", "neighbourhood"], condition=Q(is_active=True), name="one_active_rule_per_place"
            )
        ]

    def __str__(self) -> str:
        return f"{self.category} · {self.neighbourhood}"


@pghistory.track(append_only=True)
class LegalPeriod(models.Model):
    """Within how many days the law wants an answer, for one kind, from one date on."""

    class Unit(models.TextChoices):
        CALENDAR = "calendar", _("calendar days")
        WORKING = "working", _("working days")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    days = models.PositiveSmallIntegerField(_("days"))
    extended_days = models.PositiveSmallIntegerField(_("days when extended"), null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=10, choices=Unit)
    article = models.CharField(_("article"), max_length=200)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True, editable=False)

    class Meta:
        verbose_name = _("legal period")
        verbose_name_plural = _("legal periods")
        ordering = ("kind", "valid_from")
        constraints = [
            models.UniqueConstraint(fields=["kind", "valid_from"], name="one_legal_period_per_kind_and_start"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="legal_period_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(extended_days__isnull=True) | Q(extended_days__gt=F("days")),
                name="legal_period_extension_is_longer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.days} {self.get_unit_display()}"


@pghistory.track(append_only=True)
class StandardReply(models.Model):
    """A text that departments use again and again."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=120)
    body = models.TextField(_("text"), max_length=4000)
    category = models.ForeignKey(
        Category, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("only for category")
    )
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    source = models.CharField(_("source"), max_length=300, blank=True, editable=False)

    objects = StandardReplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("standard reply")
        verbose_name_plural = _("standard replies")
        ordering = (alphabetical("title"),)

    def __str__(self) -> str:
        return self.title


@pghistory.track(append_only=True)
class Authority(models.Model):
    """Another public body that an application may be forwarded to (Law 3071, art. 5)."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=160)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    source = models.CharField(_("source"), max_length=300, blank=True, editable=False)

    class Meta:
        verbose_name = _("other authority")
        verbose_name_plural = _("other authorities")
        ordering = (alphabetical("name"),)

    def __str__(self) -> str:
        return self.name
