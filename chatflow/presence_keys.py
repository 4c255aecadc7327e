"""Where it stands in Redis who is here and what they chose to appear as, for those who write it and those who ask."""

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec
import structlog

from chatflow.errors import UNREADABLE
from chatflow.leases import REDIS_FAILURES, connect

log = structlog.get_logger(__name__)


class Choice(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a person chose to appear as, and when."""

    status: str = "online"
    text: str | None = None
    at: str | None = None


class Found(NamedTuple):
    """Who of those asked about is here, and who wants not to be disturbed wherever they are."""

    here: frozenset[str]
    undisturbed: frozenset[str]


decode = msgspec.json.Decoder(Choice).decode


class PresenceKeys:
    """A hint and nothing more: where Redis cannot tell, everybody is here and may be disturbed, so they are told."""

    def __init__(self, redis_url: str, *, clock: Callable[[], float] = time.time) -> None:
        self._redis = connect(redis_url)
        self._clock = clock

    async def find(self, user_ids: Sequence[str]) -> Found:
        if not user_ids:
            return Found(frozenset(), frozenset())
        pipeline = self._redis.pipeline(transaction=False)
        for user_id in user_ids:
            pipeline.zcount(here_key(user_id), self._clock(), "+inf")
            pipeline.get(status_key(user_id))
        try:
            answers = await pipeline.execute()
        except REDIS_FAILURES as error:
            log.warning("who is here cannot be read", error=str(error))
            return Found(frozenset(user_ids), frozenset())
        choices = [read_choice(value).status for value in answers[1::2]]
        told = list(zip(user_ids, answers[::2], choices, strict=True))
        return Found(
            here=frozenset(user_id for user_id, sockets, status in told if sockets and status != "invisible"),
            undisturbed=frozenset(user_id for user_id, _, status in told if status == "dnd"),
        )

    async def close(self) -> None:
        await self._redis.aclose()


def read_choice(value: bytes | None) -> Choice:
    """Whoever chose nothing, or what cannot be read, appears as they are."""
    try:
        return Choice() if value is None else decode(value)
    except UNREADABLE:
        log.warning("what somebody chose to appear as cannot be read")
        return Choice()


def here_key(user_id: str) -> str:
    """Name the sorted set of the gateways where the person has a socket, each with the time until which that holds."""
    return f"here:{user_id}"


def status_key(user_id: str) -> str:
    return f"status:{user_id}"
