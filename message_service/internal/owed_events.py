"""The log as outbox: which events a consumer is owed, and for how long."""

import math

from chatflow.wire.outbox import OwedAnswer, OwedClear, OwedCleared, OwedRequest
from message_service.retention.log_clock import LogClock
from message_service.stores.port import MessageStore

JOBS_AT_MOST = 5000


def read_owed(request: OwedRequest, *, store: MessageStore, clock: LogClock) -> OwedAnswer:
    # Without an age every job is owed, even one that was written before the clock was set back.
    until = clock.read() - request.older_than_seconds if request.older_than_seconds else math.inf
    limit = min(request.limit, JOBS_AT_MOST)
    return OwedAnswer(store.owed(limit=limit, until=until, partitions=request.partitions, consumer=request.consumer))


def clear_owed(request: OwedClear, *, store: MessageStore) -> OwedCleared:
    store.clear_owed(request.jobs, consumer=request.consumer)
    return OwedCleared()
