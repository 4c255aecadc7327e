"""The log as outbox: which events a consumer is owed, and for how long."""

import math

from chatflow.wire.outbox import OwedAnswer, OwedAsk, OwedClear, OwedCleared
from message_service.retention.log_clock import LogClock
from message_service.stores.port import MessageStore

JOBS_AT_MOST = 5000


def read_owed(ask: OwedAsk, *, store: MessageStore, clock: LogClock) -> OwedAnswer:
    # Without an age every job is owed, even one that was written before the clock was set back.
    until = clock.read() - ask.older_than_seconds if ask.older_than_seconds else math.inf
    limit = min(ask.limit, JOBS_AT_MOST)
    return OwedAnswer(store.owed(limit=limit, until=until, partitions=ask.partitions, consumer=ask.consumer))


def clear_owed(ask: OwedClear, *, store: MessageStore) -> OwedCleared:
    store.clear_owed(ask.jobs, consumer=ask.consumer)
    return OwedCleared()
