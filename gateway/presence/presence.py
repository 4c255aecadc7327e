"""Publishes the presence of the people connected here, and tells watchers of every change."""

import asyncio
import sys
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import structlog

from chatflow.batches import batches
from chatflow.errors import ChatFlowError
from chatflow.process.running_tasks import RunningTasks
from chatflow.protocol.queries import SetPresence, WatchPresence
from chatflow.protocol.replies import Appearance
from chatflow.protocol.told import ShownPresence
from chatflow.wire.bus import PresenceChanged
from gateway.delivery.merging import Merged
from gateway.engine.outbound import Outbound
from gateway.engine.packets import event_packet
from gateway.presence.life_set_redis import RENEW_SECONDS
from gateway.presence.store_redis import PEOPLE_PER_CALL, PresenceStore
from gateway.sessions.connection import Connection, Connections
from gateway.sessions.turns import Turns

log = structlog.get_logger(__name__)

# A person who is back within this time, after a reload or at another gateway, does not appear offline in between.
GRACE_SECONDS = 2.0
# The pause after a call, in which arrivals and departures are collected for the next: nobody notices the delay, and
# when thousands come back at once it makes ten calls a second instead of one for each of them.
GATHER_SECONDS = 0.1
# The pause between reads of all watched people, however often something may have been missed.
READ_SECONDS = 3.0


class Presence:
    """`send` puts a signal on the bus for all gateways, this one too."""

    def __init__(
        self,
        store: PresenceStore,
        connections: Connections,
        *,
        outbound: Outbound,
        send: Callable[[PresenceChanged], None],
    ) -> None:
        self._store = store
        self._connections = connections
        self._send = send
        self._choosing = asyncio.Lock()
        self._leaving: dict[str, asyncio.TimerHandle] = {}
        # People whose change is still to be published, in the order in which it happened.
        self._changed: dict[str, None] = {}
        self._published = asyncio.Event()
        self._is_publishing = False
        self._watching: dict[Connection, list[str]] = {}
        self._watchers: dict[str, dict[Connection, None]] = {}
        # How watched people appeared last, and how they appeared when their watchers were last told.
        self._shown: dict[str, Appearance] = {}
        self._known: dict[str, Appearance] = {}
        self._merged = Merged(
            outbound, audience=lambda user_id: self._watchers.get(user_id, {}), packet=self._packet_about
        )
        # The reads for one connection come one after the other.
        self._turns: Turns[Connection] = Turns(at_once=1)
        self._missed = asyncio.Event()
        self._tasks = RunningTasks()

    def arrive(self, connection: Connection) -> None:
        user_id = connection.user_id
        if (leaving := self._leaving.pop(user_id, None)) is not None:
            leaving.cancel()
        elif self._connections.count(user_id) == 1:
            self._publish_soon(user_id)

    def depart(self, connection: Connection) -> None:
        self._watch(connection, [])
        user_id = connection.user_id
        if not self._connections.is_here(user_id) and user_id not in self._leaving:
            self._leaving[user_id] = asyncio.get_running_loop().call_later(GRACE_SECONDS, self._leave, user_id)

    async def set(self, connection: Connection, request: SetPresence) -> None:
        """Store how the person wishes to appear, on every device, until they choose again."""
        async with self._choosing:
            await self._store.choose(connection.user_id, status=request.status)
        await self._publish_soon(connection.user_id).wait()

    async def watch(self, connection: Connection, request: WatchPresence) -> dict[str, Appearance]:
        """Tell this connection of changes of these people from now on, and of nobody else's; return how they appear.

        People whom somebody here watches already are known. So thousands who come back at once, and watch much the same
        people, ask Redis for each of them once.
        """
        # One string for each person, however many watch them: otherwise the ids would be most of a connection's memory.
        user_ids = list(dict.fromkeys(map(sys.intern, request.user_ids)))
        self._watch(connection, user_ids)
        if not self._changed.keys().isdisjoint(user_ids):
            await self._published.wait()
        found = {user_id: self._known[user_id] for user_id in user_ids if user_id in self._known}
        if len(found) < len(user_ids):
            async with self._turns.of(connection):
                for some in batches([user_id for user_id in user_ids if user_id not in found], PEOPLE_PER_CALL):
                    found |= await self._read(some)
        # The state that other watchers were told last. If it has changed since, all are told soon, this one too.
        return {user_id: self._known.get(user_id, found[user_id]) for user_id in user_ids}

    def on_changed(self, signal: PresenceChanged) -> None:
        self._store.heed(signal.user_id, signal.status)
        self._show(signal.user_id, Appearance(signal.status, signal.last_seen))

    def read_again(self) -> None:
        """Read the state of all watched people soon, because changes may have been missed."""
        self._missed.set()

    def on_gone(self, gateway_ids: list[str]) -> None:
        """Tell that the people of gateways that died are gone: nobody else will."""
        for gateway_id in gateway_ids:
            self._start(self._bury(gateway_id))
        self.read_again()

    def write_anew(self) -> None:
        """Write everybody's presence again, and tell all gateways, because Redis may have lost it."""
        self._store.distrust()
        self._write_what_is_unwritten()

    async def run(self) -> None:
        """Renew everybody's presence at once, and write again what Redis lacks; runs until cancelled."""
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            try:
                await self._store.renew()
            except ChatFlowError as error:
                log.warning("presence is not renewed", error=str(error))
            self._write_what_is_unwritten()

    async def read_missed_forever(self) -> None:
        """Read all watched people whenever changes may have been missed; runs until cancelled."""
        while True:
            await self._missed.wait()
            self._missed.clear()
            try:
                for user_ids in batches(list(self._watchers), PEOPLE_PER_CALL):
                    await self._read(user_ids)
            except ChatFlowError as error:
                log.warning("presence cannot be read", error=str(error))
                self._missed.set()
            await asyncio.sleep(READ_SECONDS)

    async def close(self) -> None:
        """Tell that people in their grace period are gone; of those still connected other gateways tell afterwards."""
        for user_id, leaving in list(self._leaving.items()):
            leaving.cancel()
            self._leave(user_id)
        await self._tasks.finish()
        await self._merged.close()
        await self._store.close()

    def _watch(self, connection: Connection, user_ids: list[str]) -> None:
        for user_id in self._watching.pop(connection, ()):
            del self._watchers[user_id][connection]
            if not self._watchers[user_id]:
                del self._watchers[user_id]
                self._shown.pop(user_id, None)
                self._known.pop(user_id, None)
        if user_ids and not connection.is_over:
            self._watching[connection] = user_ids
            for user_id in user_ids:
                self._watchers.setdefault(user_id, {})[connection] = None

    async def _read(self, user_ids: Sequence[str]) -> dict[str, Appearance]:
        found = await self._store.read(user_ids)
        for user_id, shown in found.items():
            self._show(user_id, shown)
        return found

    def _show(self, user_id: str, shown: Appearance) -> None:
        """Tell the watchers if this has changed; a first read only notes it, because it is the answer to `watch`."""
        if user_id not in self._watchers:
            return
        self._shown[user_id] = shown
        if self._known.setdefault(user_id, shown) != shown:
            self._merged.notify(user_id)

    def _packet_about(self, user_id: str) -> str | None:
        """Return the packet for a changed person, or None if the change was taken back within a second."""
        shown = self._shown.get(user_id)
        if shown is None or shown == self._known.get(user_id):
            return None
        self._known[user_id] = shown
        return event_packet("presence", ShownPresence(user_id, shown.status, shown.last_seen))

    async def _bury(self, gateway_id: str) -> None:
        while buried := await self._store.bury(gateway_id):
            self._send_all(buried)

    def _send_all(self, found: dict[str, Appearance]) -> None:
        for user_id, shown in found.items():
            self._show(user_id, shown)
            self._send(PresenceChanged(user_id, shown.status, last_seen=shown.last_seen))

    def _write_what_is_unwritten(self) -> None:
        here = {*self._connections.user_ids(), *self._leaving}
        for user_id in self._store.unwritten(here) - self._changed.keys():
            self._publish_soon(user_id)

    def _leave(self, user_id: str) -> None:
        del self._leaving[user_id]
        self._publish_soon(user_id)

    def _publish_soon(self, user_id: str) -> asyncio.Event:
        """Have a person's change published soon; return an event that is set once it is, or could not be."""
        self._changed[user_id] = None
        if not self._is_publishing:
            self._is_publishing = True
            self._start(self._publish_changes())
        return self._published

    async def _publish_changes(self) -> None:
        """Publish changes, one call at a time: a change during a call is in the next, so the last one sent is true."""
        try:
            while self._changed:
                user_ids, self._changed = list(self._changed), {}
                await self._publish_all(user_ids)
                await asyncio.sleep(GATHER_SECONDS)
        finally:
            self._is_publishing = False

    async def _publish_all(self, user_ids: list[str]) -> None:
        published, self._published = self._published, asyncio.Event()
        try:
            for some in batches(user_ids, PEOPLE_PER_CALL):
                await self._quietly(self._write_and_publish(some))
        finally:
            published.set()

    async def _write_and_publish(self, user_ids: Sequence[str]) -> None:
        """Write whether each person is here now, whatever happened before, and tell all gateways how they appear."""
        here = [user_id for user_id in user_ids if self._connections.is_here(user_id) or user_id in self._leaving]
        gone = [
            user_id for user_id in user_ids if not self._connections.is_here(user_id) and user_id not in self._leaving
        ]
        self._send_all(await self._store.write(here=here, gone=gone))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.start(self._quietly(work))

    async def _quietly(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except ChatFlowError as error:
            # The next renewal finds what was not written.
            log.warning("a change of presence could not be written, and is told later", error=str(error))
