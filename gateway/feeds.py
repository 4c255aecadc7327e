"""Listens to every worker's publications and notices each one that is missing, by its counter and its heartbeats."""

import asyncio
from collections.abc import Callable

import msgspec
import structlog

from chatflow.bus import Bus
from chatflow.leases import LeaseTable
from chatflow.wire.bus import EVENTS_CHANNEL, Publication
from gateway.delivery import Delivery
from gateway.metrics import PUBLICATIONS_LOST

log = structlog.get_logger(__name__)

# A worker whose lease has ended may live and publish still: listen a little longer.
FAREWELL_SECONDS = 15.0

decode = msgspec.msgpack.Decoder(Publication).decode


class Feeds:
    """One subscription per worker. `on_loss` is called when publications of a worker have not arrived."""

    def __init__(self, bus: Bus, workers: LeaseTable, delivery: Delivery, *, on_loss: Callable[[], None]) -> None:
        self._bus = bus
        self._workers = workers
        self._delivery = delivery
        self._on_loss = on_loss
        self._counters: dict[str, tuple[str, int]] = {}
        self._subscribed: set[str] = set()
        self._farewells: dict[str, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def follow_workers(self) -> None:
        """Subscribe to whoever is new, and let those go who have been away for a while."""
        for worker_id in self._workers.live:
            if (farewell := self._farewells.pop(worker_id, None)) is not None:
                farewell.cancel()
            if worker_id not in self._subscribed:
                self._subscribed.add(worker_id)
                await self._bus.subscribe(EVENTS_CHANNEL.format(worker_id=worker_id), self.on_publication)
                # What it published before this moment was for others.
                self._on_loss()
        loop = asyncio.get_running_loop()
        for worker_id in self._subscribed - self._workers.live.keys() - self._farewells.keys():
            self._farewells[worker_id] = loop.call_later(FAREWELL_SECONDS, self._start_leaving, worker_id)

    def on_publication(self, payload: bytes) -> None:
        publication = decode(payload)
        if self._is_loss(publication):
            PUBLICATIONS_LOST.inc()
            log.info("publications were lost", worker=publication.worker_id, counter=publication.counter)
            self._on_loss()
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

    def _start_leaving(self, worker_id: str) -> None:
        task = asyncio.create_task(self._leave(worker_id))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _leave(self, worker_id: str) -> None:
        self._farewells.pop(worker_id, None)
        self._subscribed.discard(worker_id)
        self._counters.pop(worker_id, None)
        await self._bus.unsubscribe(EVENTS_CHANNEL.format(worker_id=worker_id))
