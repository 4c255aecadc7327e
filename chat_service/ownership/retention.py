"""Sees to it that rooms lose what is older than they want to keep: a look every few minutes, and a command for each."""

import asyncio
import time
from collections.abc import Callable

import msgspec
import structlog

from chat_service.room_log import RoomLog
from chatflow.auth.principal import SYSTEM_PRINCIPAL
from chatflow.bus.port import Bus
from chatflow.errors import ChatFlowError
from chatflow.ids import SYSTEM, new_id
from chatflow.protocol.commands import TrimRoom
from chatflow.wire.bus import COMMANDS_CHANNEL, REPLIES_CHANNEL, Command
from chatflow.wire.retention import Trim

log = structlog.get_logger(__name__)

# Retention counts in days.
LOOK_SECONDS = 300.0
# A room loses a bounded number of messages at a time, so that nobody waits for it; the rest follows soon.
REST_SECONDS = 1.0
DEADLINE_SECONDS = 8.0
COMMANDS_AT_ONCE = 100

encode = msgspec.msgpack.Encoder().encode


async def trim_forever(room_log: RoomLog, bus: Bus, *, worker_id: str, own_partitions: Callable[[], list[int]]) -> None:
    """What is not done this time, for whatever reason, is done the next time."""
    done: list[Trim] = []
    while True:
        await asyncio.sleep(REST_SECONDS if done else LOOK_SECONDS)
        try:
            trims = await find_trims(room_log, own_partitions())
        except ChatFlowError as error:
            log.warning("the rooms to trim cannot be read", error=str(error))
            done = []
            continue
        # By its own inbox: they are commands like any other, and another owner would decide them just so.
        for first in range(0, len(trims), COMMANDS_AT_ONCE):
            commands = [command_for(trim, now=time.time()) for trim in trims[first : first + COMMANDS_AT_ONCE]]
            bus.publish(COMMANDS_CHANNEL.format(worker_id=worker_id), encode(commands))
        if trims:
            log.info("rooms are trimmed", rooms=len(trims))
        # What is due as before was not done, for a reason that passes or not.
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
    """The op is the same whoever derives it, so that two owners trim once."""
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
