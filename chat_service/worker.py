"""Puts a worker together: commands in, events and answers out, and a stop that leaves nothing half done."""

import asyncio
import time
from collections.abc import Callable, Mapping

from chat_service.commit.committer import Committer
from chat_service.commit.loader import Loader
from chat_service.commit.pace import Pace
from chat_service.commit.publisher import Publisher
from chat_service.commit.replays import Replays
from chat_service.commit.settling import Settling
from chat_service.deciding.rooms import Rooms
from chat_service.deciding.rules.context import Blocks
from chat_service.deciding.watched_rooms import NOBODY_WATCHES, WatchedRooms
from chat_service.intake.receiver import CommandReceiver
from chat_service.metrics import ROOMS, WAITING
from chat_service.ownership.taking_over import TakingOver
from chat_service.room_log import RoomLog
from chatflow.bus.port import Bus
from chatflow.jobs.port import JobQueue
from chatflow.leases.port import Lease
from chatflow.wire.bus import COMMANDS_CHANNEL

BEAT_SECONDS = 1.0
# This goes through every room and lane, and there can be many.
FORGET_SECONDS = 10.0
# The supervisor allows 8 s for everything; gateways send unanswered commands to another worker.
FINISH_SECONDS = 4.0
FINISH_POLL_SECONDS = 0.01


class Worker:
    def __init__(
        self,
        *,
        bus: Bus,
        jobs: Mapping[str, JobQueue],
        room_log: RoomLog,
        lease: Lease,
        has_lease: Callable[[], bool],
        own_partitions: Callable[[], list[int]],
        owners_changed: asyncio.Event,
        blocked: Blocks,
        edit_window_seconds: int,
        watched: WatchedRooms = NOBODY_WATCHES,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._bus = bus
        self._has_lease = has_lease
        self._channel = COMMANDS_CHANNEL.format(worker_id=lease.id)
        self._rooms = Rooms()
        self._publisher = Publisher(bus, jobs, lease=lease)
        self._taking_over = TakingOver(
            room_log, publisher=self._publisher, own_partitions=own_partitions, owners_changed=owners_changed
        )
        pace = Pace()
        # Set whenever there may be something to decide: by whatever comes in, and by the committer itself.
        to_decide = asyncio.Event()
        self._receiver = CommandReceiver(
            rooms=self._rooms,
            publisher=self._publisher,
            pace=pace,
            may_decide=has_lease,
            on_commands=to_decide.set,
        )
        lanes = self._receiver.lanes
        settling = Settling(rooms=self._rooms, lanes=lanes, publisher=self._publisher)
        self._loader = Loader(
            room_log,
            rooms=self._rooms,
            lanes=lanes,
            settling=settling,
            publisher=self._publisher,
            on_loaded=to_decide.set,
            clock=clock,
            monotonic=monotonic,
        )
        self._replays = Replays(
            room_log,
            rooms=self._rooms,
            lanes=lanes,
            settling=settling,
            publisher=self._publisher,
            on_resolved=to_decide.set,
            on_given_up=self._taking_over.include,
            clock=clock,
        )
        self._committer = Committer(
            room_log,
            to_decide=to_decide,
            rooms=self._rooms,
            lanes=lanes,
            loader=self._loader,
            settling=settling,
            replays=self._replays,
            publisher=self._publisher,
            pace=pace,
            may_decide=has_lease,
            blocked=blocked,
            edit_window_seconds=edit_window_seconds,
            watched=watched,
            clock=clock,
            monotonic=monotonic,
        )

    async def listen(self) -> None:
        """Start to receive commands."""
        await self._bus.subscribe(self._channel, self._receiver.on_message)

    async def run(self) -> None:
        """Work until cancelled; an error in any part ends the worker, and with it the process."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._committer.run())
            tasks.create_task(self._loader.run())
            tasks.create_task(self._taking_over.run())
            tasks.create_task(self._beat_forever())
            tasks.create_task(self._forget_forever())

    async def finish(self) -> None:
        """Take no more commands, and finish those that were taken as far as that goes quickly."""
        await self._bus.unsubscribe(self._channel)
        given_up_at = time.monotonic() + FINISH_SECONDS
        while self._is_busy() and time.monotonic() < given_up_at:  # noqa: ASYNC110 - once in a life
            await asyncio.sleep(FINISH_POLL_SECONDS)
        self._publisher.flush()

    def _is_busy(self) -> bool:
        return bool(self._rooms.waiting or self._committer.is_appending or len(self._replays))

    async def _beat_forever(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            if self._has_lease():
                self._publisher.beat()
            WAITING.set(self._rooms.waiting)
            ROOMS.set(len(self._rooms))

    async def _forget_forever(self) -> None:
        while True:
            await asyncio.sleep(FORGET_SECONDS)
            now = time.monotonic()
            self._receiver.lanes.forget_silent(now=now)
            self._rooms.forget_idle(now=now)
