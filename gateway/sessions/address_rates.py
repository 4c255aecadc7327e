"""Limits the REST calls of each client address by a token bucket, generous enough for everybody behind one address."""

import asyncio
from collections.abc import Callable

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from chatflow.errors import RateLimited
from chatflow.http.addresses import household
from chatflow.process.settings import Settings
from gateway.engine.addresses import address_of
from gateway.engine.buckets import Bucket
from gateway.metrics import RATE_LIMITED

# The `retry_after` of a refusal. The next token comes sooner, but many may be waiting for it.
BACK_SECONDS = 1.0


class AddressRates:
    """The buckets of all addresses at this gateway: made when first needed, dropped when full again."""

    def __init__(self, settings: Settings, *, clock: Callable[[], float] | None = None) -> None:
        self._clock = clock or asyncio.get_running_loop().time
        self._trusted_proxies = settings.trusted_proxies
        self._rate = settings.rest_calls_per_second
        self._buckets: dict[str, Bucket] = {}

    @property
    def count(self) -> Middleware:
        """The middleware that counts every request under /api before any work is done for it."""

        @web.middleware
        async def count(request: web.Request, handler: Handler) -> web.StreamResponse:
            if request.path.startswith("/api/"):
                self.spend(request)
            return await handler(request)

        return count

    def spend(self, request: web.BaseRequest) -> None:
        """Count a call, or raise `rate_limited`."""
        if not self._rate:
            return
        now = self._clock()
        address = household(address_of(request, trusted_proxies=self._trusted_proxies))
        bucket = self._buckets.get(address)
        if bucket is None:
            # No pause after a refusal: REST calls have no order to keep, and others at the address did nothing wrong.
            bucket = self._buckets[address] = Bucket(self._rate, now=now, pause_seconds=0.0)
        if bucket.take(now):
            RATE_LIMITED.counts["rest"] += 1
            raise RateLimited(retry_after=BACK_SECONDS)

    def sweep(self) -> None:
        """Drop the buckets of addresses that have been quiet."""
        now = self._clock()
        for address in [address for address, bucket in self._buckets.items() if bucket.is_resting(now)]:
            del self._buckets[address]

    def __len__(self) -> int:
        return len(self._buckets)
