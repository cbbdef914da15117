"""A second connection to the test database."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

T = TypeVar("T")


def in_another_connection(work: Callable[[], T]) -> T:
    """What ``work`` returns when it runs beside this test, as another worker would. Twenty seconds at most."""

    def run() -> T:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(run).result(timeout=20)
