"""Who is here and how they wish to appear: the keys in Redis, for gateways that write them and services that ask.

Each life of a gateway has one set of the people who are connected there, which counts while the gateway's lease is
valid. To find out who is here, the sets of all living gateways are asked, about many people in one question.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple

import msgspec
import structlog

from chatflow.batches import batches
from chatflow.errors import UNREADABLE
from chatflow.leases.port import REDIS_FAILURES, connect

log = structlog.get_logger(__name__)

# Redis answers one question at a time, and others wait meanwhile.
PEOPLE_PER_QUESTION = 1000


class Choice(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a person wishes to appear, and since when."""

    status: str = "online"
    at: str | None = None


class Found(NamedTuple):
    """Which of the people asked about are here, and which have set their presence to "do not disturb"."""

    here: frozenset[str]
    do_not_disturb: frozenset[str]


NOTHING_CHOSEN = Choice()

decode_choice = msgspec.json.Decoder(Choice).decode


class PresenceKeys:
    """Only a hint: if Redis does not answer, everybody counts as here and may be disturbed, so nobody misses a notice.

    `gateways` returns the ids of the living gateways; if there is none, everybody counts as here too.
    """

    def __init__(self, redis_url: str, *, gateways: Callable[[], Collection[str]]) -> None:
        self._redis = connect(redis_url)
        self._gateways = gateways

    async def find(self, user_ids: Sequence[str]) -> Found:
        here: set[str] = set()
        do_not_disturb: set[str] = set()
        try:
            for some in batches(user_ids, PEOPLE_PER_QUESTION):
                found = await self._find(some)
                here |= found.here
                do_not_disturb |= found.do_not_disturb
        except REDIS_FAILURES as error:
            log.warning("who is here cannot be read", error=str(error))
            return Found(frozenset(user_ids), frozenset())
        return Found(frozenset(here), frozenset(do_not_disturb))

    async def close(self) -> None:
        await self._redis.aclose()

    async def _find(self, user_ids: Sequence[str]) -> Found:
        gateways = list(self._gateways())
        pipeline = self._redis.pipeline(transaction=False)
        ask_who_is_in(pipeline, map(people_key, gateways), user_ids)
        pipeline.mget([status_key(user_id) for user_id in user_ids])
        *answers, choices = await pipeline.execute()
        connected = who_is_in(answers, user_ids) if gateways else set(user_ids)
        statuses = {user_id: read_choice(choice).status for user_id, choice in zip(user_ids, choices, strict=True)}
        return Found(
            here=frozenset(user_id for user_id in connected if statuses.get(user_id) != "invisible"),
            do_not_disturb=frozenset(user_id for user_id, status in statuses.items() if status == "dnd"),
        )


def ask_who_is_in(pipeline: Any, keys: Any, members: Sequence[str]) -> None:
    """Ask each of these sets, by one call each, which of the members it has."""
    for key in keys:
        pipeline.smismember(key, list(members))


def who_is_in(answers: Sequence[Sequence[int]], members: Sequence[str]) -> set[str]:
    """Return those of the members that one of the sets has, by the answers to `ask_who_is_in`."""
    return {member for answer in answers for member, is_in in zip(members, answer, strict=True) if is_in}


def read_choice(value: bytes | None) -> Choice:
    """Return how somebody wishes to appear; a value that cannot be read counts as no choice."""
    if value is None:
        return NOTHING_CHOSEN
    try:
        return decode_choice(value)
    except UNREADABLE as error:
        log.warning("a person's presence setting cannot be read", error=str(error))
        return NOTHING_CHOSEN


def people_key(gateway_id: str) -> str:
    """Name the set of the people who have a socket at this life of a gateway."""
    return f"people:{gateway_id}"


def status_key(user_id: str) -> str:
    return f"status:{user_id}"
