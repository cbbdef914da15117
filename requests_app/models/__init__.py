from requests_app.models.answer import Answer, AnswerState, Feedback
from requests_app.models.attachment import Attachment
from requests_app.models.history import ClockRecount, ContactReveal, Note, RequestEvent, RoutingDecision
from requests_app.models.proxies import ReviewRequest, TriageRequest
from requests_app.models.reference import Authority, Category, LegalPeriod, RoutingRule, StandardReply
from requests_app.models.request import Applicant, ApplicationDraft, ServiceRequest

__all__ = [
    "Answer",
    "AnswerState",
    "Applicant",
    "ApplicationDraft",
    "Attachment",
    "Authority",
    "Category",
    "ClockRecount",
    "ContactReveal",
    "Feedback",
    "LegalPeriod",
    "Note",
    "RequestEvent",
    "ReviewRequest",
    "RoutingDecision",
    "RoutingRule",
    "ServiceRequest",
    "StandardReply",
    "TriageRequest",
]
