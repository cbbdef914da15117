from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class OwnPhone(models.Model):
    """The mobile phone that somebody of the staff proved to be theirs. Tests of announcements go there alone."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="own_phone")
    phone = models.CharField(_("phone"), max_length=16)
    proved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(phone__regex=r"^\+[1-9][0-9]{7,14}$"), name="own_phone_e164"),
        ]

    def __str__(self) -> str:
        return str(self.user_id)
