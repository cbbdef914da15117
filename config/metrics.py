"""Figures for Prometheus. Asked from the database at scrape time, so every process tells the same."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from notifications.models import InboundNotice, Message
from notifications.services import notices
from requests_app.models import ServiceRequest


class Figures(Collector):
    """Open and overdue requests, messages on their way by lane and state, and what gateways told us."""

    def collect(self) -> Iterable[Metric]:
        """Ask and yield."""
        yield self._requests()
        overdue = GaugeMetricFamily("acik_masa_requests_overdue", "Open requests whose clock has run out")
        overdue.add_metric([], ServiceRequest.objects.overdue(timezone.now()).count())
        yield overdue
        yield self._messages()
        yield from self._notices()

    def _requests(self) -> Metric:
        family = GaugeMetricFamily("acik_masa_requests_open", "Open requests", labels=["status"])
        for row in ServiceRequest.objects.open().values("status").annotate(n=Count("pk")).order_by():
            family.add_metric([row["status"]], row["n"])
        return family

    def _messages(self) -> Metric:
        family = GaugeMetricFamily("acik_masa_messages_waiting", "Messages on their way", labels=["lane", "state"])
        waiting = Message.objects.unfinished().values("lane", "state").annotate(n=Count("pk")).order_by()
        for row in waiting:
            family.add_metric([row["lane"], row["state"]], row["n"])
        return family

    def _notices(self) -> Iterable[Metric]:
        yield _counted(
            "notices_waiting", "Notices to be dealt with", ("kind",), _by(InboundNotice.objects.waiting(), "kind")
        )
        given_up = _by(InboundNotice.objects.given_up(), "error")
        yield _counted("notices_given_up", "Notices that led to nothing", ("error",), given_up)
        yield _counted("webhooks_refused", "Callers not let in", ("gateway", "reason"), notices.refusals())


def _by(rows: QuerySet[Any], field: str) -> dict[tuple[str, ...], int]:
    counted = rows.values_list(field).annotate(n=Count("pk")).order_by()
    return {(value,): count for value, count in counted}


def _counted(name: str, words: str, labels: Sequence[str], counts: Mapping[tuple[str, ...], int]) -> Metric:
    family = GaugeMetricFamily(f"acik_masa_{name}", words, labels=labels)
    for values, count in counts.items():
        family.add_metric(values, count)
    return family


def exposition() -> bytes:
    """The text that Prometheus reads."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Figures())
    return generate_latest(registry)
