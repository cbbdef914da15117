from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The project itself is an app so that its commands and checks are found."""

    name = "config"

    def ready(self) -> None:
        from config import checks, wiring  # registers by being imported, once the models exist

        checks.register_all()
        wiring.connect()
