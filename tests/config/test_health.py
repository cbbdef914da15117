"""What the load balancer and the operator ask."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from config.tasks import heartbeat, housekeeping
from notifications.gateways.notices import Arrived
from notifications.lanes import Lane
from notifications.models import InboundNotice
from notifications.services import notices


def every_worker_is_heard_of(settings: Any) -> None:
    for queue in settings.WORKER_QUEUES:
        heartbeat(queue)


def test_livez_answers_without_a_database(client: Client) -> None:
    assert client.get("/livez").status_code == 200


def test_readyz_is_green_when_every_part_is_there(client: Client, db: None, settings: Any) -> None:
    every_worker_is_heard_of(settings)
    answer = client.get("/readyz")
    assert (answer.status_code, set(answer.json().values())) == (200, {True})


@pytest.mark.parametrize("lane", ["default", "background", "otp", "bulk"])
def test_readyz_is_red_where_the_worker_of_one_lane_is_not_heard_of(
    client: Client, db: None, settings: Any, lane: str
) -> None:
    every_worker_is_heard_of(settings)
    cache.delete(f"worker-heartbeat:{lane}")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert [name for name, fine in answer.json().items() if not fine] == ["workers"]


def test_every_lane_has_a_worker_that_is_listened_for(settings: Any) -> None:
    assert set(settings.WORKER_QUEUES) == {"default", "background", *Lane.values}


def test_no_sweep_waits_behind_what_may_take_a_minute(settings: Any) -> None:
    quick = {"notifications.sweep", "requests.sweep", "config.watch_bells"}
    entries = settings.CELERY_BEAT_SCHEDULE.values()
    queues = {each["task"]: each.get("options", {}).get("queue") for each in entries if "args" not in each}
    assert {task for task, queue in queues.items() if queue is None} == quick
    assert {queue for task, queue in queues.items() if task not in quick} == {"background"}


def test_what_nobody_took_does_not_pile_up(settings: Any) -> None:
    often = [each for each in settings.CELERY_BEAT_SCHEDULE.values() if each["schedule"] == 10]
    assert [each["options"]["expires"] for each in often] == [30] * len(often)


def test_readyz_names_a_migration_that_was_not_applied(client: Client, db: None, settings: Any) -> None:
    every_worker_is_heard_of(settings)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'requests_app'")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["migrations"] is False


def test_metrics_do_not_exist_without_a_token(client: Client, db: None, settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize(("sent", "status"), [("Bearer right", 200), ("Bearer wrong", 404)])
def test_metrics_are_given_to_who_knows_the_token(
    client: Client, db: None, settings: Any, sent: str, status: int
) -> None:
    settings.METRICS_TOKEN = "right"
    answer = client.get("/metrics", headers={"authorization": sent})
    assert answer.status_code == status
    assert (b"acik_masa_requests_overdue" in answer.content) == (status == 200)


def test_metrics_count_who_was_not_let_in_and_what_waits(client: Client, db: None, settings: Any) -> None:
    settings.METRICS_TOKEN = "right"
    notices.refused("verimor", "secret")
    notices.keep("verimor", [Arrived(InboundNotice.Kind.RECEIPT, "{}")])
    figures = client.get("/metrics", headers={"authorization": "Bearer right"}).content.decode()
    assert 'acik_masa_webhooks_refused{gateway="verimor",reason="secret"} ' in figures
    assert 'acik_masa_notices_waiting{kind="receipt"} 1.0' in figures


def test_expired_sessions_are_deleted(db: None) -> None:
    for key, days in (("old", -1), ("fresh", 1)):
        Session.objects.create(session_key=key, expire_date=timezone.now() + timedelta(days=days))
    housekeeping()
    assert [session.session_key for session in Session.objects.all()] == ["fresh"]


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics"])
def test_whoever_asks_from_inside_is_not_sent_to_https(client: Client, db: None, settings: Any, path: str) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert client.get(path).status_code != 301
    assert client.get("/takip/").status_code == 301
