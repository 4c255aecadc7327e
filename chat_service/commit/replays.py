"""Asks again, unchanged, about each run whose outcome is unknown, until the store answers; only its room waits.

A run is never to be written past the deadline of its commands, and each question may take until then: asked more often,
a slow store only has more to do. If it has not answered by then, the commands are answered `timeout`, and the room goes
on from what the log says. Should the run still be written later, the room's head shows it, and `on_given_up` sees to
it that the head is announced.
"""

import asyncio
import time
from collections.abc import Callable

import structlog

from chat_service.commit.publisher import Publisher
from chat_service.commit.settling import INTERNAL, Settling
from chat_service.deciding.deciding import Decided
from chat_service.deciding.incoming_lanes import IncomingCommand, IncomingLanes, not_tried
from chat_service.deciding.rooms import Phase, Rooms
from chat_service.metrics import COMMANDS, COMMANDS_NOT_TRIED, FROZEN, REPLAYS
from chat_service.room_log import RoomLog
from chatflow.errors import ChatFlowError, ErrorBody, TimedOut
from chatflow.process.running_tasks import RunningTasks
from chatflow.process.vital import start_vital

log = structlog.get_logger(__name__)

RETRY_SECONDS = (0.05, 0.1, 0.2, 0.5)
# Rooms are replayed one by one, so that a run that the store cannot handle does not delay the other rooms.
# Each may hold one of message_service's eight threads while its writer is stuck; reads need the others.
REPLAYS_AT_ONCE = 4

UNKNOWN = COMMANDS.labels("unknown")


class Replays:
    def __init__(
        self,
        room_log: RoomLog,
        *,
        rooms: Rooms,
        lanes: IncomingLanes,
        settling: Settling,
        publisher: Publisher,
        on_resolved: Callable[[], None],
        on_given_up: Callable[[str], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._room_log = room_log
        self._rooms = rooms
        self._lanes = lanes
        self._settling = settling
        self._publisher = publisher
        self._on_resolved = on_resolved
        self._on_given_up = on_given_up
        self._clock = clock
        self._tasks = RunningTasks()
        self._places = asyncio.Semaphore(REPLAYS_AT_ONCE)

    def __len__(self) -> int:
        return len(self._tasks)

    def freeze(self, decided: Decided) -> None:
        """Take a run that may or may not be in the log, and let its room wait."""
        self._decide_checks_again(decided)
        entries_only = without_checks(decided)
        if not entries_only.steps:
            self._rooms.release(decided.room)
            return
        decided.room.phase = Phase.FROZEN
        # If this task failed, its room would stay frozen for as long as this process lives.
        self._tasks.keep(start_vital(self._resolve(entries_only), name="replay"))
        FROZEN.set(len(self._tasks))

    async def finish(self) -> None:
        """Wait until every outcome is known or given up."""
        await self._tasks.finish()

    async def _resolve(self, decided: Decided) -> None:
        expires_at = min(pending.command.deadline for pending in decided.commands)
        attempt = 0
        while self._clock() < expires_at:
            REPLAYS.inc()
            try:
                async with self._places:
                    results = await self._room_log.append([decided.run], deadline=expires_at)
            except ChatFlowError:
                await asyncio.sleep(RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)])
                attempt += 1
            except Exception:
                log.exception("a run cannot be asked for", room_id=decided.room.room_id)
                self._give_up(decided, error=INTERNAL)
                break
            else:
                self._settling.settle(decided, results[0])
                break
        else:
            self._give_up(decided, error=TimedOut().body)
        FROZEN.set(len(self._tasks) - 1)
        self._publisher.flush()
        self._on_resolved()

    def _give_up(self, decided: Decided, *, error: ErrorBody) -> None:
        UNKNOWN.inc(len(decided.commands))
        for pending in decided.commands:
            if not pending.is_over:
                self._lanes.end(pending, error=error)
        decided.room.forget_state()
        self._rooms.release(decided.room)
        self._on_given_up(decided.room.room_id)

    def _decide_checks_again(self, decided: Decided) -> None:
        """Decide refusals again, since they wrote nothing, unless a later event of the same lane may be in the log."""
        again: list[IncomingCommand] = []
        last_entry = {
            pending.lane: position
            for position, (pending, step) in enumerate(zip(decided.commands, decided.steps, strict=True))
            if step.entry is not None
        }
        for position, (pending, step) in enumerate(zip(decided.commands, decided.steps, strict=True)):
            if step.entry is not None:
                continue
            if last_entry.get(pending.lane, -1) < position:
                again.append(pending)
            elif not pending.is_over:
                # Decided now, it might come after a command that its sender sent later.
                COMMANDS_NOT_TRIED.inc()
                self._lanes.end(pending, error=not_tried(pending.command))
        self._settling.put_back(decided.room, [pending for pending in again if not pending.is_over])


def without_checks(decided: Decided) -> Decided:
    """Return the run with its events alone."""
    kept = [position for position, step in enumerate(decided.steps) if step.entry is not None]
    return Decided(
        room=decided.room,
        before=decided.before,
        after=decided.after,
        messages=decided.messages,
        steps=[decided.steps[position] for position in kept],
        commands=[decided.commands[position] for position in kept],
        refusals=[None] * len(kept),
        heads=[decided.heads[position] for position in kept],
    )
