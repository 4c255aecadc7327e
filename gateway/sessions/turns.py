"""Limits how many tasks of one key run at a time; the others wait in the order in which they came."""

import asyncio
from collections.abc import Hashable
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

Key = TypeVar("Key", bound=Hashable)


class Turns(Generic[Key]):
    """One semaphore for each key, kept only while somebody has it or waits for it."""

    def __init__(self, *, at_once: int) -> None:
        self._at_once = at_once
        self._turns: WeakValueDictionary[Key, asyncio.Semaphore] = WeakValueDictionary()

    def of(self, key: Key) -> asyncio.Semaphore:
        """Return the key's semaphore, to be taken by `async with` for the length of a turn."""
        turns = self._turns.get(key)
        if turns is None:
            turns = self._turns[key] = asyncio.Semaphore(self._at_once)
        return turns
