"""The ground floor: functions and classes every app may use, no models."""

from django.apps import AppConfig


class CommonConfig(AppConfig):
    """Registers ``common`` so that its template tags and translations are found."""

    name = "common"
