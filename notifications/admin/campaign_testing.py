"""Tests of an announcement to one's own phone, which is proved by a code first."""

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.current import signed_in
from common.addresses import client_address
from common.errors import DomainError, InvalidInput
from common.phones import mask
from common.visitors import visitor
from notifications.admin.campaign_base import CampaignPagesBase
from notifications.campaign_forms import OwnPhoneCodeForm, OwnPhoneForm
from notifications.campaign_workflow import Verb
from notifications.models import Campaign
from notifications.services.campaigns import testing

# The phone a code was sent to, until the code is typed.
ASKED: Final = "own_phone_asked"


class SelfTestPages(CampaignPagesBase):
    """One press sends the test; two steps on one address say where to."""

    def test_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send a test message to the reader's own phone."""
        campaign = self.found(request, pk, needs=Verb.TEST)
        try:
            sent = testing.send_test(actor=signed_in(request), campaign_id=campaign.pk)
        except DomainError as refusal:
            return self.refused(request, campaign, refusal)
        text = ngettext("%(count)d test message is on its way.", "%(count)d test messages are on their way.", sent)
        self.message_user(request, text % {"count": sent}, messages.SUCCESS)
        return self.to_page(pk)

    def phone_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for the phone, send a code to it, take the code."""
        campaign = self.found(request, pk, needs=Verb.TEST)
        if request.method == "POST":
            return self._prove(request, campaign) if "code" in request.POST else self._send(request, campaign)
        asked = request.session.get(ASKED) if "code" in request.GET else None
        return self._phone_page(request, campaign, OwnPhoneCodeForm() if asked else OwnPhoneForm(), asked=asked)

    def _send(self, request: HttpRequest, campaign: Campaign) -> HttpResponse:
        form = OwnPhoneForm(request.POST)
        if not form.is_valid():
            return self._phone_page(request, campaign, form, status=422)
        phone = form.cleaned_data["phone"]
        try:
            testing.send_code(
                actor=signed_in(request),
                phone=phone,
                asker=visitor(request.session),
                language=get_language() or "tr",
                remote_address=client_address(request),
            )
        except InvalidInput as refusal:
            form.add_error("phone", str(refusal.message))
            return self._phone_page(request, campaign, form, status=429)
        request.session[ASKED] = phone
        address = reverse("admin:notifications_campaign_phone", args=[campaign.pk])
        return HttpResponseRedirect(f"{address}?code=1")

    def _prove(self, request: HttpRequest, campaign: Campaign) -> HttpResponse:
        asked = request.session.get(ASKED)
        form = OwnPhoneCodeForm(request.POST)
        if not asked:
            return self._phone_page(request, campaign, OwnPhoneForm())
        try:
            if form.is_valid():
                self._take(request, asked, form.cleaned_data["code"])
                return self.to_page(campaign.pk)
        except InvalidInput as refusal:
            form.add_error("code", str(refusal.message))
        return self._phone_page(request, campaign, form, asked=asked, status=422)

    def _take(self, request: HttpRequest, phone: str, code: str) -> None:
        testing.prove(actor=signed_in(request), phone=phone, asker=visitor(request.session), code=code)
        del request.session[ASKED]
        self.message_user(request, _("Your tests go to %(phone)s.") % {"phone": mask(phone)}, messages.SUCCESS)

    def _phone_page(
        self, request: HttpRequest, campaign: Campaign, form: Any, *, asked: str | None = None, status: int = 200
    ) -> HttpResponse:
        context = {"title": _("Where do your tests go?"), "form": form, "asked": mask(asked) if asked else ""}
        return self.page(request, "own_phone.html", campaign, status=status, **context)
