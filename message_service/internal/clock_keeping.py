"""Stores the log's time each minute, and learns from the store if another process was told to trust the clock."""

import threading
from collections.abc import Callable

import structlog

from chatflow.errors import ChatFlowError
from chatflow.process.vital import start_vital_thread
from message_service.retention.log_clock import LogClock
from message_service.stores.port import MessageStore

log = structlog.get_logger(__name__)

KEEP_SECONDS = 60.0


def keep_clock(clock: LogClock, store: MessageStore) -> None:
    clock.note(store.clock_mark())
    store.keep_clock_mark(clock.mark)


def keep_clock_in_thread(clock: LogClock, store: MessageStore) -> Callable[[], None]:
    """Store it at once, and from then on in a daemon thread; return a function that stops this."""
    stopped = threading.Event()
    keep_clock(clock, store)

    def keep_forever() -> None:
        while not stopped.wait(KEEP_SECONDS):
            try:
                keep_clock(clock, store)
            except ChatFlowError as error:
                log.warning("the log's time cannot be kept", reason=str(error))

    start_vital_thread(keep_forever, name="clock")
    return stopped.set
