"""Routes that refuse us as a whole are left alone for a while instead of failing message after message."""

from datetime import datetime, timedelta

from django.db import transaction

from notifications.gateways.base import Outcome
from notifications.models import RoutePause

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=10)


def is_paused(route: str, *, now: datetime) -> bool:
    """Whether nothing may be sent over ``route`` at ``now``."""
    return RoutePause.objects.filter(route=route, until__gt=now).exists()


@transaction.atomic
def pause(route: str, outcome: Outcome, *, now: datetime) -> None:
    """Leave ``route`` alone, twice as long each time it refuses us again, ten minutes at most."""
    known = RoutePause.objects.select_for_update().filter(route=route).first()
    if known is not None and known.until > now:
        return
    times = known.times + 1 if known else 1
    RoutePause.objects.update_or_create(
        route=route,
        defaults={
            "until": now + min(FIRST_PAUSE * 2 ** min(times - 1, 10), LONGEST_PAUSE),
            "reason": f"{outcome.code} {outcome.detail}".strip()[:300],
            "times": times,
        },
        create_defaults={
            "since": now,
            "until": now + FIRST_PAUSE,
            "reason": f"{outcome.code} {outcome.detail}".strip()[:300],
        },
    )


def resume(route: str) -> None:
    """The route takes messages (again)."""
    RoutePause.objects.filter(route=route).delete()
