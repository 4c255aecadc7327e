"""The log as outbox: which alerts are owed."""

import math

from chatflow.wire.outbox import OwedAnswer, OwedAsk, OwedClear, OwedCleared
from message_service.retention.log_clock import LogClock
from message_service.stores.port import MessageStore

JOBS_AT_MOST = 5000


def read_owed(ask: OwedAsk, *, store: MessageStore, clock: LogClock) -> OwedAnswer:
    # Without an age every alert is owed, even one that was written before the clock was set back.
    until = clock.read() - ask.older_than_seconds if ask.older_than_seconds else math.inf
    return OwedAnswer(store.owed(limit=min(ask.limit, JOBS_AT_MOST), until=until, partitions=ask.partitions))


def clear_owed(ask: OwedClear, *, store: MessageStore) -> OwedCleared:
    store.clear_owed(ask.jobs)
    return OwedCleared()
