"""Which rooms people are looking at, for whoever would alert them: one set for each life of a gateway.

A hint and nothing more: where Redis cannot tell, nobody is looking, so that whoever would be alerted is.
"""

from collections.abc import Callable, Collection, Sequence

import structlog

from chatflow.leases.port import REDIS_FAILURES, connect
from chatflow.presence.keys_redis import ask_who_is_in, who_is_in

log = structlog.get_logger(__name__)

# (room, person)
Look = tuple[str, str]

LOOKS_PER_QUESTION = 1000


class FocusKeys:
    """`gateways` names the living ones: what a gateway that died has left says nothing."""

    def __init__(self, redis_url: str, *, gateways: Callable[[], Collection[str]]) -> None:
        self._redis = connect(redis_url)
        self._gateways = gateways

    async def among(self, looks: Sequence[Look]) -> set[Look]:
        """Return those of them that are true."""
        found: set[Look] = set()
        try:
            for start in range(0, len(looks), LOOKS_PER_QUESTION):
                found |= await self._among(looks[start : start + LOOKS_PER_QUESTION])
        except REDIS_FAILURES as error:
            log.warning("who is looking cannot be read", error=str(error))
            return set()
        return found

    async def close(self) -> None:
        await self._redis.aclose()

    async def _among(self, looks: Sequence[Look]) -> set[Look]:
        gateways = list(self._gateways())
        if not gateways:
            return set()
        members = list(map(member_of, looks))
        pipeline = self._redis.pipeline(transaction=False)
        ask_who_is_in(pipeline, map(looks_key, gateways), members)
        true = who_is_in(await pipeline.execute(), members)
        return {look for look, member in zip(looks, members, strict=True) if member in true}


def looks_key(gateway_id: str) -> str:
    """Name the set of what people look at by their devices at this life of a gateway."""
    return f"looks:{gateway_id}"


def member_of(look: Look) -> str:
    room_id, user_id = look
    return f"{room_id}:{user_id}"
