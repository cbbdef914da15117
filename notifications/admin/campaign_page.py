"""The page of one announcement: what it says, who gets it, how far it is, and what can be done now."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.current import signed_in
from common.errors import DomainError
from common.phones import mask
from notifications import policies
from notifications.admin.campaign_base import TEMPLATES, CampaignPagesBase
from notifications.admin.campaign_list import list_context
from notifications.campaign_forms import ReasonForm
from notifications.campaign_workflow import Status, Verb
from notifications.models import Campaign, ReceiverList, Topic
from notifications.services.campaigns import approval, running, testing
from notifications.services.campaigns.forecast import Forecast
from notifications.services.campaigns.progress import Progress

WRITING = frozenset({Status.DRAFT, Status.AWAITING_APPROVAL})
BEFORE = WRITING | {Status.SCHEDULED}
# While one of these lasts the figures change by themselves.
MOVING = frozenset({Status.SCHEDULED, Status.PLANNING, Status.RUNNING})


@dataclass(frozen=True, slots=True)
class Decision:
    """One button: what it does, what is said then, and, where it needs a second look, that page's template."""

    act: Callable[..., Any]
    done: Promise
    look: str = ""
    title: Promise | str = ""
    needs_version: bool = False
    needs_reason: bool = False


DECISIONS = {
    Verb.SUBMIT: Decision(
        approval.submit, _("The announcement waits for somebody else's approval."), needs_version=True
    ),
    Verb.APPROVE: Decision(
        approval.approve,
        _("The announcement is approved."),
        look="approve.html",
        title=_("Approve this announcement?"),
        needs_version=True,
    ),
    Verb.RETURN: Decision(
        approval.send_back,
        _("The announcement went back to its author."),
        look="send_back.html",
        title=_("Send this announcement back?"),
        needs_version=True,
        needs_reason=True,
    ),
    Verb.PAUSE: Decision(running.pause, _("Paused: nothing more is sent until you resume it.")),
    Verb.RESUME: Decision(running.resume, _("The announcement goes on.")),
    Verb.CANCEL: Decision(
        running.cancel,
        _("The announcement is cancelled."),
        look="cancel.html",
        title=_("Cancel this announcement for ever?"),
        needs_reason=True,
    ),
}


class CampaignPages(CampaignPagesBase):
    """Reads through one object of figures each, acts through one service each."""

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The announcement. Nothing is sent to this address."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        campaign = self.found(request, int(object_id) if object_id.isdecimal() else 0)
        return self._shown(request, campaign)

    def figures_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The figures alone, as a piece of the page that is asked for again and again."""
        campaign = self.found(request, pk)
        return render(request, TEMPLATES + "figures.html", {"campaign": campaign, **figures_of(campaign)})

    def decide_view(self, request: HttpRequest, pk: int, verb: str) -> HttpResponse:
        """Do ``verb``; before what cannot be undone, show once more what it is about."""
        campaign = self.found(request, pk)
        decision = DECISIONS.get(verb)  # type: ignore[call-overload]
        if decision is None:
            raise Http404
        self.found(request, pk, needs=Verb(verb))
        if request.method == "POST":
            return self._decide(request, campaign, decision)
        if not decision.look or Verb(verb) not in policies.campaign_verbs(signed_in(request), campaign):
            return self.to_page(pk)
        return self._look(request, campaign, decision, ReasonForm(initial={"version": campaign.version}))

    def _decide(self, request: HttpRequest, campaign: Campaign, decision: Decision) -> HttpResponse:
        form = ReasonForm(request.POST)
        form.fields["reason"].required = decision.needs_reason
        if not form.is_valid():
            return self._look(request, campaign, decision, form, status=422)
        arguments: dict[str, Any] = {}
        if decision.needs_version:
            arguments["expected_version"] = form.cleaned_data["version"] or 0
        if decision.needs_reason:
            arguments["reason"] = form.cleaned_data["reason"]
        try:
            decision.act(actor=signed_in(request), campaign_id=campaign.pk, **arguments)
        except DomainError as refusal:
            return self.refused(request, campaign, refusal)
        self.message_user(request, str(decision.done), messages.SUCCESS)
        return self.to_page(campaign.pk)

    def _look(
        self, request: HttpRequest, campaign: Campaign, decision: Decision, form: ReasonForm, *, status: int = 200
    ) -> HttpResponse:
        context = {"title": decision.title, "form": form, **_about(campaign), **_outlook(campaign)}
        return self.page(request, decision.look, campaign, status=status, **context)

    def _shown(self, request: HttpRequest, campaign: Campaign) -> HttpResponse:
        user = signed_in(request)
        verbs = policies.campaign_verbs(user, campaign)
        context = {
            "title": campaign.name,
            "may": {verb.value: verb in verbs for verb in Verb},
            "own": campaign.status == Status.AWAITING_APPROVAL and Verb.APPROVE not in verbs,
            "history": campaign.events.select_related("actor").order_by("-id"),
            "own_phone": mask(phone) if (phone := testing.phone_of(user)) else "",
            **_about(campaign),
            **_outlook(campaign),
        }
        return self.page(request, "page.html", campaign, **context)


def _outlook(campaign: Campaign) -> dict[str, Any]:
    """What would happen, before it begins; how far it is, afterwards."""
    before: dict[str, Any] = {"forecast": Forecast(campaign)} if campaign.status in BEFORE else {}
    if campaign.status in WRITING:
        return before | {"obstacle": approval.obstacle(campaign)}
    return before | figures_of(campaign)


def figures_of(campaign: Campaign) -> dict[str, Any]:
    """The figures of a campaign that has begun, and whether they still move."""
    figures = Progress(campaign)
    return {
        "progress": figures,
        "moving": campaign.status in MOVING,
        "time_left": _in_words(figures.time_left) if figures.time_left else "",
    }


def _about(campaign: Campaign) -> dict[str, Any]:
    """What it says and whom it is for, in words."""
    names: dict[str, Any] = dict(settings.LANGUAGES)
    labels = Topic.objects.all().labels()
    listed = ReceiverList.objects.defer("content").filter(campaign=campaign).first()
    return {
        "texts": [(code, name, campaign.bodies[code]) for code, name in settings.LANGUAGES if code in campaign.bodies],
        "topics": [labels.get(code, code) for code in campaign.topics],
        "languages": [names.get(code, code) for code in campaign.languages],
        "neighbourhoods": [place.name for place in campaign.neighbourhoods.all()],
        **list_context(campaign, listed),
    }


def _in_words(duration: timedelta) -> str:
    minutes = max(1, round(duration.total_seconds() / 60))
    if minutes < 90:
        return ngettext("about %(count)d minute", "about %(count)d minutes", minutes) % {"count": minutes}
    hours = round(minutes / 60)
    return ngettext("about %(count)d hour", "about %(count)d hours", hours) % {"count": hours}
