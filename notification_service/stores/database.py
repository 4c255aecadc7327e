"""The service's own database: plain SQL that SQLite and PostgreSQL both speak, run on one thread of its own.

Two tables do not need an ORM: Django's costs 14 MB, a fifth of what this process takes, and a process can hold only one
Django project, so that tests could not load this service beside the others.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

Result = TypeVar("Result")
Row = tuple[Any, ...]


class Transaction(Protocol):
    """Statements with `?` for each parameter; all of them hold, or none."""

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]: ...

    def change(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Return how many rows it changed."""

    def change_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None: ...

    def lock_out_others(self) -> None:
        """Let no other process pass this line until the transaction ends."""


class Connection(Protocol):
    """One connection, used by one thread. Raises `Unavailable` where the database fails, and mends itself."""

    def transact(self, work: Callable[[Transaction], Result], *, reads: bool) -> Result:
        """Run the work in one transaction, durable when this returns; one that only reads waits for no writer."""

    def close(self) -> None: ...


class Database:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        # One writer is all that SQLite has, and batches leave PostgreSQL little to do at once.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="database")

    async def transact(self, work: Callable[[Transaction], Result]) -> Result:
        """Run the work in one transaction. Cancelling the wait does not undo it, so work must bear repetition."""
        return await self._run(lambda: self._connection.transact(work, reads=False))

    async def read(self, work: Callable[[Transaction], Result]) -> Result:
        """Run work that changes nothing."""
        return await self._run(lambda: self._connection.transact(work, reads=True))

    async def _run(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def close(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self._connection.close)
        self._thread.shutdown()
