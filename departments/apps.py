from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DepartmentsConfig(AppConfig):
    """The municipality and its organisation: who is responsible for what, where and when."""

    name = "departments"
    verbose_name = _("Organisation")
