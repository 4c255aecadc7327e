"""Which rooms people have in focus, for whoever tells them of events: one set in Redis for each life of a gateway.

It is only a hint: if Redis does not answer, nobody counts as having a room in focus, so everybody is told.
"""

from collections.abc import Callable, Collection, Sequence

import structlog

from chatflow.batches import batches
from chatflow.leases.port import REDIS_FAILURES, connect
from chatflow.presence.keys_redis import ask_who_is_in, who_is_in

log = structlog.get_logger(__name__)

# (room, person): a device of this person shows this room.
Focused = tuple[str, str]

PAIRS_PER_QUESTION = 1000


class FocusKeys:
    """Asks the gateways that live, as `gateways` returns them; the set of one that died is not asked."""

    def __init__(self, redis_url: str, *, gateways: Callable[[], Collection[str]]) -> None:
        self._redis = connect(redis_url)
        self._gateways = gateways

    async def among(self, pairs: Sequence[Focused]) -> set[Focused]:
        """Return those pairs that are in focus."""
        found: set[Focused] = set()
        try:
            for some in batches(pairs, PAIRS_PER_QUESTION):
                found |= await self._among(some)
        except REDIS_FAILURES as error:
            log.warning("focus cannot be read from Redis", error=str(error))
            return set()
        return found

    async def close(self) -> None:
        await self._redis.aclose()

    async def _among(self, pairs: Sequence[Focused]) -> set[Focused]:
        gateways = list(self._gateways())
        if not gateways:
            return set()
        members = list(map(member_of, pairs))
        pipeline = self._redis.pipeline(transaction=False)
        ask_who_is_in(pipeline, map(focus_key, gateways), members)
        true = who_is_in(await pipeline.execute(), members)
        return {pair for pair, member in zip(pairs, members, strict=True) if member in true}


def focus_key(gateway_id: str) -> str:
    """Name the set of pairs in focus on devices that are connected to this life of a gateway."""
    return f"looks:{gateway_id}"


def member_of(pair: Focused) -> str:
    room_id, user_id = pair
    return f"{room_id}:{user_id}"
