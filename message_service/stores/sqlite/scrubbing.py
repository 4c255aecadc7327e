"""Empties SQLite's write-ahead log a while after a text was deleted or edited, because the old text is still in it."""

import threading

import structlog

from chatflow.errors import ChatFlowError
from message_service.stores.sqlite.database import SqliteConnections

log = structlog.get_logger(__name__)

# Each time the database file is synced too, so all deletions and edits within this time share one.
SCRUB_SECONDS = 30.0


class Scrubbing:
    def __init__(self, connections: SqliteConnections) -> None:
        self._connections = connections
        self._turn = threading.Lock()
        self._timer: threading.Timer | None = None
        self._is_closed = False

    def soon(self) -> None:
        """Empty the log soon: a text was removed, or may have been by a process that died before it could clean up."""
        with self._turn:
            if self._timer is None and not self._is_closed:
                self._timer = threading.Timer(SCRUB_SECONDS, self._scrub)
                self._timer.daemon = True
                self._timer.start()

    def close(self) -> None:
        """Stop; the last connection that closes empties the log by itself."""
        with self._turn:
            self._is_closed = True
            timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
            timer.join()

    def _scrub(self) -> None:
        with self._turn:
            # What is deleted from here on may be too late for this turn.
            self._timer = None
        try:
            is_empty = self._connections.empty_log()
        except ChatFlowError as error:
            log.warning("deleted or edited text is still in the write-ahead log", error=str(error))
            is_empty = False
        if not is_empty:
            self.soon()
