"""Addresses of the pages, and what their forms send."""

from typing import Any

from django.urls import reverse

from requests_app.models import ServiceRequest

TRIAGE, REVIEW, ALL = "triagerequest", "reviewrequest", "servicerequest"


def listing(model: str) -> str:
    """The address of a list."""
    return reverse(f"admin:requests_app_{model}_changelist")


def page(model: str, request: ServiceRequest) -> str:
    """The address of a request's page."""
    return reverse(f"admin:requests_app_{model}_change", args=[request.pk])


def decide(model: str, request: ServiceRequest, decision: str) -> str:
    """The address of a decision."""
    return reverse(f"admin:requests_app_{model}_decide", args=[request.pk, decision])


def typed(request: ServiceRequest, **values: Any) -> dict[str, Any]:
    """What a form sends: the version that was seen, and the rest."""
    return {"version": request.version, **values}
