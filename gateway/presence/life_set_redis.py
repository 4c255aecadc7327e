"""A set in Redis that belongs to one life of this gateway and expires soon after the gateway has died.

Changes are written as they come, many in one call. Two calls every few seconds renew the whole set and notice if
Redis has fewer or more members, so the cost does not depend on its size.
"""

import asyncio
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from chatflow.batches import batches
from chatflow.errors import Unavailable
from chatflow.leases.port import REDIS_FAILURES

# The set of a dead gateway expires after this, long after the last question about it.
KEPT_SECONDS = 60.0
RENEW_SECONDS = 5.0
MEMBERS_PER_CALL = 1000


class LifeSet:
    """Raises `unavailable` if Redis does not answer; the change then counts as not written.

    So a caller that compares `written` with the true members finds again what to add and what to remove.
    """

    def __init__(self, redis: Any, key: str) -> None:
        self.key = key
        # The members in Redis, as far as this gateway knows.
        self.written: set[str] = set()
        self._redis = redis
        self._writing = asyncio.Lock()

    async def change(
        self, *, add: Collection[str] = (), remove: Collection[str] = (), pipeline: Any = None
    ) -> list[Any]:
        """Write a change after the calls already in the pipeline, and return the answers to those calls."""
        pipeline = self._redis.pipeline(transaction=False) if pipeline is None else pipeline
        others = len(pipeline)
        for members in batches(list(remove), MEMBERS_PER_CALL):
            pipeline.srem(self.key, *members)
        for members in batches(list(add), MEMBERS_PER_CALL):
            pipeline.sadd(self.key, *members)
        pipeline.pexpire(self.key, int(KEPT_SECONDS * 1000))
        async with self._writing:
            # Until the answer the outcome is unknown, so count it as not written: the answer may never come.
            self.written.difference_update(add)
            self.written.update(remove)
            answers = await execute(pipeline)
            self.written.difference_update(remove)
            self.written.update(add)
        return answers[:others]

    async def renew(self) -> None:
        """Renew the set; if Redis has another number of members, read which."""
        async with self._writing:
            pipeline = self._redis.pipeline(transaction=False)
            pipeline.pexpire(self.key, int(KEPT_SECONDS * 1000))
            pipeline.scard(self.key)
            _, count = await execute(pipeline)
            if count != len(self.written):
                pipeline.smembers(self.key)
                [members] = await execute(pipeline)
                self.written = {member.decode() for member in members}


async def execute(pipeline: Any) -> list[Any]:
    with unavailable_on_failure():
        answers: list[Any] = await pipeline.execute()
    return answers


@contextmanager
def unavailable_on_failure() -> Iterator[None]:
    try:
        yield
    except REDIS_FAILURES as error:
        raise Unavailable("Presence is not available right now.", retry_after=1.0) from error
