"""Figures for Prometheus. Asked from the database at scrape time, so every process tells the same."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from notifications.lanes import SINGLE
from notifications.models import InboundNotice, Message
from notifications.services import health, notices
from requests_app.models import ServiceRequest


class Figures(Collector):
    """Requests, messages on their way, work begun late, how the routes are doing, and what gateways told us."""

    def collect(self) -> Iterable[Metric]:
        """Ask and yield."""
        yield self._requests()
        overdue = GaugeMetricFamily("acik_masa_requests_overdue", "Open requests whose clock has run out")
        overdue.add_metric([], ServiceRequest.objects.overdue(timezone.now()).count())
        yield overdue
        yield self._messages()
        yield from self._routes()
        yield self._late_starts()
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

    def _routes(self) -> Iterable[Metric]:
        now = health.report()
        age = GaugeMetricFamily("acik_masa_queue_age_seconds", "How long the oldest is due", labels=["lane"])
        for queue in now.queues:
            age.add_metric([queue.lane.value], queue.age.total_seconds())
        paused = GaugeMetricFamily("acik_masa_route_paused", "1 while the route is paused", labels=["route"])
        rate = GaugeMetricFamily("acik_masa_route_per_minute", "Messages taken a minute", labels=["route"])
        spent = GaugeMetricFamily("acik_masa_route_spent_lira", "Cost of today's parts", labels=["route"])
        problems = GaugeMetricFamily("acik_masa_route_problems", "Problems today", labels=["route", "code"])
        for each in now.routes:
            labels = [each.route.code]
            paused.add_metric(labels, float(each.pause is not None))
            rate.add_metric(labels, each.per_minute)
            spent.add_metric(labels, float(each.spent))
            for problem in each.problems:
                problems.add_metric([*labels, problem.code], problem.messages)
        yield from (age, paused, rate, spent, problems)

    def _late_starts(self) -> Metric:
        says = "Work of the last hour that no worker began within five seconds: a lost bell, or no free worker"
        family = GaugeMetricFamily("acik_masa_late_starts", says, labels=["work"])
        for work, count in late_starts(timedelta(hours=1)).items():
            family.add_metric([work], count)
        return family

    def _notices(self) -> Iterable[Metric]:
        yield _counted(
            "notices_waiting", "Notices to be dealt with", ("kind",), _by(InboundNotice.objects.waiting(), "kind")
        )
        given_up = _by(InboundNotice.objects.given_up(), "error")
        yield _counted("notices_given_up", "Notices that led to nothing", ("error",), given_up)
        yield _counted("webhooks_refused", "Callers not let in", ("gateway", "reason"), notices.refusals())


def late_starts(within: timedelta) -> dict[str, int]:
    """How much work that came ``within`` the time up to now began late: requests for the router, and messages by lane.

    Counted from the rows, so it is the same in every process and holds while the broker is away.
    """
    now = timezone.now()
    counts = {"router": ServiceRequest.objects.considered_late(now - within, now).count()}
    counts |= {lane.value: 0 for lane in SINGLE}
    messages = Message.objects.begun_late(now - within, now).values("lane").annotate(n=Count("pk")).order_by()
    return counts | {row["lane"]: row["n"] for row in messages}


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
