"""Where lower floors' events meet upper floors' services."""

from common import events
from requests_app.services import clock, open_departments


def connect() -> None:
    """Subscribe everything. Called once, when the project is ready."""
    events.calendar_changed.subscribe(clock.on_calendar_changed)
    events.department_closing.subscribe(open_departments.on_department_closing)
