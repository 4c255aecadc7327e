"""The log as outbox: which alerts are owed."""

import math

from chatflow.wire.outbox import OwedAnswer, OwedAsk, OwedClear, OwedCleared
from message_service.retention.log_clock import LogClock
from message_service.stores.port import MessageStore

JOBS_AT_MOST = 5000


def read_owed(ask: OwedAsk, *, store: MessageStore, clock: LogClock) -> OwedAnswer:
    # Where no age is asked for, none is counted: what was written before the clock was set back is owed all the same.
    until = clock.read() - ask.older_than_seconds if ask.older_than_seconds else math.inf
    return OwedAnswer(store.owed(limit=min(ask.limit, JOBS_AT_MOST), until=until, partitions=ask.partitions))


def clear_owed(ask: OwedClear, *, store: MessageStore) -> OwedCleared:
    store.clear_owed(ask.jobs)
    return OwedCleared()
