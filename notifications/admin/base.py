"""What the pages of this app share: nothing is added, edited or deleted by hand."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import get_language

from common.admintables import TableAdmin
from common.memo import memo
from notifications.models import MessageTemplate


class ReadOnlyAdmin(TableAdmin):
    """A page that shows rows and changes none."""

    list_per_page = 50
    show_full_result_count = False

    class Media:
        css = {"all": ["notifications/admin.css"]}

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds rows here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody edits rows here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes rows here."""
        return False

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        """One row, under what it is about."""
        named = {**context, "title": self.heading(obj), "subtitle": None, **self.extra_context(request)}
        return super().render_change_form(request, named, add, change, form_url, obj)

    def extra_context(self, request: HttpRequest) -> dict[str, Any]:
        """What the template of one row's page needs besides."""
        return {}

    def heading(self, row: Any) -> str:
        """What the page of ``row`` is called."""
        return str(capfirst(str(self.opts.verbose_name)))


def event_title(event: str) -> str:
    """What an event says, in the reader's language; its code where nobody named it."""
    return _titles(get_language() or "").get(event, event)


def event_choices() -> list[tuple[str, str]]:
    """Every event with its title, by title."""
    events = MessageTemplate.objects.order_by().values_list("event", flat=True).distinct()
    return sorted(((event, event_title(event)) for event in events), key=lambda choice: choice[1])


@memo(seconds=30)
def _titles(language: str) -> dict[str, str]:
    return MessageTemplate.objects.all().titles(language)
