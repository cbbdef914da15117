"""How fast the receivers of an announcement are listed: ``script/bench plan``.

Filter, opt-outs, each phone once, SMS parts, quota: a row for each receiver, in committed chunks. Beside it, in the
same run, one bare ``INSERT … SELECT`` of the same rows into a table without indexes. Prints one JSON line.
"""

import argparse
import json
import time

from benchmarks import town  # sets Django up, so it comes first

from django.db import connection  # isort: skip
from django.utils import timezone  # isort: skip

from notifications.services import partitions  # isort: skip
from notifications.services.campaigns import planning  # isort: skip


def main() -> None:
    """Measure both and print the line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=300_000, help="people who agreed (default 300,000)")
    count = parser.parse_args().count
    town.settle(count)
    campaign = town.approved_campaign()
    planning.start_due(timezone.now())
    began = time.perf_counter()
    planning.plan_all(until=time.monotonic() + 600)
    seconds = time.perf_counter() - began
    campaign.refresh_from_db()
    if campaign.planned != count - count // 33 or campaign.planned != campaign.messages.count():
        raise SystemExit(f"{campaign.planned} receivers instead of {count - count // 33}")
    bare = _bare(partitions.table_of(campaign.begun_at))
    figures = {"rows": campaign.planned, "per_second": round(campaign.planned / seconds)}
    report = {"benchmark": "plan", "plan": figures, "bare": {"per_second": round(campaign.planned / bare)}}
    print(json.dumps(report | {"ratio": round(bare / seconds, 3)}))


def _bare(table: str) -> float:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(f"CREATE TABLE benchmarks_barerows (LIKE {table})")
        began = time.perf_counter()
        cursor.execute(f"INSERT INTO benchmarks_barerows SELECT * FROM {table}")  # noqa: S608
        return time.perf_counter() - began


if __name__ == "__main__":
    main()
