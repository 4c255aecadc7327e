"""One service behind the proxy: its restart is only a pause for callers, while an outage is reported at once."""

import asyncio
import time
from typing import Any

import aiohttp
import structlog
from yarl import URL

from chatflow.errors import TimedOut, Unavailable
from chatflow.http.breaker import Breaker
from gateway.web.bodies import Body

log = structlog.get_logger(__name__)

# A restart takes one or two seconds; after this a caller had better be told of the outage.
RESTART_SECONDS = 3.0
RETRY_SECONDS = 0.1
# How long a service has to say whether it accepts a streamed body.
SILENCE_SECONDS = 10.0


class Upstream:
    def __init__(self, name: str, url: str, session: aiohttp.ClientSession) -> None:
        self.name = name
        self._base = url.rstrip("/")
        self._session = session
        # Separate from the breaker of our own calls to the service, which have other timeouts.
        self._breaker = Breaker(f"{name}, proxied")
        self._down_since: float | None = None

    def url_of(self, raw_path: str) -> URL:
        return URL(self._base + raw_path, encoded=True)

    async def request(self, method: str, url: URL, *, may_repeat: bool, **request: Any) -> aiohttp.ClientResponse:
        """Return the answer once its headers came; the caller closes it. `may_repeat`: asking twice does no harm."""
        begun = time.monotonic()
        while True:
            try:
                return await self._try_once(method, url, **request)
            except Unavailable:
                # There was no connection, so nothing was done and nothing of the body was read.
                if is_long_ago(self._down_since):
                    raise
            except TimedOut:
                # A service that was silent for so long would be silent again.
                if not may_repeat or is_long_ago(self._down_since) or is_long_ago(begun):
                    raise
            await asyncio.sleep(RETRY_SECONDS)

    async def _try_once(self, method: str, url: URL, **request: Any) -> aiohttp.ClientResponse:
        if not self._breaker.admits():
            raise Unavailable(retry_after=1.0)
        try:
            answer = await self._request(method, url, **request)
        except aiohttp.ClientConnectorError:
            self._note_failure()
            raise Unavailable(retry_after=1.0) from None
        except (TimeoutError, aiohttp.ClientError) as error:
            body = request.get("data")
            if isinstance(body, Body) and body.refusal is not None:
                # The client's fault: it must not count as a failure of the service.
                self._breaker.abandon()
                raise body.refusal from None
            if body and not isinstance(error, TimeoutError):
                # A service that answers without reading the body closes the connection; that is no failure of it.
                self._breaker.abandon()
            else:
                self._note_failure()
            log.warning("a service broke off", service=self.name, path=url.path, error=type(error).__name__)
            raise TimedOut from None
        except BaseException:
            self._breaker.abandon()
            raise
        self._breaker.succeed()
        self._down_since = None
        return answer

    async def _request(self, method: str, url: URL, **request: Any) -> aiohttp.ClientResponse:
        body = request.get("data")
        if not isinstance(body, Body):
            return await self._session.request(method, url, allow_redirects=False, **request)
        # The service says whether it wants the body before any of it is sent: otherwise its refusal could be lost.
        async with asyncio.timeout(SILENCE_SECONDS) as silence:
            body.on_taken = lambda: silence.reschedule(None)
            return await self._session.request(method, url, allow_redirects=False, expect100=True, **request)

    def _note_failure(self) -> None:
        self._breaker.fail()
        if self._down_since is None:
            self._down_since = time.monotonic()


def is_long_ago(instant: float | None) -> bool:
    return instant is not None and time.monotonic() - instant > RESTART_SECONDS
