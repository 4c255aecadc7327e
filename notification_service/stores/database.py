"""Runs Django's queries for an asyncio service: each `Database` has one thread, and with it one connection."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import structlog
from django.db import Error, connection, transaction

from chatflow.errors import TimedOut, Unavailable
from notification_service.stores import postgresql, sqlite

log = structlog.get_logger(__name__)

Result = TypeVar("Result")

# For an answer, also to what was asked before: who asks is told of an outage by then.
WAIT_SECONDS = 10.0

IS_OUTAGE = {"sqlite": sqlite.is_outage, "postgresql": postgresql.is_outage}


class Database:
    """What is asked of it raises `Unavailable` while the database fails; the next ask finds a connection that works.

    It raises `TimedOut` where the answer takes too long. What has not begun by then is not done any more.
    """

    def __init__(self) -> None:
        postgresql.bound_statements()
        # SQLite has one writer at a time, and batches leave PostgreSQL little to do at once.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="database")

    async def transact(self, work: Callable[[], Result], *, even_late: bool = False) -> Result:
        """Run the work in one transaction, which is durable when this returns.

        Cancelling the wait does not undo the work, so it may be done again: twice must be the same as once. With
        `even_late` it is tried in its turn, before all that is asked afterwards, even if nobody waits for it any more.
        """
        return await self._run(lambda: in_transaction(work), even_late=even_late)

    async def read(self, work: Callable[[], Result]) -> Result:
        """Run queries that change nothing, each by itself; they wait for no writer."""
        return await self._run(work)

    async def close(self) -> None:
        await self._run(close_connection)
        self._thread.shutdown()

    async def _run(self, work: Callable[[], Result], *, even_late: bool = False) -> Result:
        answer = asyncio.get_running_loop().run_in_executor(self._thread, answered, work)
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                return await (asyncio.shield(answer) if even_late else answer)
        except TimeoutError:
            log.warning("the notification database did not answer in time")
            raise TimedOut("The notification database did not answer in time.") from None


def in_transaction(work: Callable[[], Result]) -> Result:
    with transaction.atomic():
        return work()


def answered(work: Callable[[], Result]) -> Result:
    """Run the work, on a new connection if this thread's was lost meanwhile; raise `Unavailable` in an outage."""
    try:
        connection.close_if_unusable_or_obsolete()
        return work()
    except Error as error:
        if not IS_OUTAGE[connection.vendor](error):
            raise
        log.warning("the notification database failed", error=str(error).strip())
        raise Unavailable("The notification database is not available right now.") from None


def close_connection() -> None:
    """Close this thread's connection, which `connection` finds only when it is called there."""
    connection.close()
