"""Listens to every worker's publications and notices each one that is missing, by its counter and its heartbeats."""

import asyncio

import msgspec
import structlog

from chatflow.bus.port import Bus
from chatflow.ids import partition_of
from chatflow.leases.port import LeaseTable
from chatflow.wire.bus import EVENTS_CHANNEL, Publication
from gateway.delivery.delivery import Delivery
from gateway.metrics import PUBLICATIONS_LOST

log = structlog.get_logger(__name__)

# A worker whose lease has ended may live and publish still: listen a little longer.
FAREWELL_SECONDS = 15.0
# A worker says something each second. One that lives and is not heard for longer speaks, and not to us.
SILENT_SECONDS = 3.0
WATCH_SECONDS = 1.0
# Two processes learn of a lease and of its end at different times; later than this they agree on who owns what.
AGREEING_SECONDS = 10.0

decode = msgspec.msgpack.Decoder(Publication).decode


class WorkerFeeds:
    """One subscription per worker. Where something has not arrived, the rooms of which it may have been are doubted."""

    def __init__(self, bus: Bus, workers: LeaseTable, delivery: Delivery) -> None:
        self._loop = asyncio.get_running_loop()
        self._bus = bus
        self._workers = workers
        self._delivery = delivery
        self._counters: dict[str, tuple[str, int]] = {}
        # When each was heard last; those who are subscribed to.
        self._heard_at: dict[str, float] = {}
        # Those who live and are not heard, and when that was last looked into.
        self._silent: dict[str, float] = {}
        self._farewells: dict[str, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        # When the owners changed, and when something was lost.
        self._moved_at = self._loop.time()
        self._lost_at = float("-inf")

    async def follow_workers(self) -> None:
        """The owners changed: subscribe to whoever is new, and let those go who have been away for a while."""
        now = self._moved_at = self._loop.time()
        if now - self._lost_at < AGREEING_SECONDS:
            # It may have been of rooms that the worker owned already, and we did not know.
            self._delivery.doubt()
        for worker_id in self._workers.live:
            if (farewell := self._farewells.pop(worker_id, None)) is not None:
                farewell.cancel()
                self._heard_at[worker_id] = now
            if worker_id not in self._heard_at:
                self._heard_at[worker_id] = now
                await self._bus.subscribe(EVENTS_CHANNEL.format(worker_id=worker_id), self.on_publication)
                # What it published before this moment was for others.
                self._doubt(worker_id, since=now)
        for worker_id in self._heard_at.keys() - self._workers.live.keys() - self._farewells.keys():
            self._silent.pop(worker_id, None)
            self._farewells[worker_id] = self._loop.call_later(FAREWELL_SECONDS, self._start_leaving, worker_id)

    def hears(self, room_id: str) -> bool:
        """Tell whether events of this room come, as far as its owner's heartbeats tell."""
        if not self._silent:
            return True
        owner = self._workers.owner_of(partition_of(room_id))
        return owner is None or owner.id not in self._silent

    async def watch_silence(self) -> None:
        """Notice what nothing else tells: that a subscription does not bring what it should; until cancelled."""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            now = self._loop.time()
            if not self._bus.connected:
                # Nobody is heard, and everything is doubted as soon as the bus is back.
                self._heard_at = dict.fromkeys(self._heard_at, now)
            for worker_id in list(self._workers.live):
                # One that leaves while another is subscribed to is not heard on purpose.
                heard_at = self._heard_at.get(worker_id, now)
                if now - max(heard_at, self._silent.get(worker_id, heard_at)) > SILENT_SECONDS:
                    log.warning("a worker that lives is not heard", worker=worker_id, seconds=now - heard_at)
                    self._silent[worker_id] = now
                    await self._bus.subscribe(EVENTS_CHANNEL.format(worker_id=worker_id), self.on_publication)
                    self._doubt(worker_id, since=heard_at)

    def on_publication(self, payload: bytes) -> None:
        publication = decode(payload)
        worker_id, now = publication.worker_id, self._loop.time()
        if not all(self._owns(worker_id, event.room_id) for event in publication.events):
            # It knows of a change that we do not know of yet, or the other way round.
            self._moved_at = now
        if self._is_loss(publication):
            PUBLICATIONS_LOST.inc()
            log.info("publications were lost", worker=worker_id, counter=publication.counter)
            self._doubt(worker_id, since=self._heard_at.get(worker_id, now))
        if worker_id in self._heard_at:
            self._heard_at[worker_id] = now
            self._silent.pop(worker_id, None)
        self._delivery.take(publication.events)
        for room_id, head in publication.heads.items():
            self._delivery.hear_of(room_id, head)

    def _is_loss(self, publication: Publication) -> bool:
        """A heartbeat repeats the counter of the last publication, anything else is one further."""
        before = publication.counter if publication.heartbeat else publication.counter - 1
        epoch, last = self._counters.get(publication.worker_id, (publication.epoch, 0))
        if epoch != publication.epoch:
            last = 0
        if epoch == publication.epoch and publication.counter < last:
            return False  # late, and noticed as missing when the one behind it came
        self._counters[publication.worker_id] = (publication.epoch, publication.counter)
        return before > last

    def _doubt(self, worker_id: str, *, since: float) -> None:
        """Something of this worker was lost after `since`: doubt the rooms that it may have owned in that time."""
        self._lost_at = self._loop.time()
        if self._moved_at > since - AGREEING_SECONDS:
            self._delivery.doubt()
        else:
            self._delivery.doubt(lambda room_id: self._owns(worker_id, room_id))

    def _owns(self, worker_id: str, room_id: str) -> bool:
        owner = self._workers.owner_of(partition_of(room_id))
        return owner is not None and owner.id == worker_id

    def _start_leaving(self, worker_id: str) -> None:
        task = asyncio.create_task(self._leave(worker_id))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _leave(self, worker_id: str) -> None:
        self._farewells.pop(worker_id, None)
        if worker_id in self._workers.live:
            return  # back in the very moment
        del self._heard_at[worker_id]
        self._counters.pop(worker_id, None)
        await self._bus.unsubscribe(EVENTS_CHANNEL.format(worker_id=worker_id))
