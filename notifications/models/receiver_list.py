from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ReceiverList(models.Model):
    """The file of phone numbers uploaded for a campaign, and what was found in it.

    ``content`` and ``sample`` are there until the file has been read; then the numbers are ``ListedReceiver``
    rows, and of the file only figures and the numbers of its bad lines stay. Columns count from 0.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Its columns have to be named")
        READING = "reading", _("Is being read")
        READ = "read", _("Was read")
        BROKEN = "broken", _("Could not be read to its end")

    campaign = models.OneToOneField(
        "notifications.Campaign", models.CASCADE, related_name="receiver_list", verbose_name=_("announcement")
    )
    name = models.CharField(_("file"), max_length=120)
    content = models.BinaryField(null=True)
    sample = models.JSONField(default=list)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.UPLOADED)
    uploaded_at = models.DateTimeField(_("uploaded at"), default=timezone.now)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("uploaded by"), db_index=False
    )

    has_heading = models.BooleanField(_("the first line names the columns"), default=True)
    phone_column = models.PositiveSmallIntegerField(_("phone"), null=True, blank=True)
    language_column = models.PositiveSmallIntegerField(_("language"), null=True, blank=True)
    fields = models.JSONField(_("fields"), default=dict)

    lines_read = models.PositiveIntegerField(_("lines read"), default=0)
    good = models.PositiveIntegerField(_("numbers taken"), default=0)
    problems = models.JSONField(_("bad lines by reason"), default=dict)
    bad_lines = models.JSONField(_("bad lines"), default=list)

    class Meta:
        verbose_name = _("list of receivers")
        verbose_name_plural = _("lists of receivers")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["reading", "read"]) | Q(phone_column__isnull=False),
                name="list_read_has_phone_column",
            ),
            models.CheckConstraint(condition=~Q(state="read") | Q(content__isnull=True), name="list_read_is_not_kept"),
        ]
        indexes = [models.Index(fields=["state"], condition=Q(state="reading"), name="list_to_read")]

    def __str__(self) -> str:
        return self.name
