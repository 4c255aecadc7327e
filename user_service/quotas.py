"""Counts how often somebody tried in a window of time, for all processes of this service together."""

import hashlib
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from chatflow.errors import RateLimited, Unavailable
from user_service.redis_client import Command, call

log = structlog.get_logger(__name__)

# While Redis does not answer, it is asked again after this time; each attempt delays somebody's login a little.
RETRY_SECONDS = 5.0
# How many counters this process keeps by itself meanwhile. More addresses than this push the oldest out.
WINDOWS_AT_MOST = 10_000


@dataclass(frozen=True)
class Quota:
    """How many tries somebody has in a number of seconds from the first one; 0 means no limit."""

    name: str
    whose: tuple[str, ...]
    at_most: int
    seconds: int

    @property
    def key(self) -> str:
        # Hashed, so that somebody who reads the keys in Redis learns no login and no address.
        return f"tries:{self.name}:{hashlib.sha256(repr(self.whose).encode()).hexdigest()[:32]}"


class Quotas:
    """Counts in Redis, or for this process alone while Redis does not answer."""

    def __init__(self, redis_url: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._redis_url = redis_url
        self._clock = clock
        self._redis_from = clock()
        self._own = Windows(clock=clock)

    def spend(self, *quotas: Quota) -> None:
        """Count a try in each quota, before the work is done; raises RateLimited if it is one too many."""
        limited = [quota for quota in quotas if quota.at_most]
        for quota, (count, seconds_left) in zip(limited, self._count(limited), strict=True):
            if count > quota.at_most:
                raise RateLimited(retry_after=round(max(seconds_left, 0.1), 1))

    def forgive(self, quota: Quota) -> None:
        """Forget the tries, because the right password showed whose they were."""
        self._own.forget(quota)
        self._ask([("DEL", quota.key)])

    def _count(self, quotas: list[Quota]) -> list[tuple[int, float]]:
        commands: list[Command] = []
        for quota in quotas:
            commands += [("SET", quota.key, 0, "EX", quota.seconds, "NX"), ("INCR", quota.key), ("PTTL", quota.key)]
        answers = self._ask(commands)
        if answers is None:
            return [self._own.count(quota) for quota in quotas]
        counted = list(zip(quotas, answers[1::3], answers[2::3], strict=True))
        # If a window ended between SET and INCR, its counter has no expiry yet.
        self._ask([("EXPIRE", quota.key, quota.seconds) for quota, _, left in counted if left < 0])
        return [(count, left / 1000) for _, count, left in counted]

    def _ask(self, commands: Sequence[Command]) -> list[int] | None:
        if not commands or self._clock() < self._redis_from:
            return None
        try:
            return call(self._redis_url, commands)
        except Unavailable as error:
            log.warning("tries are counted by this process alone", reason=str(error))
            self._redis_from = self._clock() + RETRY_SECONDS
            return None


class Windows:
    """Counters in memory; safe to ask from any thread."""

    def __init__(self, *, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._windows: dict[str, tuple[int, float]] = {}

    def count(self, quota: Quota) -> tuple[int, float]:
        now = self._clock()
        with self._lock:
            count, until = self._windows.pop(quota.key, (0, 0.0))
            if until <= now:
                count, until = 0, now + quota.seconds
            while len(self._windows) >= WINDOWS_AT_MOST:
                del self._windows[next(iter(self._windows))]
            self._windows[quota.key] = (count + 1, until)
        return count + 1, until - now

    def forget(self, quota: Quota) -> None:
        with self._lock:
            self._windows.pop(quota.key, None)

    def __len__(self) -> int:
        return len(self._windows)
