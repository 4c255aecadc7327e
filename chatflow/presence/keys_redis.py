"""Where it stands in Redis who is here and what they chose to appear as, for those who write it and those who ask.

Each life of a gateway has one set of the people who are connected there, which holds for as long as the gateway's lease
does. Whether somebody is here is asked of the sets of all living gateways, many people in one question.
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
    """What a person chose to appear as, and when."""

    status: str = "online"
    text: str | None = None
    at: str | None = None


class Found(NamedTuple):
    """Who of those asked about is here, and who wants not to be disturbed wherever they are."""

    here: frozenset[str]
    undisturbed: frozenset[str]


NOTHING_CHOSEN = Choice()

decode_choice = msgspec.json.Decoder(Choice).decode


class PresenceKeys:
    """A hint and nothing more: where Redis cannot tell, everybody is here and may be disturbed, so they are told.

    `gateways` names the living ones; that there is none at all means that nobody knows.
    """

    def __init__(self, redis_url: str, *, gateways: Callable[[], Collection[str]]) -> None:
        self._redis = connect(redis_url)
        self._gateways = gateways

    async def find(self, user_ids: Sequence[str]) -> Found:
        here: set[str] = set()
        undisturbed: set[str] = set()
        try:
            for some in batches(user_ids, PEOPLE_PER_QUESTION):
                found = await self._find(some)
                here |= found.here
                undisturbed |= found.undisturbed
        except REDIS_FAILURES as error:
            log.warning("who is here cannot be read", error=str(error))
            return Found(frozenset(user_ids), frozenset())
        return Found(frozenset(here), frozenset(undisturbed))

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
            undisturbed=frozenset(user_id for user_id, status in statuses.items() if status == "dnd"),
        )


def ask_who_is_in(pipeline: Any, keys: Any, members: Sequence[str]) -> None:
    """Ask each of these sets, by one call each, which of the members it has."""
    for key in keys:
        pipeline.smismember(key, list(members))


def who_is_in(answers: Sequence[Sequence[int]], members: Sequence[str]) -> set[str]:
    """Return those of the members that one of the sets has, by the answers to `ask_who_is_in`."""
    return {member for answer in answers for member, is_in in zip(members, answer, strict=True) if is_in}


def read_choice(value: bytes | None) -> Choice:
    """Return what somebody chose; what nobody can read counts as nothing chosen."""
    if value is None:
        return NOTHING_CHOSEN
    try:
        return decode_choice(value)
    except UNREADABLE as error:
        log.warning("what somebody chose to appear as cannot be read", error=str(error))
        return NOTHING_CHOSEN


def people_key(gateway_id: str) -> str:
    """Name the set of the people who have a socket at this life of a gateway."""
    return f"people:{gateway_id}"


def status_key(user_id: str) -> str:
    return f"status:{user_id}"
