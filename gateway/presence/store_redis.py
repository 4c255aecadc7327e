"""Stores who is online and how they wish to appear in Redis; `chatflow.presence.keys_redis` has the keys.

Beside the gateways' sets there are two keys for each person: how they chose to appear, and when they last came, went,
or were lost with their gateway.
"""

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

import msgspec

from chatflow.instants import write_instant
from chatflow.leases.port import connect
from chatflow.presence.keys_redis import Choice, ask_who_is_in, people_key, read_choice, status_key, who_is_in
from chatflow.protocol.replies import Appearance
from gateway.presence.life_set_redis import LifeSet, execute

# Both keys of a person expire this long after they were last written.
REMEMBERED_SECONDS = 30 * 24 * 3600
# A call of this size takes some milliseconds of the loop.
PEOPLE_PER_CALL = 250


class PresenceStore:
    """Raises `unavailable` if Redis does not answer.

    `gateways` returns the ids of the gateways whose people count as connected.
    """

    def __init__(
        self,
        redis_url: str,
        *,
        gateway_id: str,
        gateways: Callable[[], Collection[str]] = tuple,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._redis = connect(redis_url)
        self._gateway_id = gateway_id
        self._gateways = gateways
        self._clock = clock
        self._people = LifeSet(self._redis, people_key(gateway_id))
        # The choices of people here, as far as they are known, to restore them if Redis loses them.
        self._choices: dict[str, bytes] = {}

    def unwritten(self, here: Collection[str]) -> set[str]:
        """Return the people for whom Redis is wrong or not known to be right, if exactly these people are here."""
        return self._people.written.symmetric_difference(here)

    async def renew(self) -> None:
        """Renew what is written, for all at once; what Redis has lost, or has too much, then counts as unwritten."""
        await self._people.renew()

    def distrust(self) -> None:
        """Count everything as unwritten, because Redis may have lost it."""
        self._people.written.clear()

    async def write(self, *, here: Sequence[str] = (), gone: Sequence[str] = ()) -> dict[str, Appearance]:
        """Write in one call who has sockets here and who has none any more; return how each of them now appears."""
        both = (*here, *gone)
        if not both:
            return {}
        seen = write_instant(self._clock())
        elsewhere = [people_key(gateway_id) for gateway_id in self._gateways() if gateway_id != self._gateway_id]
        pipeline = self._redis.pipeline(transaction=False)
        if gone:
            ask_who_is_in(pipeline, elsewhere, gone)
        answered = len(pipeline)
        self._restore(pipeline, here)
        restored = len(pipeline)
        pipeline.mget([status_key(user_id) for user_id in both])
        self._see(pipeline, both, seen)
        answers = await self._people.change(add=here, remove=gone, pipeline=pipeline)
        choices = answers[restored]
        self._remember(zip(here, choices, strict=False))
        for user_id in gone:
            self._choices.pop(user_id, None)
        connected = {*here, *who_is_in(answers[:answered], gone)}
        return {
            user_id: shown(is_here=user_id in connected, choice=choice, seen=seen.encode())
            for user_id, choice in zip(both, choices, strict=True)
        }

    async def bury(self, gateway_id: str) -> dict[str, Appearance]:
        """Take some people out of a dead gateway's set, and return how they appear now; empty when nobody is left.

        Each call takes other people, so all surviving gateways may do this at once.
        """
        pipeline = self._redis.pipeline(transaction=False)
        pipeline.spop(people_key(gateway_id), PEOPLE_PER_CALL)
        [found] = await execute(pipeline)
        user_ids = [user_id.decode() for user_id in found]
        if not user_ids:
            return {}
        pipeline = self._redis.pipeline(transaction=False)
        self._see(pipeline, user_ids, write_instant(self._clock()))
        await execute(pipeline)
        return await self.read(user_ids)

    async def choose(self, user_id: str, *, status: str) -> None:
        choice = msgspec.json.encode(Choice(status, write_instant(self._clock())))
        pipeline = self._redis.pipeline(transaction=False)
        pipeline.set(status_key(user_id), choice, ex=REMEMBERED_SECONDS)
        await execute(pipeline)
        self._choices[user_id] = choice

    def heed(self, user_id: str, status: str) -> None:
        """Forget a person's choice if it is outdated, because they chose otherwise at another gateway.

        Plain `online` proves nothing: people whose choice was lost appear so too.
        """
        choice = self._choices.get(user_id)
        if choice is not None and status != "online" and not appears_so(read_choice(choice), status):
            del self._choices[user_id]

    async def read(self, user_ids: Sequence[str]) -> dict[str, Appearance]:
        """Return how each person appears to others."""
        if not user_ids:
            return {}
        pipeline = self._redis.pipeline(transaction=False)
        ask_who_is_in(pipeline, map(people_key, {self._gateway_id, *self._gateways()}), user_ids)
        pipeline.mget([status_key(user_id) for user_id in user_ids])
        pipeline.mget([seen_key(user_id) for user_id in user_ids])
        *answers, choices, seen = await execute(pipeline)
        connected = who_is_in(answers, user_ids)
        return {
            user_id: shown(is_here=user_id in connected, choice=choice, seen=at)
            for user_id, choice, at in zip(user_ids, choices, seen, strict=True)
        }

    async def close(self) -> None:
        await self._redis.aclose()

    def _see(self, pipeline: Any, user_ids: Iterable[str], seen: str) -> None:
        for user_id in user_ids:
            pipeline.set(seen_key(user_id), seen, ex=REMEMBERED_SECONDS)

    def _restore(self, pipeline: Any, user_ids: Iterable[str]) -> None:
        """Write the choices of these people that Redis has lost."""
        for user_id in user_ids:
            if (choice := self._choices.get(user_id)) is not None:
                pipeline.set(status_key(user_id), choice, ex=REMEMBERED_SECONDS, nx=True)

    def _remember(self, choices: Iterable[tuple[str, bytes | None]]) -> None:
        self._choices.update((user_id, choice) for user_id, choice in choices if choice is not None)


def shown(*, is_here: bool, choice: bytes | None, seen: bytes | None) -> Appearance:
    """Return how a person appears; somebody invisible was last seen at the moment of choosing that."""
    chosen = read_choice(choice)
    if chosen.status == "invisible":
        return Appearance("offline", last_seen=chosen.at)
    if is_here:
        return Appearance(chosen.status)
    return Appearance("offline", last_seen=None if seen is None else seen.decode(errors="replace"))


def appears_so(choice: Choice, status: str) -> bool:
    return status == ("offline" if choice.status == "invisible" else choice.status)


def seen_key(user_id: str) -> str:
    return f"seen:{user_id}"
