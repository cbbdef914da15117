"""Every named read of this app, chainable."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q

from common.bell import LATE
from notifications.campaign_workflow import Status
from notifications.channels import Channel
from notifications.ids import first_id
from notifications.lanes import Lane
from notifications.workflow import HANDED_OVER, OPEN, State

if TYPE_CHECKING:
    from accounts.models import User
    from notifications.models import (  # noqa: F401
        Campaign,
        Consent,
        InboundNotice,
        LocalDelivery,
        Message,
        MessageTemplate,
        OneTimeCode,
        OptOut,
        QuotaYear,
        Route,
        Topic,
    )


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, user: User | AnonymousUser) -> MessageQuerySet:
        """Messages ``user`` may see: all with the permission to view messages, otherwise none."""
        return self if user.has_perm("notifications.view_message") else self.none()

    def unfinished(self) -> MessageQuerySet:
        """Messages something is still to be done for."""
        return self.filter(state__in=OPEN)

    def for_reference(self, reference: str) -> MessageQuerySet:
        """Messages about one thing, oldest first; for instance ``request:26-0000123-4``."""
        return self.filter(reference=reference).order_by("created_at", "id")

    def due(self, lane: str, at: datetime) -> MessageQuerySet:
        """Queued messages of ``lane`` that may be sent at ``at``, longest waiting first."""
        return self.filter(state=State.QUEUED, lane=lane, due_at__lte=at, expires_at__gt=at).order_by("due_at")

    def over(self, channel: str) -> MessageQuerySet:
        """Messages that go out over ``channel``."""
        return self.filter(channel=channel)

    def begun_late(self, since: datetime, at: datetime) -> MessageQuerySet:
        """Messages queued since ``since`` that no worker had taken within ``bell.LATE``, as seen at ``at``: their
        bell was lost, or no worker was free. Of one that was tried again nobody knows any more.
        """
        waits = Q(attempts=0, state=State.QUEUED, due_at__lt=at - LATE)
        waited = Q(attempts=1, claimed_at__gt=F("created_at") + LATE)
        return self.filter(waits | waited, id__gte=first_id(since))

    def overdue(self, at: datetime) -> MessageQuerySet:
        """Queued messages whose deadline has passed."""
        return self.filter(state=State.QUEUED, expires_at__lte=at)

    def abandoned(self, at: datetime) -> MessageQuerySet:
        """Messages in the hands of a worker whose lease has ended: nobody knows what became of them."""
        return self.filter(state=State.SENDING, due_at__lte=at)

    def taken_provider_ids(self, route: str, provider_ids: Collection[str]) -> set[str]:
        """Which of ``provider_ids`` already belong to a message of ours on ``route``."""
        known = self.filter(route=route, provider_id__in=provider_ids)
        return set(known.values_list("provider_id", flat=True))

    def with_spent_code(self) -> MessageQuerySet:
        """One-time code messages that were handed over and still hold their text or fields."""
        return self.filter(lane=Lane.OTP, state__in=HANDED_OVER).exclude(text="", context={})

    def settled_before(self, at: datetime) -> MessageQuerySet:
        """Messages queued before ``at`` that need nobody any more. Found by the time-ordered primary key."""
        return self.filter(id__lt=first_id(at)).exclude(state__in=OPEN)

    def retryable(self) -> MessageQuerySet:
        """Failed or expired messages that staff may send again: no codes, and each only once."""
        return self.filter(state__in=[State.FAILED, State.EXPIRED], retried_at=None).exclude(lane=Lane.OTP)


class RouteQuerySet(models.QuerySet["Route"]):
    def visible_to(self, user: User | AnonymousUser) -> RouteQuerySet:
        """Routes ``user`` may see: all with the permission to view them, otherwise none."""
        return self if user.has_perm("notifications.view_route") else self.none()

    def in_use(self) -> RouteQuerySet:
        """The routes that messages go out by, whatever they carry."""
        return self.filter(is_active=True)

    def carrying(self, lane: str, channel: str) -> RouteQuerySet:
        """Routes in use that may carry messages of ``lane`` over ``channel``, each with its pause, if it has one."""
        return self.in_use().filter(lanes__contains=[lane], channel=channel).select_related("pause")

    def busiest(self, lane: str = Lane.TRANSACTIONAL) -> Route | None:
        """The route most SMS of ``lane`` go out by, by which texts are measured before they are sent."""
        return self.carrying(lane, Channel.SMS).order_by("-weight", "code").first()


class MessageTemplateQuerySet(models.QuerySet["MessageTemplate"]):
    def visible_to(self, user: User | AnonymousUser) -> MessageTemplateQuerySet:
        """Templates ``user`` may see: all with the permission to view them, otherwise none."""
        return self if user.has_perm("notifications.view_messagetemplate") else self.none()

    def active(self) -> MessageTemplateQuerySet:
        """The version in use of each event and language."""
        return self.filter(is_active=True)

    def titles(self, language: str) -> dict[str, str]:
        """What each event says in the words of ``language``, for people who do not read codes."""
        named = self.active().exclude(title="")
        titles = dict(named.values_list("event", "title"))
        return titles | dict(named.filter(language=language).values_list("event", "title"))

    def versions_of(self, event: str, language: str) -> MessageTemplateQuerySet:
        """All versions of one text, newest first."""
        return self.filter(event=event, language=language).order_by("-version")


class OneTimeCodeQuerySet(models.QuerySet["OneTimeCode"]):
    def issued_since(self, since: datetime) -> OneTimeCodeQuerySet:
        """Codes issued after ``since``."""
        return self.filter(created_at__gt=since)

    def sent(self) -> OneTimeCodeQuerySet:
        """Codes that went out to a phone."""
        return self.filter(sent=True)


class ConsentQuerySet(models.QuerySet["Consent"]):
    def visible_to(self, user: User | AnonymousUser) -> ConsentQuerySet:
        """Consents ``user`` may see: all with the permission to view them, otherwise none."""
        return self if user.has_perm("notifications.view_consent") else self.none()

    def in_force(self, *, phone: str, purpose: str) -> ConsentQuerySet:
        """The consent of ``phone`` for ``purpose`` that was not withdrawn: at most one."""
        return self.filter(phone=phone, purpose=purpose, withdrawn_at=None)


class InboundNoticeQuerySet(models.QuerySet["InboundNotice"]):
    def visible_to(self, user: User | AnonymousUser) -> InboundNoticeQuerySet:
        """Notices ``user`` may see: all with the permission to view them, otherwise none."""
        return self if user.has_perm("notifications.view_inboundnotice") else self.none()

    def due(self, kind: str, at: datetime) -> InboundNoticeQuerySet:
        """Notices of ``kind`` to be dealt with at ``at``, longest waiting first."""
        return self.filter(kind=kind, processed_at=None, due_at__lte=at).order_by("due_at")

    def waiting(self) -> InboundNoticeQuerySet:
        """Notices something is still to be done about."""
        return self.filter(processed_at=None)

    def given_up(self) -> InboundNoticeQuerySet:
        """Notices that led to nothing, and why."""
        return self.exclude(error="")


class TopicQuerySet(models.QuerySet["Topic"]):
    def visible_to(self, user: User | AnonymousUser) -> TopicQuerySet:
        """Topics ``user`` may see in the administration: all with the permission to view them, otherwise none."""
        return self if user.has_perm("notifications.view_topic") else self.none()

    def active(self) -> TopicQuerySet:
        """Topics that may be chosen."""
        return self.filter(is_active=True)

    def labels(self) -> dict[str, str]:
        """The name of every topic in the reader's language, by its code; those out of use too."""
        return {topic.code: topic.label for topic in self}


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def visible_to(self, user: User | AnonymousUser) -> CampaignQuerySet:
        """Announcements ``user`` may see: all with the permission to view them, otherwise none."""
        return self if user.has_perm("notifications.view_campaign") else self.none()

    def in_status(self, *statuses: Status) -> CampaignQuerySet:
        """Announcements something is still open of, in one of ``statuses``; oldest first."""
        return self.filter(status__in=statuses, closed_at=None).order_by("id")


class OptOutQuerySet(models.QuerySet["OptOut"]):
    def visible_to(self, user: User | AnonymousUser) -> OptOutQuerySet:
        """Opt-outs ``user`` may see: all with the permission to view them, otherwise none."""
        return self if user.has_perm("notifications.view_optout") else self.none()


class QuotaYearQuerySet(models.QuerySet["QuotaYear"]):
    def visible_to(self, user: User | AnonymousUser) -> QuotaYearQuerySet:
        """Quotas ``user`` may see: all with the permission to view them, otherwise none."""
        return self if user.has_perm("notifications.view_quotayear") else self.none()


class LocalDeliveryQuerySet(models.QuerySet["LocalDelivery"]):
    def visible_to(self, user: User | AnonymousUser) -> LocalDeliveryQuerySet:
        """Simulated messages ``user`` may read: all with the permission, otherwise none."""
        return self if user.has_perm("notifications.view_localdelivery") else self.none()

    def newest_first(self) -> LocalDeliveryQuerySet:
        """In the order of a phone's inbox."""
        return self.order_by(F("at").desc(), F("id").desc())
