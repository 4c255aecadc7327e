"""One service behind the proxy: a restart of it is a pause to whoever asks, an outage is told at once."""

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

# A restart takes one or two; whoever waits longer is better told.
PATIENCE_SECONDS = 3.0
RETRY_SECONDS = 0.1
# In this time a service says whether it takes a body that is streamed to it.
SILENCE_SECONDS = 10.0


class Upstream:
    def __init__(self, name: str, url: str, session: aiohttp.ClientSession) -> None:
        self._name = name
        self._base = url.rstrip("/")
        self._session = session
        # Beside that of our own calls to the service, which have other timeouts.
        self._breaker = Breaker(f"{name}, proxied")
        self._down_since: float | None = None

    def url_of(self, raw_path: str) -> URL:
        return URL(self._base + raw_path, encoded=True)

    async def ask(self, method: str, url: URL, *, may_repeat: bool, **request: Any) -> aiohttp.ClientResponse:
        """Return the answer from its headers on; to be closed. `may_repeat` says that twice is as good as once."""
        begun = time.monotonic()
        while True:
            try:
                return await self._ask_once(method, url, **request)
            except Unavailable:
                # Not even the connection came about: nothing of it was done, and nothing of the body was read.
                if is_long_ago(self._down_since):
                    raise
            except TimedOut:
                # Who was silent for so long would be so again.
                if not may_repeat or is_long_ago(self._down_since) or is_long_ago(begun):
                    raise
            await asyncio.sleep(RETRY_SECONDS)

    async def _ask_once(self, method: str, url: URL, **request: Any) -> aiohttp.ClientResponse:
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
                # The client's doing: it must not look as if the service had failed.
                self._breaker.abandon()
                raise body.refusal from None
            if body and not isinstance(error, TimeoutError):
                # A service that answers without reading it closes the connection, which is nothing that ails it.
                self._breaker.abandon()
            else:
                self._note_failure()
            log.warning("a service broke off", service=self._name, path=url.path, error=type(error).__name__)
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
        # A service that does not want the body says so before any of it is sent: otherwise its answer could be lost.
        async with asyncio.timeout(SILENCE_SECONDS) as silence:
            body.on_taken = lambda: silence.reschedule(None)
            return await self._session.request(method, url, allow_redirects=False, expect100=True, **request)

    def _note_failure(self) -> None:
        self._breaker.fail()
        if self._down_since is None:
            self._down_since = time.monotonic()


def is_long_ago(instant: float | None) -> bool:
    return instant is not None and time.monotonic() - instant > PATIENCE_SECONDS
