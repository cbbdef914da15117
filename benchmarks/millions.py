"""What ten million announcements a year do to the eleventh million: ``script/bench millions``.

An announcement is sent with nothing in the table. Then the table is filled: finished campaigns in the months before,
and in this month a large one that is half sent and paused. Measured are the page of that one and the list of all, asked
for over HTTP by somebody signed in; the same sending once more; and dropping a month. In the end the table is emptied
and the sending measured a third time, which tells what is chance. Prints one JSON line.
"""

import argparse
import json
import shutil
import time
from datetime import datetime, timedelta
from typing import Any

from benchmarks import town  # sets Django up, so it comes first

from django.conf import settings  # isort: skip
from django.test import Client  # isort: skip
from django.urls import reverse  # isort: skip
from django.utils import timezone  # isort: skip

from benchmarks import load, loopback, send  # isort: skip
from benchmarks.servers import WebServer, gunicorn  # isort: skip
from notifications.campaign_workflow import Status  # isort: skip
from notifications.models import Campaign  # isort: skip
from notifications.services import partitions  # isort: skip
from notifications.services.ledgers.base import execute  # isort: skip
from notifications.workflow import FINISHED  # isort: skip

MONTHS = 7
RECEIVERS = 50_000
LARGE = 300_000
REQUESTS = 200
BYTES_A_ROW = 1_500  # with indexes and what the database writes beside them, generously

# Of twenty messages; what was handed over and never reported on stays accepted.
ENDED = ["delivered"] * 17 + ["accepted", "failed", "cancelled"]
HALF_SENT = ["queued"] * 10 + ["delivered"] * 8 + ["accepted", "failed"]

_FILL = """
INSERT INTO {table} (id, campaign_id, phone, language, fields, segments, state, due_at, expires_at, attempts, lookups,
                     claimed_at, sent_at, finished_at, route, provider_id, error_code, error_detail)
SELECT uuidv7(%(at)s - clock_timestamp()), %(campaign)s, '+90500' || lpad(n::text, 7, '0'), 'tr', NULL, 1, state,
       %(at)s, %(at)s + interval '3 days', tried::int, 0, CASE WHEN tried THEN %(at)s END,
       CASE WHEN tried THEN %(at)s END, CASE WHEN state = ANY(%(finished)s) THEN %(at)s END,
       CASE WHEN tried THEN 'twilio' ELSE '' END, CASE WHEN tried THEN 'SM' || md5(random()::text) ELSE '' END, '', ''
  FROM (SELECT n, (%(states)s::text[])[1 + n %% 20] AS state, (%(states)s::text[])[1 + n %% 20] <> 'queued' AS tried
          FROM generate_series(1, %(count)s) AS n) AS receiver
"""


def main() -> None:
    """Measure everything and print the line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000, help="messages in the table (default 10,000,000)")
    parser.add_argument("--count", type=int, default=30_000, help="receivers of what is sent (default 30,000)")
    arguments = parser.parse_args()
    town.settle(arguments.count)
    _insist_on_room(arguments.rows)
    report: dict[str, Any] = {"benchmark": "millions", "empty": send.announcement("twilio")}
    began = time.perf_counter()
    large = _fill(arguments.rows)
    report["rows"], report["filled_s"] = _rows(), round(time.perf_counter() - began)
    report["full"] = send.announcement("twilio")
    with gunicorn("config.wsgi", **loopback.environment(port=9)) as web:  # which sends nothing
        report["page"] = _asked(web, reverse("admin:notifications_campaign_change", args=[large.pk]))
        report["list"] = _asked(web, reverse("admin:notifications_campaign_changelist"))
    report["dropped"] = _drop_a_month()
    execute("TRUNCATE notifications_bulkmessage")
    report["empty_again"] = send.announcement("twilio")
    usual = (report["empty"]["per_second"] + report["empty_again"]["per_second"]) / 2
    print(json.dumps(report | {"ratio": round(report["full"]["per_second"] / usual, 3)}))


def _insist_on_room(rows: int) -> None:
    free = shutil.disk_usage(execute("SHOW data_directory")[0][0]).free
    if free < rows * BYTES_A_ROW:
        raise SystemExit(f"{rows:,} rows need {rows * BYTES_A_ROW >> 30} GiB of disk; {free >> 30} are free")


def _fill(rows: int) -> Campaign:
    """Finished campaigns in each month and the large one in this month, which is returned."""
    execute("SET statement_timeout = 0")
    execute("SET synchronous_commit = off")
    execute("SET session_replication_role = replica")  # the campaigns are there: ten million look-ups say nothing
    now = timezone.now()
    large = _campaign(now, HALF_SENT, LARGE, Status.PAUSED)
    each = max(0, rows - LARGE) // RECEIVERS
    for number in range(each):
        begun = now if number % MONTHS == 0 else partitions.months_before(now, number % MONTHS) + timedelta(days=1)
        _campaign(begun, ENDED, RECEIVERS, Status.FINISHED)
    execute("SET session_replication_role = origin")
    execute("VACUUM (ANALYZE) notifications_bulkmessage")
    execute("CHECKPOINT")
    return large


def _campaign(begun: datetime, states: list[str], count: int, status: Status) -> Campaign:
    partitions.ensure(begun)
    ended = status == Status.FINISHED
    author, second = town.person("author"), town.person("second")
    campaign = Campaign.objects.create(
        name="Su kesintisi",
        bodies={"tr": "Yarın 09.00-17.00 arasında mahallemizde su kesintisi olacaktır."},
        purpose=Campaign.Purpose.PUBLIC_INFORMATION,
        purpose_chosen_by=author,
        created_by=author,
        submitted_by=author,
        approved_by=second,
        status=status,
        started_at=begun,
        planned_at=begun,
        planned=count,
        planned_segments=count,
        closed_at=begun if ended else None,
        totals={"by_state": {"delivered": count}, "segments": count, "sent_segments": count} if ended else {},
    )
    values = {"at": begun, "campaign": campaign.pk, "count": count, "states": states}
    finished = [state.value for state in FINISHED]
    execute(_FILL.format(table=partitions.table_of(begun)), **values, finished=finished)
    return campaign


def _asked(web: WebServer, path: str) -> dict[str, float]:
    """How long the page takes, asked for by one person again and again."""
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(town.person("author"))
    session = client.cookies[settings.SESSION_COOKIE_NAME]
    request = load.get(path, port=web.port, headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}={session.value}"})
    load.run([request] * 10, port=web.port, clients=1, good=_is_page)
    found = load.run([request] * REQUESTS, port=web.port, clients=1, good=_is_page)
    if found.failures:
        raise SystemExit(f"{found.failures} of {REQUESTS} were not answered with {path}")
    return {name: figure for name, figure in found.summary().items() if name.endswith("_ms")}


def _is_page(answer: bytes) -> bool:
    return answer.startswith(b"HTTP/1.1 200")


def _drop_a_month() -> dict[str, object]:
    """What the retention run does with the oldest month."""
    before = _rows()
    oldest = partitions.months_before(timezone.now(), MONTHS - 1)
    began = time.perf_counter()
    gone = partitions.drop_before(partitions.months_before(timezone.now(), MONTHS - 2))
    seconds = time.perf_counter() - began
    if gone != [partitions.table_of(oldest)]:
        raise SystemExit(f"dropped {gone}")
    return {"rows": before - _rows(), "seconds": round(seconds, 3)}


def _rows() -> int:
    return int(execute("SELECT count(*) FROM notifications_bulkmessage")[0][0])


if __name__ == "__main__":
    main()
