"""Fills the demonstration."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config import demo, demo_announcements


class Command(BaseCommand):
    """Makes demo accounts and requests; running it again changes nothing. Only where DEMO is on."""

    help = "Make demo accounts and invented requests (only where DEMO is on)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, or refuse outside of the demonstration."""
        if not settings.DEMO:
            raise CommandError("DEMO is off: demo accounts have known passwords and must never exist in production.")
        made = demo.load()
        told = demo_announcements.announce()
        self.stdout.write(f"demo: {len(demo.ACCOUNTS)} accounts, {made} new requests, {told} new announcements")
