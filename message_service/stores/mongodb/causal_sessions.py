"""Reads that a deposed primary cannot answer.

A primary that others have replaced without its knowledge goes on answering reads for some seconds. Two things keep its
old data out of what is decided:
- A read in a session asks for the state as of the latest time that this process has been told (`afterClusterTime`), by
  a majority. A primary that has not come that far waits, and the read fails by its deadline.
- A fence is a write that a majority confirms, made after the question came in. Only the real primary can make it, and
  what was written before it is in every read behind it.

A server that is no replica set has one state, so it needs neither.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from itertools import count
from typing import Any

from bson.timestamp import Timestamp
from pymongo import MongoClient
from pymongo.client_session import ClientSession

from chatflow.errors import Unavailable

# A fence that others are waiting for is made within this time, or they give up.
FENCE_WITHIN_SECONDS = 10.0

SESSION: ContextVar[ClientSession | None] = ContextVar("session", default=None)


class CausalSessions:
    """The sessions of one process; each begins at the latest time that any of them has seen."""

    def __init__(self, client: MongoClient[dict[str, Any]], *, write_fence: Callable[[], object]) -> None:
        self._client = client
        self._write_fence = write_fence
        self._noting = threading.Lock()
        self._seen: Timestamp | None = None
        self._fencing = threading.Lock()
        self._events = count(1)
        self._fenced = 0

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Make everything within a part of one session, also what does not name it."""
        with self._client.start_session(causal_consistency=True) as session, session.bind():
            token = SESSION.set(session)
            self.advance()
            try:
                yield
            finally:
                SESSION.reset(token)
                self._note(session.operation_time)

    def advance(self) -> None:
        """Take the current session to what others of this process have seen by now."""
        session = SESSION.get()
        if session is not None and self._seen is not None:
            session.advance_operation_time(self._seen)

    def fence(self, *, within_seconds: float | None) -> None:
        """Make sure that a majority has confirmed a write that was begun after this call; the session goes on from it.

        One write serves all who came before it.
        """
        came = next(self._events)
        if not self._fencing.acquire(timeout=FENCE_WITHIN_SECONDS if within_seconds is None else within_seconds):
            raise Unavailable("The message store did not confirm in time that it is current.", retry_after=1.0)
        try:
            if self._fenced < came:
                begun = next(self._events)
                with self.opened():
                    self._write_fence()
                self._fenced = begun
        finally:
            self._fencing.release()
        self.advance()

    def _note(self, time: Timestamp | None) -> None:
        with self._noting:
            if time is not None and (self._seen is None or time > self._seen):
                self._seen = time


class NoSessions:
    """Stands in on a server that is no replica set."""

    def opened(self) -> AbstractContextManager[None]:
        return nullcontext()

    def advance(self) -> None:
        """There is nothing to go on from."""

    def fence(self, *, within_seconds: float | None) -> None:
        """There is nobody who could take this server's place."""
