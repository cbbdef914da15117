"""Figures for Prometheus. Asked from the database at scrape time, so every process tells the same."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Count
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from notifications.lanes import PROMPT
from notifications.models import Message
from requests_app.models import ServiceRequest


class Figures(Collector):
    """Open requests by status, how many are overdue, messages on their way by lane and state, and late starts."""

    def collect(self) -> Iterable[Metric]:
        """Ask and yield."""
        yield self._requests()
        overdue = GaugeMetricFamily("acik_masa_requests_overdue", "Open requests whose clock has run out")
        overdue.add_metric([], ServiceRequest.objects.overdue(timezone.now()).count())
        yield overdue
        yield self._messages()
        yield self._late_starts()

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

    def _late_starts(self) -> Metric:
        says = "Work of the last hour that no worker began within five seconds: a lost bell, or no free worker"
        family = GaugeMetricFamily("acik_masa_late_starts", says, labels=["work"])
        for work, count in late_starts(timedelta(hours=1)).items():
            family.add_metric([work], count)
        return family


def late_starts(within: timedelta) -> dict[str, int]:
    """How much work that came ``within`` the time up to now began late: requests for the router, and messages by lane.

    Counted from the rows, so it is the same in every process and holds while the broker is away.
    """
    now = timezone.now()
    counts = {"router": ServiceRequest.objects.considered_late(now - within, now).count()}
    counts |= {lane.value: 0 for lane in PROMPT}
    messages = Message.objects.begun_late(now - within, now).values("lane").annotate(n=Count("pk")).order_by()
    return counts | {row["lane"]: row["n"] for row in messages}


def exposition() -> bytes:
    """The text that Prometheus reads."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Figures())
    return generate_latest(registry)
