"""Thin tasks: the work is found in the database, so running one twice or losing one changes nothing."""

from celery import shared_task

from common import bell
from requests_app.services import clock, retention, routing, unanswered
from requests_app.services.intake import ROUTER_BELL


@shared_task(name=ROUTER_BELL)
def route_waiting() -> None:
    """Route what is waiting for the router."""
    bell.answered(ROUTER_BELL)
    routing.route_waiting()


@shared_task(name=clock.RECOUNT_BELL)
def recount_clocks() -> None:
    """Recount the clocks after the calendar changed."""
    bell.answered(clock.RECOUNT_BELL)
    clock.recount_changed()


@shared_task(name="requests.sweep")
def sweep() -> None:
    """Find work whose bell was lost."""
    routing.route_waiting()
    clock.recount_changed()


@shared_task(name="requests.housekeeping")
def housekeeping() -> None:
    """Erase what may not be kept any longer."""
    retention.erase_drafts()
    retention.erase_personal_data()


@shared_task(name="requests.unanswered_questions")
def unanswered_questions() -> None:
    """Every morning: go on with what has waited for a reply too long, and remind the others."""
    unanswered.resume()
    unanswered.remind()


@shared_task(name="requests.remove_orphaned_files")
def remove_orphaned_files() -> None:
    """Every night: delete files that no row knows."""
    retention.remove_orphaned_files()
