"""The ground floor: functions and classes every app may use, no models."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class CommonConfig(AppConfig):
    """Registers ``common`` so that its template tags and translations are found."""

    name = "common"
    default = True


class GuardedAdminConfig(admin_apps.AdminConfig):
    """Django's administration with our site in it."""

    default = False
    default_site = "common.adminguard.GuardedSite"
