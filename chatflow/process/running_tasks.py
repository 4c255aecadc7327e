"""Background tasks of one object: kept while they run, because the event loop itself refers to tasks only weakly."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


class RunningTasks:
    """The tasks that an object has started and that are not done yet."""

    __slots__ = ("_tasks",)

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, Result]) -> asyncio.Task[Result]:
        task = asyncio.create_task(work)
        self.keep(task)
        return task

    def keep(self, task: asyncio.Task[Any]) -> None:
        """Keep a task that was started elsewhere until it is done."""
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def cancel(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def finish(self) -> None:
        """Return when all tasks of this moment are done; raises the first error of one that failed."""
        await asyncio.gather(*self._tasks)

    def __len__(self) -> int:
        return len(self._tasks)
