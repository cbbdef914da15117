"""The process's connections to the Redis-protocol server, for what Django's cache cannot say."""

from functools import lru_cache
from typing import Any

import redis
from django.conf import settings


@lru_cache(maxsize=4)
def _client(address: str) -> Any:
    return redis.Redis.from_url(address, socket_timeout=1, socket_connect_timeout=0.5, health_check_interval=30)


def client() -> Any:
    """A client whose pool the whole process shares. It waits at most a second, then raises redis.RedisError."""
    return _client(settings.REDIS_URL)
