"""Wordings of messages: every version stays readable, a change is a new version."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from accounts.current import signed_in
from common.errors import DomainError
from notifications import policies
from notifications.admin.base import ReadOnlyAdmin
from notifications.forms import WordingForm
from notifications.models import MessageTemplate
from notifications.services import rendering, templates
from notifications.services.samples import samples_for


@admin.register(MessageTemplate)
class MessageTemplateAdmin(ReadOnlyAdmin):
    """The list shows what is in use; a template's page offers a new wording with a live preview."""

    list_display = ("name", "language_name", "body", "version", "is_active")
    list_filter = ("is_active", "language")
    search_fields = ("event", "title", "body")
    ordering = ("event", "language", "-version")
    actions = ("take_into_use",)
    empty_text = _("The texts of the messages come with the reference data.")
    fields = (
        "name",
        "event",
        "language_name",
        "version",
        "is_active",
        "body",
        "fields_shown",
        "source",
        "created_by",
        "created_at",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[MessageTemplate]:
        """What the reader may see."""
        return MessageTemplate.objects.visible_to(request.user).order_by(*self.ordering)

    def get_urls(self) -> list[URLPattern]:
        """The pages for a new wording and its preview, before the admin's catch-all."""
        own = [
            path("<int:pk>/revise/", self.admin_site.admin_view(self.revise), name="notifications_revise"),
            path("<int:pk>/preview/", self.admin_site.admin_view(self.preview), name="notifications_preview"),
        ]
        return [*own, *super().get_urls()]

    def has_revise_permission(self, request: HttpRequest) -> bool:
        """Whether the action is offered."""
        return policies.can_revise_templates(request.user)

    def extra_context(self, request: HttpRequest) -> dict[str, Any]:
        """Those who may get the way to a new wording."""
        return {"may_revise": self.has_revise_permission(request)}

    @admin.action(description=_("Use this version"), permissions=["revise"])
    def take_into_use(self, request: HttpRequest, queryset: QuerySet[MessageTemplate]) -> None:
        """Go back to an earlier wording."""
        for template in queryset:
            templates.activate(actor=signed_in(request), template=template)
            self.message_user(request, _("In use: %(template)s.") % {"template": template}, messages.SUCCESS)

    def revise(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Write a new version and take it into use."""
        template = self._template(request, pk)
        form = WordingForm(request.POST if request.method == "POST" else None, initial={"body": template.body})
        if request.method == "POST" and form.is_valid():
            try:
                added = templates.revise(
                    actor=signed_in(request),
                    event=template.event,
                    language=template.language,
                    body=form.cleaned_data["body"],
                )
            except DomainError as refusal:
                form.add_error("body", str(refusal))
            else:
                self.log_change(request, added, [{"added": {"name": "version", "object": str(added.version)}}])
                self.message_user(request, _("The new wording is in use."), messages.SUCCESS)
                return HttpResponseRedirect(reverse("admin:notifications_messagetemplate_change", args=[added.pk]))
        return self._revise_page(request, template, form)

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The typed text with plausible fields and its size, as JSON. What is wrong stands in place of the text."""
        template = self._template(request, pk)
        return JsonResponse(_preview(template, request.POST.get("body", "")))

    def _template(self, request: HttpRequest, pk: int) -> MessageTemplate:
        if not policies.can_revise_templates(request.user):
            raise PermissionDenied
        template = self.get_queryset(request).filter(pk=pk).first()
        if template is None:
            raise Http404
        return template

    def _revise_page(self, request: HttpRequest, template: MessageTemplate, form: WordingForm) -> HttpResponse:
        supplied = sorted(templates.fields_supplied(template.event))
        typed = form.data.get("body", "") if form.is_bound else template.body
        context = {
            **self.admin_site.each_context(request),
            "title": _("New wording: %(name)s") % {"name": self.name(template)},
            "opts": self.opts,
            "original": template,
            "form": form,
            "fields": [
                (f"{{{name}}}", value) for name, value in samples_for(supplied, language=template.language).items()
            ],
            "preview": _preview(template, typed),
        }
        return TemplateResponse(request, "admin/notifications/messagetemplate/revise.html", context)

    def heading(self, row: MessageTemplate) -> str:
        """What the message says."""
        return self.name(row)

    @admin.display(description=_("message"), ordering="event")
    def name(self, template: MessageTemplate) -> str:
        """What the message says, in words."""
        return template.title or template.event

    @admin.display(description=_("language"), ordering="language")
    def language_name(self, template: MessageTemplate) -> str:
        """The language, in words."""
        return str(dict(settings.LANGUAGES).get(template.language, template.language))

    @admin.display(description=_("fields"))
    def fields_shown(self, template: MessageTemplate) -> str:
        """The fields as they are written in a text."""
        return ", ".join(f"{{{name}}}" for name in template.fields)


def _preview(template: MessageTemplate, body: str) -> dict[str, str | int]:
    try:
        used = rendering.check_body(body, allowed=templates.fields_supplied(template.event))
    except DomainError as refusal:
        return {"text": str(refusal), "segments": 0, "characters": 0}
    shown = rendering.preview_body(body, samples_for(used, language=template.language), template.language)
    return {"text": shown.text, "segments": shown.segments, "characters": shown.characters}
