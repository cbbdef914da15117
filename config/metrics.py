"""Figures for Prometheus. Asked from the database at scrape time, so every process tells the same."""

from collections.abc import Iterable

from django.db.models import Count
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from notifications.models import Message
from requests_app.models import ServiceRequest


class Figures(Collector):
    """Open requests by status, how many are overdue, and messages on their way by lane and state."""

    def collect(self) -> Iterable[Metric]:
        """Ask and yield."""
        yield self._requests()
        overdue = GaugeMetricFamily("acik_masa_requests_overdue", "Open requests whose clock has run out")
        overdue.add_metric([], ServiceRequest.objects.overdue(timezone.now()).count())
        yield overdue
        yield self._messages()

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


def exposition() -> bytes:
    """The text that Prometheus reads."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Figures())
    return generate_latest(registry)
