"""Waiting for a condition, which is checked again after every change, with a deadline."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

# Long enough for a loaded machine of two cores, short enough that a broken build fails soon.
TIMEOUT_SECONDS = 10.0


class Changes:
    """Wakes all waiting tasks when something has changed."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Event] = set()

    def tell(self) -> None:
        for event in self._waiting:
            event.set()

    async def until(
        self, found: Callable[[], Found | None], *, what: Callable[[], str], within_seconds: float = TIMEOUT_SECONDS
    ) -> Found:
        """Return the first result that is neither None nor False; `what` names what was missing if there is none."""
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            async with asyncio.timeout(within_seconds):
                while True:
                    event.clear()
                    result = found()
                    if result is not None and result is not False:
                        return result
                    await event.wait()
        except TimeoutError:
            raise AssertionError(f"not within {within_seconds} s: {what()}") from None
        finally:
            self._waiting.discard(event)
