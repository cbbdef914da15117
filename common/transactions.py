"""The one transaction of a service."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, transaction

from common.errors import busy


@contextmanager
def one_transaction(*, savepoint: bool = True) -> Iterator[None]:
    """All or nothing, as a decorator of a service or around a block.

    Raises Busy where the database gave up waiting for what somebody else is changing; nothing was saved then.
    """
    try:
        with transaction.atomic(savepoint=savepoint):
            yield
    except OperationalError as error:
        refusal = busy(error)
        if refusal is None:
            raise
        raise refusal from error
