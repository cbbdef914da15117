"""The queues on the first page of the administration."""

from typing import Any

from django import template

from requests_app.admin import queues

register = template.Library()


@register.inclusion_tag("admin/requests_app/queues.html", takes_context=True)
def staff_queues(context: dict[str, Any]) -> dict[str, Any]:
    """The counters of the reader's queues, and the way to a new application for those who enter them."""
    user = context["request"].user
    return {"counters": queues.counters(user), "may_enter": user.has_perm("requests_app.enter"), "heading": True}
