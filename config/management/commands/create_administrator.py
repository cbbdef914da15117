"""The first account of an installation."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.services import create_staff_account, invitation_path
from common.errors import DomainError


class Command(BaseCommand):
    """Makes an administrator and prints the link with which that person chooses a password."""

    help = "Make an administrator's account and print the invitation link. Load reference data first."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose account it is."""
        parser.add_argument("email")
        parser.add_argument("full_name")

    def handle(self, *args: Any, email: str, full_name: str, **options: Any) -> None:
        """Create and print; a refusal is told in words."""
        try:
            user = create_staff_account(actor=None, email=email, full_name=full_name, roles=("administrator",))
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{settings.PUBLIC_BASE_URL}{invitation_path(actor=None, user=user)}")
