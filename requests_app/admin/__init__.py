"""The public-relations staff's pages: queues, decisions, entry, records and what is configured."""

from requests_app.admin.records import ContactRevealAdmin, FeedbackAdmin
from requests_app.admin.reference import (
    AuthorityAdmin,
    CategoryAdmin,
    LegalPeriodAdmin,
    RoutingRuleAdmin,
    StandardReplyAdmin,
)
from requests_app.admin.requests import ServiceRequestAdmin
from requests_app.admin.review import ReviewRequestAdmin
from requests_app.admin.triage import TriageRequestAdmin

__all__ = [
    "AuthorityAdmin",
    "CategoryAdmin",
    "ContactRevealAdmin",
    "FeedbackAdmin",
    "LegalPeriodAdmin",
    "ReviewRequestAdmin",
    "RoutingRuleAdmin",
    "ServiceRequestAdmin",
    "StandardReplyAdmin",
    "TriageRequestAdmin",
]
