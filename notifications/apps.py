from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """Messages to citizens: the outbox, the lanes, the gateways."""

    name = "notifications"
    verbose_name = _("Messages")

    def ready(self) -> None:
        from notifications import checks  # registers by being imported

        checks.register_all()
