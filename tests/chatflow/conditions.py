"""Waiting for a condition instead of for a time."""

import asyncio
import time
from collections.abc import Callable


async def until(condition: Callable[[], bool], *, within_seconds: float = 5.0) -> None:
    """Return as soon as the condition holds; fail where it does not in time."""
    deadline = time.monotonic() + within_seconds
    while not condition():
        assert time.monotonic() < deadline, f"not true within {within_seconds} s"
        await asyncio.sleep(0.005)
