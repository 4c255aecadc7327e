"""Turns: so many at a time for each key, the others in the order of coming."""

import asyncio
from collections.abc import Hashable
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

Key = TypeVar("Key", bound=Hashable)


class Turns(Generic[Key]):
    """Of a key that nobody has or awaits a turn of, nothing is kept."""

    def __init__(self, *, at_once: int) -> None:
        self._at_once = at_once
        self._turns: WeakValueDictionary[Key, asyncio.Semaphore] = WeakValueDictionary()

    def of(self, key: Key) -> asyncio.Semaphore:
        """Return what is held, by `async with`, for the length of a turn."""
        turns = self._turns.get(key)
        if turns is None:
            turns = self._turns[key] = asyncio.Semaphore(self._at_once)
        return turns
