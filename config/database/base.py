"""Django's PostgreSQL backend, which asks the socket and not the server whether a kept connection still lives."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """The backend named by ``ENGINE``."""

    def is_usable(self) -> bool:
        """Whether the kept connection can serve another request; asked once for each, so it costs no round trip.

        A server that went away, or closed an idle connection, has said so: something waits to be read. Only
        then is Django's own question worth its time.
        """
        connection = self.connection
        is_quiet = connection is not None and not connection.closed and not _has_news(connection.fileno())
        return is_quiet or super().is_usable()


def _has_news(descriptor: int) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))
