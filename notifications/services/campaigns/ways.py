"""The routes that an announcement may take: what it is measured, priced, set aside, approved and sent by."""

from notifications.lanes import Lane
from notifications.models import Route
from notifications.services import routes
from notifications.services.campaigns.wording import Wording


def open_to(wording: Wording) -> list[Route]:
    """The routes in use that may carry the texts of ``wording``, paused or not; by weight. One query."""
    return [route for route in routes.usable(Lane.BULK) if wording.may_go_over(route)]
