"""Who has keywords: a set in Redis, for the process that knows it and the workers that mark what may concern them.

It is only a hint. While Redis is away, what was known last counts; what is lost there is written anew.
"""

import hashlib
from collections.abc import Collection

import structlog

from chatflow.batches import batches
from chatflow.leases.port import REDIS_FAILURES, connect

log = structlog.get_logger(__name__)

PEOPLE_PER_CALL = 1000
WATCHERS = "watchers"
# What follows from the set alone, so that nobody reads the whole of it again and again, and several tell it as one.
VERSION = "watchers:version"


class WatcherKeys:
    def __init__(self, redis_url: str) -> None:
        self._redis = connect(redis_url)
        self._version: bytes | None = None
        # As this process told or read them last.
        self.user_ids: frozenset[str] = frozenset()

    async def tell(self, user_ids: Collection[str]) -> None:
        """Let these be the people, unless they are that already; raises nothing while Redis is away."""
        wanted = frozenset(user_ids)
        version = version_of(wanted)
        try:
            if version == await self._redis.get(VERSION) and (not wanted or await self._redis.exists(WATCHERS)):
                self.user_ids, self._version = wanted, version
                return
            pipeline = self._redis.pipeline(transaction=True)
            pipeline.delete(WATCHERS)
            for some in batches(sorted(wanted), PEOPLE_PER_CALL):
                pipeline.sadd(WATCHERS, *some)
            pipeline.set(VERSION, version)
            await pipeline.execute()
        except REDIS_FAILURES as error:
            log.warning("who has keywords cannot be told", error=str(error))
        else:
            self.user_ids, self._version = wanted, version

    async def read(self) -> None:
        """Read who they are into `user_ids`, if that has changed."""
        try:
            version = await self._redis.get(VERSION)
            # Without a version Redis has lost them, and they are told anew.
            if version is None or version == self._version:
                return
            found = frozenset(user_id.decode() for user_id in await self._redis.smembers(WATCHERS))
        except (*REDIS_FAILURES, UnicodeDecodeError) as error:
            log.warning("who has keywords cannot be read", error=str(error))
        else:
            # Others may have written meanwhile, so what was found has its own version.
            self.user_ids, self._version = found, version_of(found)

    async def close(self) -> None:
        await self._redis.aclose()


def version_of(user_ids: Collection[str]) -> bytes:
    return hashlib.sha256("\n".join(sorted(user_ids)).encode()).hexdigest().encode()
