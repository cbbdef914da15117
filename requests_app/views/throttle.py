"""How often one address may do something. Counted in the cache; without a cache everything is let through.

These limits hold back programs, not people: behind one address of a mobile operator stand many citizens.
"""

import ipaddress
import logging
import time
from dataclasses import dataclass
from typing import Final

import redis
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from common.addresses import client_address
from common.broker import client

log = logging.getLogger(__name__)

HOUR: Final = 3600


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``most`` times in ``window`` seconds, for each who does it."""

    scope: str
    most: int
    window: int = HOUR


START: Final = Limit("start", 300)
SEND: Final = Limit("send", 200)
# Confirmations to one phone, which may be a stranger's: beyond that the application is taken, and no SMS goes out.
PHONE: Final = Limit("phone", 10)
WORDS: Final = Limit("words", 60)
API: Final = Limit("api", 120, 60)


def allows(limit: Limit, who: str) -> bool:
    """Count one more time for ``who`` and say whether it is still within ``limit``."""
    digest = salted_hmac("requests_app.throttle", who).hexdigest()
    key = f"throttle:{limit.scope}:{digest}:{int(time.time()) // limit.window}"
    try:
        return _count(key, limit.window) <= limit.most
    except redis.RedisError as error:  # a broken cache must not close the portal
        log.warning("throttle.not_counted", extra={"scope": limit.scope, "error": type(error).__name__})
        return True


def _count(key: str, window: int) -> int:
    """One more, in one round trip; the count forgets itself after ``window`` seconds."""
    with client().pipeline(transaction=False) as pipeline:
        pipeline.incr(key)
        pipeline.expire(key, window)
        counted, _ = pipeline.execute()
    return int(counted)


def allows_address(limit: Limit, request: HttpRequest) -> bool:
    """The same for the address a request comes from; of IPv6 its /64 network, which one household has."""
    address = client_address(request)
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return allows(limit, address)
    network = ipaddress.ip_network((parsed, 64), strict=False) if parsed.version == 6 else parsed
    return allows(limit, str(network))
