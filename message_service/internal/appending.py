"""Appends what workers decided to the log: the only way in which anything is written to a room."""

import prometheus_client

from chatflow.wire.log import Append, AppendAnswer
from message_service.retention.log_clock import LogClock
from message_service.stores.port import MessageStore

STORE_APPEND_SECONDS = prometheus_client.Histogram(
    "chatflow_store_append_seconds",
    "Time that the store took for one append, the sync of the disk included.",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2),
)
RUNS_APPENDED = prometheus_client.Counter("chatflow_append_runs", "Runs by what stopped them.", ["stopped_by"])
STEPS_APPLIED = prometheus_client.Counter("chatflow_append_steps_held", "Steps that applied.")


def append(request: Append, *, store: MessageStore, clock: LogClock, added_per_hour: int) -> AppendAnswer:
    with STORE_APPEND_SECONDS.time():
        results = store.append(
            request.runs,
            deadline=request.deadline,
            now=clock.read(),
            added_per_hour=added_per_hour,
            unique_names=request.unique_names,
        )
    for result in results:
        STEPS_APPLIED.inc(result.applied)
        RUNS_APPENDED.labels(result.stopped_by or "nothing").inc()
    return AppendAnswer(results=results, now=clock.read())
