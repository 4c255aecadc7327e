"""The log as outbox: which alerts are owed."""

from chatflow.wire.outbox import OwedAnswer, OwedAsk, OwedClear, OwedCleared
from message_service.log_clock import LogClock
from message_service.store import MessageStore

JOBS_AT_MOST = 5000


def read_owed(ask: OwedAsk, *, store: MessageStore, clock: LogClock) -> OwedAnswer:
    until = clock.read() - ask.older_than_seconds
    return OwedAnswer(store.owed(limit=min(ask.limit, JOBS_AT_MOST), until=until, partitions=ask.partitions))


def clear_owed(ask: OwedClear, *, store: MessageStore) -> OwedCleared:
    store.clear_owed(ask.jobs)
    return OwedCleared()
