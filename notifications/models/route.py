"""The ways out, how they are used, and how they are doing."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.channels import Channel, GatewayName, Letters
from notifications.lanes import Lane
from notifications.querysets import RouteQuerySet
from notifications.segments import FOREIGN_ENCODINGS, TURKISH_ENCODINGS, Profile

# Their SMS come from abroad: no Turkish tables, and texts with a link are not delivered.
FOREIGN_GATEWAYS = (GatewayName.TWILIO,)
# They leave out who refused commercial messages in the national register (İYS). The simulated one reaches nobody.
FILTERING_GATEWAYS = (GatewayName.VERIMOR, GatewayName.NETGSM, GatewayName.ILETIMERKEZI, GatewayName.LOCAL)


@pghistory.track(append_only=True)
class Route(models.Model):
    """One way out: a gateway with a sender, what it may carry, how much and at what price.

    The environment holds the credentials of a gateway; a row says how the gateway is used. A row with a
    ``source`` belongs to the reference pack that names it, a row without one to the staff who changed it.
    """

    code = models.SlugField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=60)
    gateway = models.CharField(_("gateway"), max_length=16, choices=GatewayName)
    channel = models.CharField(_("channel"), max_length=16, choices=Channel, default=Channel.SMS)
    sender = models.CharField(
        _("sender"),
        max_length=40,
        blank=True,
        help_text=_("The name or number the gateway has approved. For Twilio also a messaging service (MG…)."),
    )
    lanes = ArrayField(models.CharField(max_length=16, choices=Lane), verbose_name=_("carries"), size=len(Lane))
    weight = models.PositiveSmallIntegerField(
        _("weight"),
        default=100,
        validators=[MinValueValidator(1)],
        help_text=_("Its share beside the other routes: 90 and 10 make nine messages in ten and one in ten."),
    )
    segments_per_second = models.PositiveIntegerField(
        _("SMS parts a second"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("What the contract allows, for all workers together. Empty: no limit."),
    )
    batch_size = models.PositiveIntegerField(
        _("messages a call"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("At most. Empty: as many as the gateway takes."),
    )
    reserved_units = models.PositiveSmallIntegerField(
        _("characters for the operator"),
        default=0,
        help_text=_("Turkish operators append five characters to every SMS."),
    )
    price_kurus = models.DecimalField(
        _("price of a part in kuruş"), max_digits=8, decimal_places=3, default=0, validators=[MinValueValidator(0)]
    )
    links_allowed = models.BooleanField(
        _("may carry links"), default=True, help_text=_("SMS from abroad with a link in them are not delivered.")
    )
    letters = models.CharField(_("Turkish letters"), max_length=16, choices=Letters, default=Letters.TURKISH)
    is_active = models.BooleanField(_("in use"), default=False)
    source = models.CharField(_("source"), max_length=300, blank=True, editable=False)

    objects = RouteQuerySet.as_manager()

    class Meta:
        verbose_name = _("route")
        verbose_name_plural = _("routes")
        default_permissions = ("view", "add", "change")
        ordering = ("name",)
        constraints = [
            models.CheckConstraint(condition=Q(weight__gte=1), name="route_has_weight"),
            models.CheckConstraint(
                condition=Q(channel=Channel.SMS) | Q(gateway=GatewayName.TWILIO),
                name="route_whatsapp_is_twilio",
                violation_error_message=_("WhatsApp messages go over Twilio only."),
            ),
            models.CheckConstraint(
                condition=Q(links_allowed=False) | ~Q(channel=Channel.SMS, gateway__in=FOREIGN_GATEWAYS),
                name="route_foreign_without_links",
                violation_error_message=_("SMS from abroad with a link in them are not delivered."),
            ),
            models.CheckConstraint(
                condition=Q(is_active=False) | Q(gateway=GatewayName.LOCAL) | ~Q(sender=""),
                name="route_in_use_has_sender",
                violation_error_message=_("A route in use needs a sender."),
            ),
            models.CheckConstraint(condition=Q(lanes__len__gte=1), name="route_carries_something"),
        ]

    def __str__(self) -> str:
        return self.name

    def can_carry(self, *, links: bool, commercial: bool) -> bool:
        """Whether texts with ``links``, or ``commercial`` ones, may go this way."""
        return (self.links_allowed or not links) and (self.gateway in FILTERING_GATEWAYS or not commercial)

    @property
    def profile(self) -> Profile:
        """How texts are encoded on this route, for counting their parts."""
        foreign = self.gateway in FOREIGN_GATEWAYS
        return Profile(FOREIGN_ENCODINGS if foreign else TURKISH_ENCODINGS, reserve=self.reserved_units)


class RoutePause(models.Model):
    """A route that is left alone until ``until``; then one small chunk, the canary, tries it again.

    ``refused``: the gateway refused us as a whole (wrong credentials, closed account), so nothing at all is
    sent over it. Otherwise too many errors: other routes take over, and without another one it is still used.
    The row goes away with the first messages that the route takes again.
    """

    route = models.OneToOneField(Route, models.CASCADE, primary_key=True, related_name="pause", verbose_name=_("route"))
    since = models.DateTimeField(_("since"), default=timezone.now)
    until = models.DateTimeField(_("next try at"))
    reason = models.CharField(_("reason"), max_length=300)
    times = models.PositiveIntegerField(_("refusals"), default=1)
    refused = models.BooleanField(_("refused"), default=True)
    canary_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("paused route")
        verbose_name_plural = _("paused routes")
        default_permissions = ("view",)
        constraints = [models.CheckConstraint(condition=Q(until__gte=F("since")), name="route_pause_ends_later")]

    def __str__(self) -> str:
        return str(self.route_id)


class RouteAllowance(models.Model):
    """How many segments a route may send at the moment ``at``; below zero they were sent in advance."""

    route = models.OneToOneField(Route, models.CASCADE, primary_key=True, related_name="+")
    segments = models.FloatField()
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.route_id)


class RouteTally(models.Model):
    """How many outcomes of one kind a route had within the ten seconds from ``slot`` on."""

    class Kind(models.TextChoices):
        ACCEPTED = "accepted", _("taken")
        DELIVERED = "delivered", _("delivered")
        UNDELIVERED = "undelivered", _("not delivered")
        REFUSED = "refused", _("message refused")
        ERROR = "error", _("error")
        ROUTE = "route", _("route refused")
        UNKNOWN = "unknown", _("outcome unknown")

    route = models.ForeignKey(Route, models.CASCADE, db_index=False, related_name="+")
    slot = models.DateTimeField()
    kind = models.CharField(max_length=16, choices=Kind)
    code = models.CharField(max_length=64)
    messages = models.PositiveIntegerField()
    segments = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["route", "slot", "kind", "code"], name="route_tally_once"),
        ]

    def __str__(self) -> str:
        return f"{self.route_id} {self.slot} {self.kind}"
