"""Group commit: while one append is under way, commands for the next one gather across all rooms, without a timer.

Each room has at most one run under way, so that every command is decided on committed state.
"""

import asyncio
import time
from collections.abc import Callable

import structlog

from chat_service.commit.loader import GIVE_UP_SECONDS, Loader
from chat_service.commit.pace import SLOW_SECONDS, Pace
from chat_service.commit.publisher import Publisher
from chat_service.commit.replays import Replays
from chat_service.commit.settling import INTERNAL, Settling
from chat_service.deciding.deciding import Decided, decide_run
from chat_service.deciding.incoming_lanes import IncomingCommand, IncomingLanes, not_tried
from chat_service.deciding.needs import find_missing
from chat_service.deciding.repeated_commands import find_conflict
from chat_service.deciding.rooms import LiveRoom, Phase, Rooms
from chat_service.deciding.rules.context import Blocks
from chat_service.deciding.watched_rooms import WatchedRooms
from chat_service.metrics import APPEND_FAILURES, APPEND_SECONDS, BATCH_COMMANDS, BATCH_ROOMS, COMMANDS_NOT_TRIED
from chat_service.room_log import RoomLog
from chatflow.errors import TimedOut, Unavailable
from chatflow.wire.log import LoadRoom

log = structlog.get_logger(__name__)

RETRY_SECONDS = 0.1


class Outage:
    """Tells a restart of message_service (a pause, no error) from an outage (longer), which senders are told of."""

    def __init__(self) -> None:
        self._begun: float | None = None

    def lasts(self, now: float) -> bool:
        """Note that a call failed, and tell whether calls have been failing for too long."""
        self._begun = now if self._begun is None else self._begun
        return now - self._begun > GIVE_UP_SECONDS

    def end(self) -> None:
        self._begun = None


class Committer:
    def __init__(
        self,
        room_log: RoomLog,
        *,
        to_decide: asyncio.Event,
        rooms: Rooms,
        lanes: IncomingLanes,
        loader: Loader,
        settling: Settling,
        replays: Replays,
        publisher: Publisher,
        pace: Pace,
        may_decide: Callable[[], bool],
        blocked: Blocks,
        edit_window_seconds: int,
        watched: WatchedRooms,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._room_log = room_log
        self._to_decide = to_decide
        self._rooms = rooms
        self._lanes = lanes
        self._loader = loader
        self._settling = settling
        self._replays = replays
        self._publisher = publisher
        self._pace = pace
        self._may_decide = may_decide
        self._blocked = blocked
        self._edit_window_seconds = edit_window_seconds
        self._watched = watched
        self._clock = clock
        self._monotonic = monotonic
        self._outage = Outage()
        self.is_appending = False

    async def run(self) -> None:
        while True:
            await self._to_decide.wait()
            self._to_decide.clear()
            await self.flush()
            if self._rooms.ready:
                self._to_decide.set()

    async def flush(self) -> None:
        """Decide what waits, append it, and publish and answer the outcome."""
        batch = self._decide_batch()
        self._publisher.flush()
        if not batch:
            return
        self.is_appending = True
        begun = self._monotonic()
        try:
            results = await self._room_log.append([decided.run for decided in batch], deadline=self._deadline_of(batch))
        except Unavailable:
            APPEND_FAILURES.labels("unavailable").inc()
            await self._take_back(batch)
        except TimedOut:
            APPEND_FAILURES.labels("unknown").inc()
            # A broken connection says nothing about how fast the store is.
            if (seconds := self._monotonic() - begun) >= SLOW_SECONDS:
                self._pace.note(steps_in(batch), seconds)
            # One room may be at fault, so each room is asked about separately.
            for decided in batch:
                self._replays.freeze(decided)
        except Exception:
            APPEND_FAILURES.labels("failed").inc()
            log.exception("an append failed", rooms=len(batch))
            for decided in batch:
                self._replays.freeze(decided)
        else:
            self._outage.end()
            seconds = self._monotonic() - begun
            APPEND_SECONDS.observe(seconds)
            self._pace.note(steps_in(batch), seconds)
            for decided, result in zip(batch, results, strict=True):
                self._settling.settle(decided, result)
        finally:
            self.is_appending = False
        self._publisher.flush()

    def _decide_batch(self) -> list[Decided]:
        if not self._may_decide():
            # The gateways now send these commands to the rooms' new owner.
            self._rooms.drop_queues()
            self._lanes.forget_all()
            return []
        now = self._clock()
        batch: list[Decided] = []
        budget = self._pace.steps
        for room in list(self._rooms.ready.values()):
            if budget <= 0:
                break
            del self._rooms.ready[room.room_id]
            decided = self._decide(room, limit=budget, now=now)
            if decided is not None:
                batch.append(decided)
                budget -= len(decided.steps)
        if batch:
            BATCH_ROOMS.observe(len(batch))
            BATCH_COMMANDS.observe(steps_in(batch))
        return batch

    def _decide(self, room: LiveRoom, *, limit: int, now: float) -> Decided | None:
        taken = self._rooms.take_queue(room, limit=limit)
        try:
            return self._decide_taken(room, taken, now=now)
        except Exception:
            log.exception("a room cannot be decided", room_id=room.room_id)
            self._settling.refuse(room, taken, error=INTERNAL)
            return None

    def _decide_taken(self, room: LiveRoom, taken: list[IncomingCommand], *, now: float) -> Decided | None:
        commands = self._still_open(room, taken, now=now)
        if not commands:
            self._rooms.release(room)
            return None
        state, missing = room.state, find_missing(room, commands)
        if state is None or missing is not None:
            self._rooms.put_back(room, commands)
            self._loader.load(room, missing or LoadRoom(room_id=room.room_id))
            return None
        decided = decide_run(
            room,
            state,
            commands,
            now=self._room_log.time.read(),
            blocked=self._blocked,
            edit_window_seconds=self._edit_window_seconds,
            watched=self._watched,
        )
        room.files.clear()  # a file that is missing today may be there tomorrow
        for pending in decided.commands:
            pending.in_run = True
        self._rooms.put_back(room, decided.behind_failed)
        for pending in decided.undecided:
            if not pending.is_over:
                COMMANDS_NOT_TRIED.inc()
                self._lanes.end(pending, error=not_tried(pending.command))
        if not decided.steps:
            self._rooms.release(room)
            return None
        room.phase = Phase.IN_FLIGHT
        return decided

    def _still_open(self, room: LiveRoom, commands: list[IncomingCommand], *, now: float) -> list[IncomingCommand]:
        """Leave out commands that are over, that are too late, or whose answer is known to be in the log."""
        still_open: list[IncomingCommand] = []
        for pending in commands:
            if pending.is_over:
                continue
            command = pending.command
            if command.deadline - now < self._pace.least_seconds:
                COMMANDS_NOT_TRIED.inc()
                self._lanes.end(pending, error=not_tried(command))
                continue
            known = room.known.get((command.actor, pending.op))
            # If it differs, only the log can say whether it also differs from what stands there now.
            if known is not None and find_conflict(command.body, known) is None:
                self._settling.answer_known(room, pending, known)
                continue
            still_open.append(pending)
        return still_open

    def _deadline_of(self, batch: list[Decided]) -> float:
        """Return the earliest deadline: nothing is written past it, as its sender may be told otherwise by then."""
        earliest = min(pending.command.deadline for decided in batch for pending in decided.commands)
        return min(self._clock() + self._pace.append_seconds, earliest)

    async def _take_back(self, batch: list[Decided]) -> None:
        """Put back a batch of which nothing was written: it is tried again for a while, then its senders are told."""
        is_outage = self._outage.lasts(self._monotonic())
        for decided in batch:
            self._settling.put_back(decided.room, decided.commands)
            if is_outage:
                self._refuse_queue(decided.room)
            self._rooms.release(decided.room)
        self._publisher.flush()
        await asyncio.sleep(RETRY_SECONDS)

    def _refuse_queue(self, room: LiveRoom) -> None:
        for pending in self._rooms.take_queue(room, limit=len(room.queue)):
            if not pending.is_over:
                COMMANDS_NOT_TRIED.inc()
                self._lanes.end(pending, error=not_tried(pending.command))


def steps_in(batch: list[Decided]) -> int:
    return sum(len(decided.steps) for decided in batch)
