"""The application itself in a few words."""

from requests_app.models import ServiceRequest


def place_of(request: ServiceRequest) -> str:
    """Neighbourhood and address in one line, or nothing. No query when the neighbourhood is selected already."""
    parts = (request.neighbourhood.name if request.neighbourhood else "", request.address)
    return ", ".join(part for part in parts if part)
