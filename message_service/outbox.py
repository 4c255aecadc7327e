"""The log as outbox: which alerts are owed, told at once to whoever waits for one."""

import threading
import time
from collections.abc import Callable

import prometheus_client

from chatflow.wire.outbox import Job, OwedAnswer, OwedAsk, OwedClear, OwedCleared
from message_service.store import MessageStore

# Another process of ours may have written what we wait for; only our own wakes us.
LOOK_AGAIN_SECONDS = 1.0
WAIT_SECONDS_AT_MOST = 30.0
# Each of them holds one of the threads that requests are answered by.
WAITING_AT_MOST = 2
JOBS_AT_MOST = 1000

WAITING = prometheus_client.Gauge("chatflow_owed_waiting", "Requests that wait for something to be owed.")


class Outbox:
    def __init__(self, store: MessageStore, *, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock
        self._written = threading.Condition()
        self._waiting = threading.Semaphore(WAITING_AT_MOST)

    def notify(self) -> None:
        """Something is newly owed."""
        with self._written:
            self._written.notify_all()

    def read(self, ask: OwedAsk) -> OwedAnswer:
        """Return what is owed; where that is nothing, wait for it as long as was asked, if there is a thread for it."""
        jobs = self._look(ask)
        if jobs or ask.wait_seconds <= 0 or not self._waiting.acquire(blocking=False):
            return OwedAnswer(jobs)
        try:
            with WAITING.track_inprogress():
                return OwedAnswer(self._wait(ask))
        finally:
            self._waiting.release()

    def clear(self, ask: OwedClear) -> OwedCleared:
        self._store.clear_owed(ask.jobs)
        return OwedCleared()

    def _wait(self, ask: OwedAsk) -> list[Job]:
        deadline = time.monotonic() + min(ask.wait_seconds, WAIT_SECONDS_AT_MOST)
        with self._written:
            # Whoever writes meanwhile has to wait for this lock to notify, so nothing falls between look and wait.
            while not (jobs := self._look(ask)) and (left := deadline - time.monotonic()) > 0:
                self._written.wait(min(left, LOOK_AGAIN_SECONDS))
        return jobs

    def _look(self, ask: OwedAsk) -> list[Job]:
        until = self._clock() - ask.older_than_seconds
        return self._store.owed(limit=min(ask.limit, JOBS_AT_MOST), until=until, partitions=ask.partitions)
