"""Which rooms people are looking at: a key per person, room and gateway that expires unless the gateway renews it.

A hint and nothing more: where Redis cannot tell, nobody is looking, so that whoever would be alerted is.
"""

import time
from collections.abc import Callable, Collection, Sequence

import structlog

from chatflow.leases import REDIS_FAILURES, connect

log = structlog.get_logger(__name__)

# (room, person)
Look = tuple[str, str]

# What a gateway that died has left says for so long that somebody looks, and keeps their alerts from them.
FOCUS_SECONDS = 15.0
RENEW_SECONDS = 5.0


class FocusKeys:
    """`gateway_id` is of whoever writes: a person's devices at two gateways do not end each other's looks."""

    def __init__(self, redis_url: str, *, gateway_id: str = "", clock: Callable[[], float] = time.time) -> None:
        self._redis = connect(redis_url)
        self._gateway_id = gateway_id
        self._clock = clock

    async def keep(self, looks: Collection[Look]) -> None:
        """Say of each, for a while, that the person looks at the room."""
        if not looks:
            return
        pipeline = self._redis.pipeline(transaction=False)
        for look in looks:
            pipeline.zadd(key_of(look), {self._gateway_id: self._clock() + FOCUS_SECONDS})
            pipeline.pexpire(key_of(look), int(FOCUS_SECONDS * 1000))
        try:
            await pipeline.execute()
        except REDIS_FAILURES as error:
            log.warning("nobody learns who is looking", error=str(error))

    async def end(self, look: Look) -> None:
        try:
            await self._redis.zrem(key_of(look), self._gateway_id)
        except REDIS_FAILURES as error:
            log.warning("a look ends by itself only", error=str(error))

    async def among(self, looks: Sequence[Look]) -> set[Look]:
        """Return those of them that are true."""
        if not looks:
            return set()
        pipeline = self._redis.pipeline(transaction=False)
        for look in looks:
            pipeline.zcount(key_of(look), self._clock(), "+inf")
        try:
            counts = await pipeline.execute()
        except REDIS_FAILURES as error:
            log.warning("who is looking cannot be read", error=str(error))
            return set()
        return {look for look, count in zip(looks, counts, strict=True) if count}

    async def close(self) -> None:
        await self._redis.aclose()


def key_of(look: Look) -> str:
    room_id, user_id = look
    return f"focus:{room_id}:{user_id}"
