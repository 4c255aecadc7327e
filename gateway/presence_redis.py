"""Who is here and how they wish to appear, in Redis: being here expires unless a gateway renews it.

Per person: a set of the gateways where they have a socket, each with the time until which that holds; what they chose
to appear as; and when they were last here.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec

from chatflow.errors import Unavailable
from chatflow.leases import REDIS_FAILURES, connect
from chatflow.presence_keys import Choice, here_key, read_choice, status_key
from gateway.instants import instant

# Three renewals may be lost before somebody who is here looks as if they were not.
PRESENT_SECONDS = 45.0
RENEW_SECONDS = 15.0
# What people chose is forgotten with them.
REMEMBERED_SECONDS = 30 * 24 * 3600


class Shown(msgspec.Struct, frozen=True, omit_defaults=True):
    """What others see; `last_seen` of who is offline."""

    status: str
    text: str | None = None
    last_seen: str | None = None


class PresenceStore:
    """Raises `unavailable` where Redis does not answer."""

    def __init__(
        self,
        redis_url: str,
        *,
        gateway_id: str,
        is_alive: Callable[[str], bool] = lambda gateway_id: True,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._redis = connect(redis_url)
        self._gateway_id = gateway_id
        # Of a gateway that died nobody takes its people out of their sets.
        self._is_alive = is_alive
        self._clock = clock
        # What those who are here chose, as far as it is known here, for the day on which Redis has lost it.
        self._choices: dict[str, bytes] = {}

    async def renew(self, user_ids: Iterable[str]) -> None:
        """These people have sockets here."""
        pipeline = self._redis.pipeline(transaction=False)
        self._renew(pipeline, user_ids)
        await execute(pipeline)

    async def leave(self, user_ids: Iterable[str]) -> None:
        """These people have no socket here any more."""
        pipeline = self._redis.pipeline(transaction=False)
        self._leave(pipeline, user_ids)
        await execute(pipeline)

    async def write(self, *, here: Sequence[str], gone: Sequence[str]) -> dict[str, Shown]:
        """Write who has sockets here and who has none any more, and return how each appears then; in one call."""
        pipeline = self._redis.pipeline(transaction=False)
        self._restore(pipeline, here)
        self._renew(pipeline, here)
        seen = self._leave(pipeline, gone).encode()
        for user_id in gone:
            pipeline.zrangebyscore(here_key(user_id), self._clock(), "+inf")
        pipeline.mget([status_key(user_id) for user_id in (*here, *gone)])
        *answers, choices = await execute(pipeline)
        self._remember(zip(here, choices, strict=False))
        for user_id in gone:
            self._choices.pop(user_id, None)
        elsewhere = answers[len(answers) - len(gone) :]
        is_here = [True] * len(here) + [self._is_here(gateway_ids) for gateway_ids in elsewhere]
        return {
            user_id: shown(is_here=present, choice=choice, seen=seen)
            for user_id, present, choice in zip((*here, *gone), is_here, choices, strict=True)
        }

    async def choose(self, user_id: str, *, status: str, text: str | None) -> None:
        choice = msgspec.json.encode(Choice(status, text, instant(self._clock())))
        pipeline = self._redis.pipeline(transaction=False)
        pipeline.set(status_key(user_id), choice, ex=REMEMBERED_SECONDS)
        await execute(pipeline)
        self._choices[user_id] = choice

    def heed(self, user_id: str, status: str, text: str | None) -> None:
        """Forget what is outdated: this person has chosen otherwise at another gateway.

        To be simply online says nothing: it is also how those appear whose choice was lost.
        """
        choice = self._choices.get(user_id)
        is_plain = status == "online" and text is None
        if choice is not None and not is_plain and not appears_so(read_choice(choice), status, text):
            del self._choices[user_id]

    async def read(self, user_ids: Sequence[str]) -> dict[str, Shown]:
        """Return how each appears to others."""
        pipeline = self._redis.pipeline(transaction=False)
        for user_id in user_ids:
            pipeline.zrangebyscore(here_key(user_id), self._clock(), "+inf")
            pipeline.get(status_key(user_id))
            pipeline.get(f"seen:{user_id}")
        answers = await execute(pipeline)
        return {
            user_id: shown(is_here=self._is_here(answers[place]), choice=answers[place + 1], seen=answers[place + 2])
            for place, user_id in zip(range(0, len(answers), 3), user_ids, strict=True)
        }

    async def close(self) -> None:
        await self._redis.aclose()

    def _renew(self, pipeline: Any, user_ids: Iterable[str]) -> None:
        now = self._clock()
        seen = instant(now)
        for user_id in user_ids:
            pipeline.zadd(here_key(user_id), {self._gateway_id: now + PRESENT_SECONDS})
            pipeline.pexpire(here_key(user_id), int(PRESENT_SECONDS * 1000))
            pipeline.set(f"seen:{user_id}", seen, ex=REMEMBERED_SECONDS)

    def _leave(self, pipeline: Any, user_ids: Iterable[str]) -> str:
        """Return when they were last seen."""
        seen = instant(self._clock())
        for user_id in user_ids:
            pipeline.zrem(here_key(user_id), self._gateway_id)
            pipeline.set(f"seen:{user_id}", seen, ex=REMEMBERED_SECONDS)
        return seen

    def _restore(self, pipeline: Any, user_ids: Iterable[str]) -> None:
        """Write what these people had chosen, where Redis has lost it."""
        for user_id in user_ids:
            if (choice := self._choices.get(user_id)) is not None:
                pipeline.set(status_key(user_id), choice, ex=REMEMBERED_SECONDS, nx=True)

    def _remember(self, choices: Iterable[tuple[str, bytes | None]]) -> None:
        self._choices.update((user_id, choice) for user_id, choice in choices if choice is not None)

    def _is_here(self, gateway_ids: list[bytes]) -> bool:
        return any(self._is_alive(gateway_id.decode(errors="replace")) for gateway_id in gateway_ids)


def shown(*, is_here: bool, choice: bytes | None, seen: bytes | None) -> Shown:
    """Whoever is invisible was last seen when they became so."""
    chosen = read_choice(choice)
    if chosen.status == "invisible":
        return Shown("offline", last_seen=chosen.at)
    if is_here:
        return Shown(chosen.status, chosen.text)
    return Shown("offline", last_seen=None if seen is None else seen.decode(errors="replace"))


def appears_so(choice: Choice, status: str, text: str | None) -> bool:
    return status == "offline" if choice.status == "invisible" else (choice.status, choice.text) == (status, text)


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
