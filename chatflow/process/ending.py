"""Ends tasks for good: a library may lose a cancellation that comes in the moment of an answer."""

import asyncio
from typing import Any

AGAIN_SECONDS = 0.1


async def end(*tasks: asyncio.Task[Any] | None) -> None:
    """Cancel the tasks and wait until all have ended, whether by a result, an error or the cancellation.

    Cancelling once is not always enough: redis-py uses `asyncio.wait_for`, which in Python 3.11 loses a cancellation
    that meets its result, and aio-pika swallows one now and then.
    """
    while left := [task for task in tasks if task is not None and not task.done()]:
        for task in left:
            task.cancel()
        await asyncio.wait(left, timeout=AGAIN_SECONDS)
