"""The uploaded list of phone numbers: the file, its columns, and what was found in it."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.current import signed_in
from common.errors import DomainError, InvalidInput, http_status
from notifications import policies
from notifications.admin.campaign_base import CampaignPagesBase
from notifications.campaign_forms import ColumnsForm, ListForm, columns_of
from notifications.campaign_workflow import Verb
from notifications.models import Campaign, ReceiverList
from notifications.services.campaigns import receivers, sheets
from notifications.services.campaigns.forecast import Forecast
from notifications.services.campaigns.wording import Wording


class ListPages(CampaignPagesBase):
    """Three steps on one address: choose a file, name its columns, read the report."""

    def receivers_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Whatever comes next for the list."""
        campaign = self.found(request, pk, needs=Verb.CHANGE)
        if request.method != "POST":
            return self._list_page(request, campaign)
        if Verb.CHANGE not in policies.campaign_verbs(signed_in(request), campaign):
            return self.to_page(pk)
        return self._upload(request, campaign) if "upload" in request.POST else self._name_columns(request, campaign)

    def _upload(self, request: HttpRequest, campaign: Campaign) -> HttpResponse:
        form = ListForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._list_page(request, campaign, list_form=form, status=422)
        file = form.cleaned_data["file"]
        try:
            if file.size > sheets.MOST_BYTES:  # before it is read into memory
                raise InvalidInput("file", sheets.TOO_LARGE % {"most": sheets.MOST_BYTES // 1_000_000})
            receivers.upload(
                actor=signed_in(request),
                campaign_id=campaign.pk,
                expected_version=form.cleaned_data["version"],
                name=file.name,
                content=file.read(),
            )
        except DomainError as refusal:
            return self._refused_list(request, campaign, refusal, list_form=form)
        return self._again(campaign)

    def _name_columns(self, request: HttpRequest, campaign: Campaign) -> HttpResponse:
        waiting = _list_of(campaign)
        if waiting is None or waiting.state != ReceiverList.State.UPLOADED:
            return self._again(campaign)
        form = _columns_form(campaign, waiting, request.POST)
        if not form.is_valid():
            return self._list_page(request, campaign, columns_form=form, status=422)
        try:
            receivers.name_columns(
                actor=signed_in(request),
                campaign_id=campaign.pk,
                expected_version=form.cleaned_data["version"],
                **form.columns(),
            )
        except DomainError as refusal:
            return self._refused_list(request, campaign, refusal, columns_form=form)
        return self._again(campaign)

    def _refused_list(
        self, request: HttpRequest, campaign: Campaign, refusal: DomainError, **forms: Any
    ) -> HttpResponse:
        (form,) = forms.values()
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.message))
        return self._list_page(request, campaign, status=http_status(refusal), **forms)

    def _again(self, campaign: Campaign) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:notifications_campaign_receivers", args=[campaign.pk]))

    def _list_page(self, request: HttpRequest, campaign: Campaign, *, status: int = 200, **forms: Any) -> HttpResponse:
        listed = _list_of(campaign)
        may_change = Verb.CHANGE in policies.campaign_verbs(signed_in(request), campaign)
        context = {
            "title": _("List of phone numbers"),
            "list_form": ListForm(initial={"version": campaign.version}) if may_change else None,
            "may_change": may_change,
            **list_context(campaign, listed),
            **forms,
        }
        if may_change and listed is not None and listed.state == ReceiverList.State.UPLOADED:
            context.setdefault("columns_form", _columns_form(campaign, listed))
            context |= {"columns": columns_of(listed), "sample": listed.sample}
        return self.page(request, "receivers.html", campaign, status=status, **context)


def list_context(campaign: Campaign, listed: ReceiverList | None) -> dict[str, Any]:
    """The list's report."""
    if listed is None:
        return {"listed": None}
    return {
        "listed": listed,
        "problems": [(receivers.REASONS[reason], count) for reason, count in sorted(listed.problems.items())],
        "bad_lines": [(line, receivers.REASONS[reason]) for line, reason in listed.bad_lines],
        "opted_out": Forecast(campaign).opted_out if listed.state == ReceiverList.State.READ else 0,
    }


def _list_of(campaign: Campaign) -> ReceiverList | None:
    return ReceiverList.objects.defer("content").filter(campaign=campaign).first()


def _columns_form(campaign: Campaign, waiting: ReceiverList, data: Any = None) -> ColumnsForm:
    return ColumnsForm(data, waiting=waiting, fields=Wording(campaign).fields(), version=campaign.version)
