"""How a service request reads to people: its status, its clock and its history in plain words.

Shared by the portal, the desk and the administration pages. Pure reads: nothing here writes, and each
function says how many queries it needs at most.
"""

from requests_app.presentation.application import place_of
from requests_app.presentation.clock import Due, due, due_label
from requests_app.presentation.history import Entry, public_timeline, staff_timeline
from requests_app.presentation.replies import replies_by_outcome
from requests_app.presentation.router import routing_reason, sent_by_router, why_no_department
from requests_app.presentation.status import PublicStatus, public_status

__all__ = [
    "Due",
    "Entry",
    "PublicStatus",
    "due",
    "due_label",
    "place_of",
    "public_status",
    "public_timeline",
    "replies_by_outcome",
    "routing_reason",
    "sent_by_router",
    "staff_timeline",
    "why_no_department",
]
