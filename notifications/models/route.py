from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class RoutePause(models.Model):
    """A route that refused us as a whole (wrong credentials, closed account): nothing is sent until ``until``.

    The row goes away with the first message the route takes again.
    """

    route = models.CharField(_("route"), max_length=32, primary_key=True)
    since = models.DateTimeField(_("since"), default=timezone.now)
    until = models.DateTimeField(_("next try at"))
    reason = models.CharField(_("reason"), max_length=300)
    times = models.PositiveIntegerField(_("refusals"), default=1)

    class Meta:
        verbose_name = _("paused route")
        verbose_name_plural = _("paused routes")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.route
