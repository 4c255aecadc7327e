"""The database on PostgreSQL: one connection, made anew when it is lost."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import psycopg
import structlog

from chatflow.errors import Unavailable
from notification_service.stores.database import Row, Transaction

log = structlog.get_logger(__name__)

Result = TypeVar("Result")

CONNECT_TIMEOUT_SECONDS = 3
# A statement that takes longer waits for a lock that somebody forgot; a peer that is silent as long is gone.
ANSWER_TIMEOUT_MILLISECONDS = 5000

LOST = (psycopg.OperationalError, psycopg.InterfaceError)
# A statement that PostgreSQL will never take counts as operational to the driver, and is no outage.
LIMITS = (psycopg.errors.ProgramLimitExceeded, psycopg.errors.StatementTooComplex)
# Any number that nobody else on that database locks.
LOCK = 0x0C4A7F10


class PostgresqlConnection:
    """See `notification_service.stores.database.Connection`."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: psycopg.Connection[Row] | None = None

    def transact(self, work: Callable[[Transaction], Result], *, reads: bool) -> Result:
        if self._connection is not None:
            try:
                return self._transact_on(self._connection, work)
            except LIMITS:
                raise
            except LOST:
                self.close()  # say the server was restarted: try once on a new connection
        try:
            return self._transact_on(self._connect(), work)
        except LIMITS:
            raise
        except LOST as error:
            self.close()
            log.warning("the notification database failed", error=str(error).strip())
            raise Unavailable("The notification database is not available right now.") from None

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _transact_on(self, connection: psycopg.Connection[Row], work: Callable[[Transaction], Result]) -> Result:
        with connection.transaction(), connection.cursor() as cursor:
            return work(PostgresqlTransaction(cursor))

    def _connect(self) -> psycopg.Connection[Row]:
        self._connection = psycopg.connect(
            self._url,
            autocommit=True,
            connect_timeout=CONNECT_TIMEOUT_SECONDS,
            tcp_user_timeout=ANSWER_TIMEOUT_MILLISECONDS,
            options=f"-c statement_timeout={ANSWER_TIMEOUT_MILLISECONDS}",
        )
        return self._connection


class PostgresqlTransaction:
    def __init__(self, cursor: psycopg.Cursor[Row]) -> None:
        self._cursor = cursor

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        return self._cursor.execute(native(sql), parameters).fetchall()

    def change(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        return self._cursor.execute(native(sql), parameters).rowcount

    def change_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        self._cursor.executemany(native(sql), rows)

    def lock_out_others(self) -> None:
        self._cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def native(sql: str) -> bytes:
    """Spell the placeholders as psycopg wants them; our statements hold no other question mark, and no per cent."""
    return sql.replace("?", "%s").encode()
