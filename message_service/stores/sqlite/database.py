"""SQLite connections for threads: one writer, used in turn, and as many readers as there are at a time."""

import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import structlog

from chatflow.errors import TimedOut, Unavailable
from message_service.stores.query_deadlines import is_over, seconds_left
from message_service.stores.sqlite.documents import Row

log = structlog.get_logger(__name__)

# 16 MB of write-ahead log between checkpoints, because each also syncs the database file.
CHECKPOINT_PAGES = 4000
PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    # A commit is on the disk when it returns.
    "PRAGMA synchronous = FULL",
    # Deleted data is overwritten, not just forgotten.
    "PRAGMA secure_delete = ON",
    f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}",
    "PRAGMA cache_size = -16000",
    "PRAGMA busy_timeout = 2000",
)
READER_PRAGMAS = ("PRAGMA query_only = ON", "PRAGMA cache_size = -4000", "PRAGMA busy_timeout = 2000")
# Current readers are soon done, and those that begin meanwhile need nothing from the log.
CLEARING_PRAGMAS = ("PRAGMA busy_timeout = 500",)
# Instructions of SQLite's virtual machine, which does some ten million a second.
INSTRUCTIONS_BETWEEN_LOOKS = 20_000
# Errors of a failed COMMIT after which certainly none of it will ever be seen.
CERTAINLY_NOT_DONE = frozenset({"SQLITE_FULL", "SQLITE_BUSY"})


class SqliteConnections:
    """Opens the file at first use. Database errors become `unavailable`, or `timeout` if it may have been done."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        self._turn = threading.Lock()
        self._writer: sqlite3.Connection | None = None
        # A list's append and pop are atomic.
        self._readers: list[sqlite3.Connection] = []

    @property
    def path(self) -> str:
        return str(self._path)

    @contextmanager
    def writing(self, *, deadline: float | None = None) -> Iterator[sqlite3.Connection]:
        """Hold the one writing transaction; it is durable when the block ends, undone when the block raises.

        Waits for its turn until the deadline or, if there is none, for as long as the caller waits.
        """
        left = seconds_left() if deadline is None else max(0.0, deadline - time.time())
        if not self._turn.acquire(timeout=-1.0 if left is None else left):
            raise Unavailable("The store was busy until the deadline.", retry_after=1.0)
        try:
            if is_over() if deadline is None else time.time() >= deadline:
                raise Unavailable("The deadline passed before anything was written.", retry_after=1.0)
            yield from self._transaction()
        finally:
            self._turn.release()

    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            db = self._writer = self._writer or self._open(PRAGMAS)
            db.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            raise not_done(error) from error
        try:
            yield db
        except sqlite3.OperationalError as error:
            self._undo(db)
            raise not_done(error) from error
        except BaseException:
            self._undo(db)
            raise
        try:
            db.execute("COMMIT")
        except sqlite3.Error as error:
            self._undo(db)
            if error.sqlite_errorname in CERTAINLY_NOT_DONE:
                raise not_done(error) from error
            # After a failed sync nobody knows what a later one will find on the disk.
            log.error("a commit's outcome is unknown", reason=str(error))
            raise TimedOut("The store does not know whether it was written.") from error

    def _undo(self, db: sqlite3.Connection) -> None:
        try:
            if db.in_transaction:
                db.execute("ROLLBACK")
        except sqlite3.Error as error:
            log.error("the writing connection is given up", reason=str(error))
            self._writer = None
            db.close()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Read one state of the database, the last that was committed when the first statement runs.

        Whatever takes longer than the caller can wait is interrupted, as `unavailable`.
        """
        db = self._idle_reader()
        try:
            db.execute("BEGIN")
            yield db
        except sqlite3.OperationalError as error:
            raise not_done(error) from error
        finally:
            if db.in_transaction:
                db.execute("ROLLBACK")
            self._readers.append(db)

    def _idle_reader(self) -> sqlite3.Connection:
        try:
            return self._readers.pop()
        except IndexError:
            pass
        try:
            db = self._open(READER_PRAGMAS)
        except sqlite3.Error as error:
            raise not_done(error) from error
        db.set_progress_handler(is_over, INSTRUCTIONS_BETWEEN_LOOKS)
        return db

    def empty_log(self) -> bool:
        """Move all commits into the database file and empty the log; false if readers or writers kept it busy."""
        try:
            db = self._open(CLEARING_PRAGMAS)
            try:
                # Do most of it while others can write.
                db.execute("PRAGMA wal_checkpoint(PASSIVE)")
                with self._turn:
                    is_busy, _, _ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                db.close()
        except sqlite3.Error as error:
            raise not_done(error) from error
        return not is_busy

    def close(self) -> None:
        with self._turn:
            if self._writer is not None:
                self._writer.close()
                self._writer = None
        while self._readers:
            self._readers.pop().close()

    def _open(self, pragmas: tuple[str, ...]) -> sqlite3.Connection:
        try:
            # We begin and end transactions ourselves; a connection serves one thread at a time, but that can change.
            db = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            raise sqlite3.OperationalError(f"{self._path}: {error}") from error
        try:
            for pragma in pragmas:
                db.execute(pragma)
        except sqlite3.Error as error:
            db.close()
            raise sqlite3.OperationalError(f"{self._path}: {error}") from error
        return db


def not_done(error: sqlite3.Error) -> Unavailable:
    log.warning("the store is not available", reason=str(error), code=getattr(error, "sqlite_errorname", None))
    return Unavailable("The message store cannot be used right now.", retry_after=1.0)


def insert_rows(db: sqlite3.Connection, rows: Sequence[Row], *, plain: str, whole: str) -> None:
    """Insert rows of one table, which come in two widths: plain ones, as most are, and whole ones."""
    width = plain.count("?")
    db.executemany(plain, [row for row in rows if len(row) == width])
    db.executemany(whole, [row for row in rows if len(row) != width])
