"""What announcements are about, as the public relations keep it."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.current import signed_in
from common.admintables import TableAdmin
from notifications import policies
from notifications.forms import TopicForm
from notifications.models import Topic
from notifications.services import topics


@admin.register(Topic)
class TopicAdmin(TableAdmin):
    """Added and changed, never deleted: consents and announcements point to a topic. One not wanted goes out of use."""

    form = TopicForm
    list_display = ("name", "name_en", "sort_order", "is_active")
    list_filter = ("is_active",)
    show_facets = admin.ShowFacets.NEVER
    empty_text = _("Topics come with the reference data; citizens choose from them what they hear about.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Topic]:
        """What the reader may see."""
        return Topic.objects.all().visible_to(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """The permission its service asks for."""
        return policies.can_keep_topics(request.user, new=True)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The permission its service asks for."""
        return policies.can_keep_topics(request.user, new=False)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def save_model(self, request: HttpRequest, obj: Topic, form: ModelForm, change: bool) -> None:
        """Through the service: from now on the row belongs to the staff."""
        topics.save(row=obj, actor=signed_in(request))
