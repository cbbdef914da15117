"""Writing an announcement, with its size while typing."""

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.current import signed_in
from common.errors import DomainError, http_status
from common.templatetags.ui import number
from notifications import policies
from notifications.admin.campaign_base import CampaignPagesBase
from notifications.campaign_forms import BODY, CampaignForm
from notifications.campaign_workflow import Verb
from notifications.models import Campaign
from notifications.segments import Encoding
from notifications.services.campaigns import approval, forecast

PREVIEW = "preview"
_ALPHABETS = {
    Encoding.GSM7: _("Plain letters"),
    Encoding.TURKISH_SINGLE: _("Turkish letters"),
    Encoding.TURKISH_LOCKING: _("Turkish letters"),
    Encoding.UCS2: _("All letters of the world (short SMS)"),
}


class WritingPages(CampaignPagesBase):
    """A new announcement, and a draft changed."""

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Write a new one."""
        if not policies.can_write_campaigns(request.user):
            raise PermissionDenied
        return self._write(request, None)

    def edit_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Change a draft."""
        campaign = self.found(request, pk, needs=Verb.CHANGE)
        if Verb.CHANGE not in policies.campaign_verbs(signed_in(request), campaign):
            return self.to_page(pk)
        return self._write(request, campaign)

    def measure_view(self, request: HttpRequest) -> HttpResponse:
        """The text of ``?language=`` as it would be sent, and its size, as JSON."""
        if not policies.can_write_campaigns(request.user):
            raise PermissionDenied
        asked = request.GET.get("language")
        language = asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        return JsonResponse(shown_size(request.POST.get(BODY + language, ""), language, request.POST))

    def _write(self, request: HttpRequest, campaign: Campaign | None) -> HttpResponse:
        sent = request.method == "POST"
        form = CampaignForm(request.POST if sent else None, campaign=campaign)
        if not sent or PREVIEW in request.POST:
            return self._form_page(request, campaign, form)
        if not form.is_valid():
            return self._form_page(request, campaign, form, status=422)
        try:
            written = _save(request, campaign, form)
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.message))
            return self._form_page(request, campaign, form, status=http_status(refusal))
        return self.to_page(written.pk)

    def _form_page(
        self, request: HttpRequest, campaign: Campaign | None, form: CampaignForm, *, status: int = 200
    ) -> HttpResponse:
        typed = {bound.name: bound.value() for bound in form}
        bubbles = [
            (code, label, form[BODY + code], shown_size(typed[BODY + code] or "", code, typed))
            for code, label in settings.LANGUAGES
        ]
        title = _("Change the announcement") if campaign else _("New announcement")
        context = {"form": form, "bubbles": bubbles, "title": title, "checked": PREVIEW in request.POST}
        return self.page(request, "form.html", campaign, status=status, **context)


def _save(request: HttpRequest, campaign: Campaign | None, form: CampaignForm) -> Campaign:
    if campaign is None:
        return approval.create(actor=signed_in(request), **form.written())
    version = form.cleaned_data["version"] or 0
    return approval.edit(actor=signed_in(request), campaign_id=campaign.pk, expected_version=version, **form.written())


def shown_size(body: str, language: str, typed: Any) -> dict[str, Any]:
    """A text and its size in words. What is wrong with it stands in the place of the text."""
    if not body.strip():
        return {"text": "", "segments": 0, "characters": 0, "notes": ""}
    try:
        size = forecast.size_of(
            body, language=language, plain=bool(typed.get("plain_letters")), purpose=typed.get("purpose") or ""
        )
    except DomainError as refusal:
        return {"text": str(refusal), "segments": 0, "characters": 0, "notes": ""}
    return {"text": size.text, "segments": size.segments, "characters": size.characters, "notes": _notes(size)}


def _notes(size: forecast.Size) -> str:
    """Alphabet, room, cost, and what Turkish letters cost."""
    left = ngettext("%(left)s more character fits", "%(left)s more characters fit", size.left)
    notes = [str(_ALPHABETS[Encoding(size.encoding)]), left % {"left": number(size.left)}]
    if size.cost is not None:
        notes.append(_("%(cost)s TL for each receiver") % {"cost": number(float(round(size.cost, 3)))})
    if size.saved > 0:
        saved = ngettext(
            "without Turkish letters %(count)d SMS less", "without Turkish letters %(count)d SMS less", size.saved
        )
        notes.append(saved % {"count": size.saved})
    return " · ".join(notes)
