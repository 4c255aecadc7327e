"""Subscribes to every worker's publications, and notices lost ones by their counters and the heartbeats."""

import asyncio

import msgspec
import structlog

from chatflow.bus.port import Bus
from chatflow.ids import partition_of
from chatflow.leases.port import LeaseTable
from chatflow.process.running_tasks import RunningTasks
from chatflow.wire.bus import EVENTS_CHANNEL, Publication
from gateway.delivery.delivery import Delivery
from gateway.metrics import PUBLICATIONS_LOST

log = structlog.get_logger(__name__)

# A worker whose lease has ended may still be alive and publish, so the subscription lasts a little longer.
UNSUBSCRIBE_SECONDS = 15.0
# A worker publishes at least each second. If nothing comes from a live one for this long, the subscription has failed.
SILENT_SECONDS = 3.0
WATCH_SECONDS = 1.0
# Processes learn of a lease and of its end at different times; after this they agree on who owns what.
AGREEING_SECONDS = 10.0

decode = msgspec.msgpack.Decoder(Publication).decode


class WorkerFeeds:
    """Keeps a subscription per worker. When a publication is lost, all its rooms are rechecked."""

    def __init__(self, bus: Bus, workers: LeaseTable, delivery: Delivery) -> None:
        self._loop = asyncio.get_running_loop()
        self._bus = bus
        self._workers = workers
        self._delivery = delivery
        self._counters: dict[str, tuple[str, int]] = {}
        # The workers subscribed to, and when something came from each.
        self._received_at: dict[str, float] = {}
        # Live workers from which nothing comes, and when each was last subscribed to anew.
        self._silent: dict[str, float] = {}
        # Workers that have gone, with the timer that ends the subscription to each.
        self._unsubscribing: dict[str, asyncio.TimerHandle] = {}
        self._tasks = RunningTasks()
        # When the owners last changed, and when something was last lost.
        self._moved_at = self._loop.time()
        self._lost_at = float("-inf")

    async def follow_workers(self) -> None:
        """Follow a change of owners: subscribe to new workers, and later unsubscribe from those that have gone."""
        now = self._moved_at = self._loop.time()
        if now - self._lost_at < AGREEING_SECONDS:
            # The loss may concern rooms that the worker owned before this gateway knew.
            self._delivery.recheck()
        for worker_id in self._workers.live:
            if (timer := self._unsubscribing.pop(worker_id, None)) is not None:
                timer.cancel()
                self._received_at[worker_id] = now
            if worker_id not in self._received_at:
                self._received_at[worker_id] = now
                await self._bus.subscribe(EVENTS_CHANNEL.format(worker_id=worker_id), self.on_publication)
                # What it published before the subscription did not reach this gateway.
                self._recheck(worker_id, since=now)
        for worker_id in self._received_at.keys() - self._workers.live.keys() - self._unsubscribing.keys():
            self._silent.pop(worker_id, None)
            self._unsubscribing[worker_id] = self._loop.call_later(
                UNSUBSCRIBE_SECONDS, self._unsubscribe_in_task, worker_id
            )

    def receives(self, room_id: str) -> bool:
        """Tell whether events of this room arrive, judging by the heartbeats of its owner."""
        if not self._silent:
            return True
        owner = self._workers.owner_of(partition_of(room_id))
        return owner is None or owner.id not in self._silent

    async def watch_silence(self) -> None:
        """Notice subscriptions that bring nothing from a live worker: nothing else shows that. Runs until cancelled."""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            now = self._loop.time()
            if not self._bus.connected:
                # Nothing comes from any worker now; when the bus is back, all rooms are rechecked anyway.
                self._received_at = dict.fromkeys(self._received_at, now)
            for worker_id in list(self._workers.live):
                # A worker may leave while this loop subscribes to another one; then nothing is missing from it.
                received_at = self._received_at.get(worker_id, now)
                if now - max(received_at, self._silent.get(worker_id, received_at)) > SILENT_SECONDS:
                    log.warning("nothing is received from a live worker", worker=worker_id, seconds=now - received_at)
                    self._silent[worker_id] = now
                    await self._bus.subscribe(EVENTS_CHANNEL.format(worker_id=worker_id), self.on_publication)
                    self._recheck(worker_id, since=received_at)

    def on_publication(self, payload: bytes) -> None:
        publication = decode(payload)
        worker_id, now = publication.worker_id, self._loop.time()
        if not all(self._owns(worker_id, event.room_id) for event in publication.events):
            # The worker knows of a change of owners that this gateway does not know of yet, or the other way round.
            self._moved_at = now
        if self._is_loss(publication):
            PUBLICATIONS_LOST.inc()
            log.info("publications were lost", worker=worker_id, counter=publication.counter)
            self._recheck(worker_id, since=self._received_at.get(worker_id, now))
        if worker_id in self._received_at:
            self._received_at[worker_id] = now
            self._silent.pop(worker_id, None)
        self._delivery.take(publication.events)
        for room_id, head in publication.heads.items():
            self._delivery.note_head(room_id, head)

    def _is_loss(self, publication: Publication) -> bool:
        """Tell whether earlier ones are missing: a heartbeat repeats the last counter, all others raise it by one."""
        before = publication.counter if publication.heartbeat else publication.counter - 1
        epoch, last = self._counters.get(publication.worker_id, (publication.epoch, 0))
        if epoch != publication.epoch:
            last = 0
        if epoch == publication.epoch and publication.counter < last:
            return False  # a late one: its loss was noticed when the next one came
        self._counters[publication.worker_id] = (publication.epoch, publication.counter)
        return before > last

    def _recheck(self, worker_id: str, *, since: float) -> None:
        """Recheck the rooms that this worker may have owned since `since`: something that it published may be lost."""
        self._lost_at = self._loop.time()
        if self._moved_at > since - AGREEING_SECONDS:
            self._delivery.recheck()
        else:
            self._delivery.recheck(lambda room_id: self._owns(worker_id, room_id))

    def _owns(self, worker_id: str, room_id: str) -> bool:
        owner = self._workers.owner_of(partition_of(room_id))
        return owner is not None and owner.id == worker_id

    def _unsubscribe_in_task(self, worker_id: str) -> None:
        self._tasks.start(self._unsubscribe(worker_id))

    async def _unsubscribe(self, worker_id: str) -> None:
        self._unsubscribing.pop(worker_id, None)
        if worker_id in self._workers.live:
            return  # it came back just now
        del self._received_at[worker_id]
        self._counters.pop(worker_id, None)
        await self._bus.unsubscribe(EVENTS_CHANNEL.format(worker_id=worker_id))
