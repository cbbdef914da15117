"""The Celery application: the bell-ringer, never the truth.

Every task finds its work in the database, so a lost or doubled task changes nothing.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("acik_masa")
app.config_from_object("django.conf:settings", namespace="CELERY")
