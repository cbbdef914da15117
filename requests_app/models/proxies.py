"""The two queues of the public-relations staff, each with pages of its own in the administration."""

from django.utils.translation import gettext_lazy as _

from requests_app.models.request import ServiceRequest


class TriageRequest(ServiceRequest):
    """A request that waits for a triage decision."""

    class Meta:
        proxy = True
        # Who may open the queue is said by ``requests_app.triage``.
        default_permissions = ()
        verbose_name = _("application to triage")
        verbose_name_plural = _("triage queue")


class ReviewRequest(ServiceRequest):
    """A request whose answer waits for review."""

    class Meta:
        proxy = True
        # Who may open the queue is said by ``requests_app.review``.
        default_permissions = ()
        verbose_name = _("answer to review")
        verbose_name_plural = _("review queue")
