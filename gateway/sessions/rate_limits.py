"""Rate limits of each person at this gateway: a token bucket per class of events, shared by all their sockets here.

Each gateway keeps its own buckets, so a person who is connected to two gateways may ask for twice as much.
"""

import asyncio
from collections.abc import Callable

from chatflow.errors import RateLimited
from chatflow.process.settings import Settings
from gateway.engine.buckets import Bucket
from gateway.metrics import RATE_LIMITED

SEND, COMMANDS, READS, SIGNALS = "send", "commands", "reads", "signals"
# Opening a channel to everybody takes a name from all others, so it counts by itself as well, and by the hour.
CHANNELS = "channels"
HOUR_SECONDS = 3600.0

# After a refusal the class stays closed this long. Events that the client sent after the refused one may still be on
# their way. Accepting some of them, because a new token has come meanwhile, would reorder the client's messages.
PAUSE_SECONDS = 1.0
# Refusals cost some microseconds each. A client that heeds the answers, or blindly sends a long queue, stays below.
FLOOD_EVENTS = 10_000


def rates_of(settings: Settings) -> dict[str, int]:
    """Return the events a second of each class; 0 means no limit."""
    return {
        SEND: settings.sends_per_second,
        COMMANDS: settings.commands_per_second,
        READS: settings.reads_per_second,
        SIGNALS: settings.signals_per_second,
    }


class RateLimits:
    """The buckets of all people: made when first needed, dropped when full again."""

    def __init__(self, settings: Settings, *, clock: Callable[[], float] | None = None) -> None:
        self._clock = clock or asyncio.get_running_loop().time
        self._rates: dict[str, float] = {
            **rates_of(settings),
            CHANNELS: settings.channels_per_hour / HOUR_SECONDS,
        }
        # Where it is not ten seconds' worth.
        self._bursts = {CHANNELS: float(settings.channels_per_hour)}
        self._buckets: dict[str, dict[str, Bucket]] = {kind: {} for kind, rate in self._rates.items() if rate}

    def spend(self, user_id: str, kind: str) -> None:
        """Count an event of this class, or raise `rate_limited`."""
        buckets = self._buckets.get(kind)
        if buckets is None:
            return
        now = self._clock()
        bucket = buckets.get(user_id)
        if bucket is None:
            bucket = buckets[user_id] = Bucket(
                self._rates[kind], now=now, pause_seconds=PAUSE_SECONDS, burst=self._bursts.get(kind)
            )
        seconds = bucket.take(now)
        if seconds:
            RATE_LIMITED.counts[kind] += 1
            raise RateLimited(retry_after=round(seconds, 3))

    def charge(self, user_id: str, kind: str, more: int) -> None:
        """Take `more` tokens for an admitted event; if there are fewer, the next event waits until they have grown."""
        bucket = self._buckets.get(kind, {}).get(user_id)
        if bucket is not None:
            bucket.charge(more)

    def is_flooding(self, user_id: str, kind: str) -> bool:
        """Tell whether this person keeps sending without heeding the refusals."""
        bucket = self._buckets.get(kind, {}).get(user_id)
        return bucket is not None and bucket.refused > FLOOD_EVENTS

    def sweep(self) -> None:
        """Drop the buckets of people who have been quiet."""
        now = self._clock()
        for buckets in self._buckets.values():
            for user_id in [user_id for user_id, bucket in buckets.items() if bucket.is_resting(now)]:
                del buckets[user_id]

    def __len__(self) -> int:
        return sum(map(len, self._buckets.values()))
