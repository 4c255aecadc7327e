"""Tells sockets of frequent changes that may come a little late: only the newest state, all together, once a second.

A popular person is watched by thousands, each of whom watches hundreds. All changes of a second are one write to each
socket, done in slices between other work of the loop, and take no more than a tenth of the loop's time.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Generic, TypeVar

import structlog

from chatflow.batches import batches
from gateway.engine.outbound import Outbound
from gateway.engine.session import EngineSession
from gateway.sessions.connection import Connection

log = structlog.get_logger(__name__)

MERGE_SECONDS = 1.0
# The work of one slice, before the loop goes on with other things: some milliseconds. It is counted in pairs of a
# changed key and a socket told of it; a write to a socket takes as long as 25 of them.
PAIRS_PER_SLICE = 5000
PAIRS_PER_SOCKET = 25
SOCKETS_PER_SLICE = PAIRS_PER_SLICE // PAIRS_PER_SOCKET
# After a round, the pause is this many times as long as the round took.
PAUSE_PER_WORK = 9.0

Key = TypeVar("Key")


class Sockets:
    """An audience whose connections may end before it is written to."""

    def __init__(self, connections: Sequence[Connection]) -> None:
        self._connections = connections

    @property
    def sessions(self) -> Iterator[EngineSession]:
        return (connection.session for connection in self._connections if not connection.is_over)


class Merged(Generic[Key]):
    """`audience` returns the connections to tell of a key; `packet` returns what to tell, or None for nothing."""

    def __init__(
        self,
        outbound: Outbound,
        *,
        audience: Callable[[Key], Iterable[Connection]],
        packet: Callable[[Key], str | None],
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._clock = clock
        self._outbound = outbound
        self._audience = audience
        self._packet = packet
        self._changed: dict[Key, None] = {}
        self._task: asyncio.Task[None] | None = None

    def notify(self, key: Key) -> None:
        """Tell of this key: at once after a quiet second, else in the next round."""
        self._changed[key] = None
        if self._task is None:
            self._task = asyncio.create_task(self._notify_until_quiet())

    async def close(self) -> None:
        """Stop notifying."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _notify_until_quiet(self) -> None:
        try:
            while self._changed:
                keys, self._changed = list(self._changed), {}
                spent_seconds = await self._notify_all(keys)
                await asyncio.sleep(max(MERGE_SECONDS, PAUSE_PER_WORK * spent_seconds))
        finally:
            self._task = None

    async def _notify_all(self, keys: list[Key]) -> float:
        """Tell of these keys; return how long it took, without the time that other tasks took meanwhile."""
        work, spent_seconds = self._write_all(keys), 0.0
        while True:
            begun = self._clock()
            is_done = next(work, "done") == "done"
            spent_seconds += self._clock() - begun
            if is_done:
                return spent_seconds
            await asyncio.sleep(0)

    def _write_all(self, keys: list[Key]) -> Iterator[None]:
        """Write to all sockets concerned; yield after each slice."""
        packets: dict[Key, str] = {}
        due: dict[Connection, list[Key]] = {}
        pairs = 0
        for key in keys:
            packet, audience = self._packet_and_audience(key)
            if packet is None:
                continue
            packets[key] = packet
            for connection in audience:
                due.setdefault(connection, []).append(key)
                pairs += 1
                if pairs % PAIRS_PER_SLICE == 0:
                    yield
        # Connections that are told of the same keys get the same frames, made once.
        groups: dict[tuple[Key, ...], list[Connection]] = {}
        for connection, keys_due in due.items():
            groups.setdefault(tuple(keys_due), []).append(connection)
            pairs += len(keys_due)
            if pairs >= PAIRS_PER_SLICE:
                pairs = 0
                yield
        for due_keys, connections in groups.items():
            due_packets = [packets[key] for key in due_keys]
            for some in batches(connections, SOCKETS_PER_SLICE):
                self._write(due_packets, some)
                pairs += PAIRS_PER_SOCKET * len(some) + len(due_packets)
                if pairs >= PAIRS_PER_SLICE:
                    pairs = 0
                    self._outbound.flush()
                    yield
        self._outbound.flush()

    def _packet_and_audience(self, key: Key) -> tuple[str | None, list[Connection]]:
        try:
            packet = self._packet(key)
            return packet, [] if packet is None else list(self._audience(key))
        except Exception:
            # Other changes wait behind this one, so it must not stop the round.
            log.exception("a change cannot be told")
            return None, []

    def _write(self, packets: Sequence[str], connections: Sequence[Connection]) -> None:
        ready = Sockets([connection for connection in connections if connection.is_ready])
        waiting = [connection for connection in connections if not connection.is_ready]
        for packet in packets:
            self._outbound.send(ready, packet)
            for connection in waiting:
                connection.send(packet)
