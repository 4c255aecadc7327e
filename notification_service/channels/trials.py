"""Bounds what people send to try out a channel: one after the other for each of them, and some at once in all."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from chatflow.errors import RateLimited

# Below the gateway's patience.
TRIAL_SECONDS = 8.0
# A person may ask for the next one so much later.
BETWEEN_SECONDS = 5.0
AT_ONCE = 16


class Trials:
    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        # By person: when they may ask for the next one.
        self._next: dict[str, float] = {}
        self._under_way = 0

    @contextmanager
    def begun_by(self, user_id: str) -> Iterator[None]:
        """Raise RateLimited if the person has just had one, or if too many are under way."""
        now = self._monotonic()
        self._next = {person: at for person, at in self._next.items() if at > now}
        wait = self._next.get(user_id, now) - now
        if wait > 0 or self._under_way >= AT_ONCE:
            raise RateLimited(retry_after=max(1.0, wait))
        self._next[user_id] = now + BETWEEN_SECONDS
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1
