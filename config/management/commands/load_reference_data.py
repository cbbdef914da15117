"""``manage.py load_reference_data [pack]``: organisation, roles, texts and rules from files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import translation

from accounts.services import load_roles
from common.packs import PackError
from departments.services import reference as organisation
from notifications.services import route_settings, topics
from notifications.services import templates as message_templates
from requests_app.services import reference as request_rules


class Command(BaseCommand):
    """Brings the database in line with a reference pack. Running it again changes nothing."""

    help = "Loads a reference pack: create and update by code, close what is gone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The pack's folder name; by default the one in the settings."""
        parser.add_argument("pack", nargs="?", default=settings.REFERENCE_PACK)

    def handle(self, *args: Any, pack: str, **options: Any) -> None:
        """Load everything in one transaction and print what was done."""
        path = Path(settings.BASE_DIR) / "reference_data" / pack
        try:
            with transaction.atomic(), translation.override("en"):
                counts = self._load(path)
        except PackError as error:
            raise CommandError(str(error)) from error
        for count in counts:
            self.stdout.write(str(count))

    def _load(self, path: Path) -> list[Any]:
        load_roles()
        return [
            *organisation.load(path),
            route_settings.load(path),
            message_templates.load(path),
            topics.load(path),
            *request_rules.load(path),
        ]
