"""Which rooms people are looking at: a key per person and room that expires unless a gateway renews it.

A hint and nothing more: where Redis cannot tell, nobody is looking, so that whoever would be alerted is.
"""

from collections.abc import Collection, Sequence

import structlog

from chatflow.leases import REDIS_FAILURES, connect

log = structlog.get_logger(__name__)

# (room, person)
Look = tuple[str, str]

# What a gateway that died has left says for so long that somebody looks, and keeps their alerts from them.
FOCUS_SECONDS = 15.0
RENEW_SECONDS = 5.0


class FocusKeys:
    def __init__(self, redis_url: str) -> None:
        self._redis = connect(redis_url)

    async def keep(self, looks: Collection[Look]) -> None:
        """Say of each, for a while, that the person looks at the room."""
        if not looks:
            return
        pipeline = self._redis.pipeline(transaction=False)
        for look in looks:
            pipeline.set(key_of(look), b"", px=int(FOCUS_SECONDS * 1000))
        try:
            await pipeline.execute()
        except REDIS_FAILURES as error:
            log.warning("nobody learns who is looking", error=str(error))

    async def end(self, look: Look) -> None:
        try:
            await self._redis.delete(key_of(look))
        except REDIS_FAILURES as error:
            log.warning("a look ends by itself only", error=str(error))

    async def among(self, looks: Sequence[Look]) -> set[Look]:
        """Return those of them that are true."""
        if not looks:
            return set()
        try:
            values = await self._redis.mget([key_of(look) for look in looks])
        except REDIS_FAILURES as error:
            log.warning("who is looking cannot be read", error=str(error))
            return set()
        return {look for look, value in zip(looks, values, strict=True) if value is not None}

    async def close(self) -> None:
        await self._redis.aclose()


def key_of(look: Look) -> str:
    room_id, user_id = look
    return f"focus:{room_id}:{user_id}"
