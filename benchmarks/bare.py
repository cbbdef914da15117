"""The yardstick: a Django view that inserts one row and does nothing else. Served like the real thing."""

import os

import environ
from django.conf import settings

settings.configure(
    SECRET_KEY=os.environ["SECRET_KEY"],
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF="benchmarks.bare",
    DATABASES={"default": {**environ.Env.db_url_config(os.environ["DATABASE_URL"]), "CONN_MAX_AGE": 600}},
    INSTALLED_APPS=["benchmarks"],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
)

from django.core.wsgi import get_wsgi_application  # noqa: E402  (needs the settings above)

application = get_wsgi_application()

from django.db import models  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402


class BareRow(models.Model):
    """One text."""

    text = models.TextField()

    class Meta:
        app_label = "benchmarks"

    def __str__(self) -> str:
        return f"#{self.pk}"


def insert(request: HttpRequest) -> HttpResponse:
    """Insert a row."""
    BareRow.objects.create(text=request.POST["text"])
    return HttpResponse(status=201)


urlpatterns = [path("bare/", insert)]
