"""A pooled HTTP client for the twilio package, with time-outs and errors that say whether bytes were sent."""

import logging
import ssl
from urllib.parse import urlencode

import certifi
import urllib3
from twilio.http import HttpClient
from twilio.http.response import Response
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, SSLError

log = logging.getLogger(__name__)


class NotSent(Exception):
    """The connection was never made: the provider certainly has not seen the request."""


class Unanswered(Exception):
    """The request may have reached the provider; no answer came."""


class PooledHttpClient(HttpClient):  # type: ignore[misc]
    """Keeps ``connections`` connections open. The package's own client waits for ever and keeps six.

    ``connect_timeout`` and ``answer_timeout`` are seconds. Nothing is retried here and no redirect is
    followed: only the caller knows whether a second request would be a second message.
    """

    def __init__(self, *, connections: int, connect_timeout: float, answer_timeout: float) -> None:
        super().__init__(log, False, answer_timeout)
        self._pool = urllib3.PoolManager(
            num_pools=4,
            maxsize=connections,
            block=True,
            retries=False,
            timeout=urllib3.Timeout(connect=connect_timeout, read=answer_timeout),
            ca_certs=certifi.where(),
        )

    def request(
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """One request and its answer. Raises NotSent or Unanswered; writes nothing to the log."""
        url = f"{uri}?{urlencode(params, doseq=True)}" if params else uri
        body = urlencode(data, doseq=True) if data else None
        credentials = urllib3.make_headers(basic_auth=":".join(auth)) if auth else {}
        try:
            answer = self._pool.request(
                method, url, body=body, headers={**(headers or {}), **credentials}, redirect=False
            )
        except HTTPError as error:
            kind = NotSent if _before_any_byte(error) else Unanswered
            raise kind(type(error).__name__) from error
        return Response(answer.status, answer.data.decode("utf-8", "replace"), answer.headers)


def _before_any_byte(error: HTTPError) -> bool:
    if isinstance(error, NewConnectionError | ConnectTimeoutError):
        return True
    return isinstance(error, SSLError) and isinstance(error.args[0], ssl.SSLCertVerificationError)
