"""Has rooms trimmed: every few minutes it asks which messages are too old, and sends each such room a command."""

import asyncio
import time
from collections.abc import Callable

import msgspec
import structlog

from chat_service.room_log import RoomLog
from chatflow.auth.principal import SYSTEM_PRINCIPAL
from chatflow.batches import batches
from chatflow.bus.port import Bus
from chatflow.errors import ChatFlowError
from chatflow.ids import SYSTEM, new_id
from chatflow.protocol.commands import TrimRoom
from chatflow.wire.bus import COMMANDS_CHANNEL, REPLIES_CHANNEL, Command
from chatflow.wire.retention import Trim

log = structlog.get_logger(__name__)

# The pause between two questions; retention counts in days.
ASK_SECONDS = 300.0
# A room loses a bounded number of messages at a time, so that nobody waits for it; the rest follows soon.
REMAINDER_AFTER_SECONDS = 1.0
DEADLINE_SECONDS = 8.0
COMMANDS_AT_ONCE = 100

encode = msgspec.msgpack.Encoder().encode


async def trim_forever(room_log: RoomLog, bus: Bus, *, worker_id: str, own_partitions: Callable[[], list[int]]) -> None:
    """Ask which trims are due and send them as commands; what fails this time is done the next time."""
    done: list[Trim] = []
    while True:
        await asyncio.sleep(REMAINDER_AFTER_SECONDS if done else ASK_SECONDS)
        try:
            trims = await find_trims(room_log, own_partitions())
        except ChatFlowError as error:
            log.warning("the rooms to trim cannot be read", error=str(error))
            done = []
            continue
        # To this worker's own channel, because they are commands like any other.
        for some in batches(trims, COMMANDS_AT_ONCE):
            commands = [command_for(trim, now=time.time()) for trim in some]
            bus.publish(COMMANDS_CHANNEL.format(worker_id=worker_id), encode(commands))
        if trims:
            log.info("rooms are trimmed", rooms=len(trims))
        # The same trims again mean that they were not done; then there is no hurry to ask again.
        done = [] if trims == done else trims


async def find_trims(room_log: RoomLog, partitions: list[int]) -> list[Trim]:
    trims: list[Trim] = []
    after: str | None = "" if partitions else None
    while after is not None:
        answer = await room_log.trims_due(partitions, after=after)
        trims += answer.trims
        after = answer.next
    return trims


def command_for(trim: Trim, *, now: float) -> Command:
    """Return the command for a trim; its op follows from the trim, so that two owners trim once."""
    op = f"s:trim:{trim.through_n}"
    return Command(
        op=op,
        room_id=trim.room_id,
        actor=SYSTEM,
        principal=SYSTEM_PRINCIPAL,
        body=TrimRoom(room_id=trim.room_id, through_n=trim.through_n, retention_days=trim.retention_days),
        lane=f"{SYSTEM}/{trim.room_id}/{new_id()}",
        number=1,
        floor=1,
        attempt=1,
        deadline=now + DEADLINE_SECONDS,
        # Nobody waits for the answer.
        reply_to=REPLIES_CHANNEL.format(gateway_id=SYSTEM),
        request_id=new_id(),
    )
