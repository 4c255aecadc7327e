"""A set in Redis that belongs to one life of this gateway: it holds while the gateway lives, whatever is in it.

Changes are written as they come, many in one call. The whole is renewed by two commands every few seconds, which also
notice that Redis has less of it or more, so that the cost does not depend on how much there is.
"""

import asyncio
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from chatflow.errors import Unavailable
from chatflow.leases.port import REDIS_FAILURES

# What a gateway that died has left goes by itself, long after nobody asks for it any more.
KEPT_SECONDS = 60.0
RENEW_SECONDS = 5.0
MEMBERS_PER_COMMAND = 1000


class LifeSet:
    """Raises `unavailable` where Redis does not answer; what was to change then counts as unchanged.

    So whoever compares `written` with what is true finds what to add and what to remove again.
    """

    def __init__(self, redis: Any, key: str) -> None:
        self.key = key
        # What Redis has, as far as is known here.
        self.written: set[str] = set()
        self._redis = redis
        self._writing = asyncio.Lock()

    async def change(
        self, *, add: Collection[str] = (), remove: Collection[str] = (), pipeline: Any = None
    ) -> list[Any]:
        """Write a change behind what is in the pipeline already, and return the answers to that."""
        pipeline = self._redis.pipeline(transaction=False) if pipeline is None else pipeline
        others = len(pipeline)
        for members in pages(list(remove)):
            pipeline.srem(self.key, *members)
        for members in pages(list(add)):
            pipeline.sadd(self.key, *members)
        pipeline.pexpire(self.key, int(KEPT_SECONDS * 1000))
        async with self._writing:
            # Until it is answered nobody knows, and it may never be.
            self.written.difference_update(add)
            self.written.update(remove)
            answers = await execute(pipeline)
            self.written.difference_update(remove)
            self.written.update(add)
        return answers[:others]

    async def renew(self) -> None:
        """Keep the set; where Redis does not have as many, learn which it has."""
        async with self._writing:
            pipeline = self._redis.pipeline(transaction=False)
            pipeline.pexpire(self.key, int(KEPT_SECONDS * 1000))
            pipeline.scard(self.key)
            _, count = await execute(pipeline)
            if count != len(self.written):
                pipeline.smembers(self.key)
                [members] = await execute(pipeline)
                self.written = {member.decode() for member in members}


def pages(members: list[str]) -> list[list[str]]:
    return [members[start : start + MEMBERS_PER_COMMAND] for start in range(0, len(members), MEMBERS_PER_COMMAND)]


async def execute(pipeline: Any) -> list[Any]:
    with unavailable_on_failure():
        answers: list[Any] = await pipeline.execute()
    return answers


@contextmanager
def unavailable_on_failure() -> Iterator[None]:
    try:
        yield
    except REDIS_FAILURES as error:
        raise Unavailable("Nobody's presence is known right now.", retry_after=1.0) from error
