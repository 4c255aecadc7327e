"""Announces the heads of rooms that a worker takes over: the last owner may have stored events without publishing them.

This happens at every change of owners: two that disagreed for a moment may both have written to a room.
"""

import asyncio
from collections.abc import Callable

import structlog

from chat_service.commit.publisher import Publisher
from chat_service.room_log import RoomLog
from chatflow.errors import ChatFlowError
from chatflow.ids import partition_of

log = structlog.get_logger(__name__)

# Longer than it takes to notice a death, to write what was under way, and to restart a lone worker.
RECENT_SECONDS = 60.0
# What a dead worker had sent to the store may be written after heads were first read.
PAUSES_SECONDS = (0.0, 2.0, 10.0)
# A store that was away for a moment is asked again soon, one that cannot keep up ever less often: all workers ask it.
RETRY_SECONDS = 0.25
RETRY_SECONDS_AT_MOST = 8.0


class TakingOver:
    """Reads heads as soon as `owners_changed` is set, and again some seconds later; set again, it starts this over."""

    def __init__(
        self,
        room_log: RoomLog,
        *,
        publisher: Publisher,
        own_partitions: Callable[[], list[int]],
        owners_changed: asyncio.Event,
    ) -> None:
        self._room_log = room_log
        self._publisher = publisher
        self._own_partitions = own_partitions
        # Partitions of rooms whose runs were given up here, whoever owns them now.
        self._left_open: set[int] = set()
        self._woken = owners_changed

    def include(self, room_id: str) -> None:
        """Include this room, whoever owns it: a run may still be written there that nobody would announce."""
        self._left_open.add(partition_of(room_id))
        self._woken.set()

    async def run(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            if await self._announce_repeatedly():
                self._left_open.clear()

    async def _announce_repeatedly(self) -> bool:
        """Announce several times; return whether that was completed without being told to start over."""
        for pause_seconds in PAUSES_SECONDS:
            if await self._is_woken_within(pause_seconds):
                return False
            retry_seconds = RETRY_SECONDS
            while not await self._announce():
                if await self._is_woken_within(retry_seconds):
                    return False
                retry_seconds = min(2 * retry_seconds, RETRY_SECONDS_AT_MOST)
        return not self._woken.is_set()

    async def _announce(self) -> bool:
        partitions = sorted(self._left_open.union(self._own_partitions()))
        if not partitions:
            return True
        try:
            heads = await self._room_log.recent_heads(partitions, since_seconds=RECENT_SECONDS)
        except ChatFlowError as error:
            log.warning("the heads of rooms taken over cannot be read", error=str(error))
            return False
        for room_id, head in heads.items():
            self._publisher.announce(room_id, head)
        if heads:
            self._publisher.recheck_signals()
            log.info("heads of rooms were announced", rooms=len(heads), partitions=len(partitions))
            # The lease took up most of the promised 5 s, so publish at once.
            self._publisher.beat()
        return True

    async def _is_woken_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return False
        return True
