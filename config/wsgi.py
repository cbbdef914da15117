"""WSGI entry point."""

import os

from django.core.management.base import BaseCommand
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
# A server of web pages makes no checks of its own; a mistake in the settings must stop it like every command.
BaseCommand().check(display_num_errors=False)
