"""Tells by a metric for how long each consumer of the outbox has been owed its oldest event."""

import threading
from collections.abc import Callable

import structlog

from chatflow.process.vital import start_vital_thread
from chatflow.wire.outbox import CONSUMERS
from message_service.internal.metrics import OUTBOX_AGE
from message_service.retention.log_clock import LogClock
from message_service.stores.port import MessageStore

log = structlog.get_logger(__name__)

MEASURE_SECONDS = 10.0


def measure_outbox_age(clock: LogClock, store: MessageStore) -> None:
    for consumer in CONSUMERS:
        since = store.owed_since(consumer)
        OUTBOX_AGE.labels(consumer).set(0.0 if since is None else max(0.0, clock.read() - since))


def measure_outbox_age_in_thread(clock: LogClock, store: MessageStore) -> Callable[[], None]:
    """Measure it every few seconds in a daemon thread; return a function that stops this."""
    stopped = threading.Event()

    def measure_forever() -> None:
        while not stopped.is_set():
            try:
                measure_outbox_age(clock, store)
            except Exception:
                # Whatever it is: a metric is no reason to end the service.
                log.exception("the age of the outbox cannot be read")
            stopped.wait(MEASURE_SECONDS)

    start_vital_thread(measure_forever, name="outbox age")
    return stopped.set
