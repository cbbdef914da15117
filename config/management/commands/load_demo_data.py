"""Fills the demonstration."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config import demo, demo_announcements

NOT_OURS = (
    "This database holds accounts or applications that are not the demonstration's, so nothing was loaded or changed. "
    "For the demonstration name an empty database, or leave DATABASE_URL out. To run the desk on this one, set DEMO=0 "
    "and REFERENCE_PACK."
)


class Command(BaseCommand):
    """Makes demo accounts and requests; running it again changes nothing. Only where DEMO is on."""

    help = "Make demo accounts and invented requests (only where DEMO is on)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """``--check`` works on a database of any age, also before the first migration."""
        parser.add_argument("--check", action="store_true", help="only look whether the database may be filled")

    def handle(self, *args: Any, check: bool = False, **options: Any) -> None:
        """Load, or refuse outside of the demonstration and in a database that is somebody's."""
        if not settings.DEMO:
            raise CommandError("DEMO is off: demo accounts have known passwords and must never exist in production.")
        if demo.is_somebody_elses():
            raise CommandError(NOT_OURS)
        if check:
            return
        made = demo.load()
        told = demo_announcements.announce()
        self.stdout.write(f"demo: {len(demo.ACCOUNTS)} accounts, {made} new requests, {told} new announcements")
