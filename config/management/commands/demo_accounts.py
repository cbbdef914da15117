"""Prints the demonstration's accounts."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from config import demo


class Command(BaseCommand):
    """One line for each demo account; nothing where DEMO is off."""

    help = "Print the demo accounts (only where DEMO is on)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print e-mail, what it is for, and the one password."""
        if not settings.DEMO:
            return
        for account in demo.ACCOUNTS:
            self.stdout.write(f"  {account.email:<24} {account.title}")
        self.stdout.write(f"  {'Parola / password':<24} {demo.PASSWORD}")
