"""How much a person may ask of this gateway: a token bucket per class of events, shared by all their sockets here.

Several gateways each keep their own: whoever is connected to two of them may ask for twice as much.
"""

import asyncio
from collections.abc import Callable

from chatflow.errors import RateLimited
from chatflow.process.settings import Settings
from gateway.engine.buckets import Bucket
from gateway.metrics import RATE_LIMITED

SEND, COMMANDS, READS, SIGNALS = "send", "commands", "reads", "signals"

# After a refusal, nothing of the class is taken for so long. What a client had sent behind the refused event may be on
# its way still; to take some of that, because a token has grown meanwhile, would turn the order of messages around.
PAUSE_SECONDS = 1.0
# Refusing costs us some microseconds, too. Who listens to the answers, or sends a long queue blindly, stays below this.
FLOOD_EVENTS = 10_000


def rates_of(settings: Settings) -> dict[str, int]:
    """Return each class's events a second; 0 is no limit."""
    return {
        SEND: settings.sends_per_second,
        COMMANDS: settings.commands_per_second,
        READS: settings.reads_per_second,
        SIGNALS: settings.signals_per_second,
    }


class RateLimits:
    """Every person's buckets, made when first needed and forgotten when full again."""

    def __init__(self, settings: Settings, *, clock: Callable[[], float] | None = None) -> None:
        self._clock = clock or asyncio.get_running_loop().time
        self._rates = rates_of(settings)
        self._buckets: dict[str, dict[str, Bucket]] = {kind: {} for kind, rate in self._rates.items() if rate}

    def spend(self, user_id: str, kind: str) -> None:
        """Count an event of this class, or raise `rate_limited`."""
        buckets = self._buckets.get(kind)
        if buckets is None:
            return
        now = self._clock()
        bucket = buckets.get(user_id)
        if bucket is None:
            bucket = buckets[user_id] = Bucket(self._rates[kind], now=now, pause_seconds=PAUSE_SECONDS)
        seconds = bucket.take(now)
        if seconds:
            RATE_LIMITED.counts[kind] += 1
            raise RateLimited(retry_after=round(seconds, 3))

    def charge(self, user_id: str, kind: str, more: int) -> None:
        """Count what was admitted as so many more: whoever had fewer left has to make up for the rest first."""
        bucket = self._buckets.get(kind, {}).get(user_id)
        if bucket is not None:
            bucket.charge(more)

    def is_flooding(self, user_id: str, kind: str) -> bool:
        """Tell whether this person goes on and on without a look at our answers."""
        bucket = self._buckets.get(kind, {}).get(user_id)
        return bucket is not None and bucket.refused > FLOOD_EVENTS

    def sweep(self) -> None:
        """Forget whoever has been quiet."""
        now = self._clock()
        for buckets in self._buckets.values():
            for user_id in [user_id for user_id, bucket in buckets.items() if bucket.is_resting(now)]:
                del buckets[user_id]

    def __len__(self) -> int:
        return sum(map(len, self._buckets.values()))
