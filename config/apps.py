from django.apps import AppConfig

from config.celery import app as celery_app


class ConfigConfig(AppConfig):
    """The project itself is an app so that its commands and checks are found."""

    name = "config"

    def ready(self) -> None:
        from config import checks, wiring  # registers by being imported, once the models exist

        checks.register_all()
        wiring.connect()
        # In every process, so that a bell with a wrong name is heard of where it is rung.
        celery_app.autodiscover_tasks(force=True)
