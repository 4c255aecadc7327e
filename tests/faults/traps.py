"""Places in the services at which a fault run can kill or stop them, or cut their power: before the store, behind it …

Production has none of this: a fault run starts each service through `tests.faults.trapped`, which wraps the
functions named here in that process alone. A trap is armed by a file of the process's name, and springs once.
"""

import asyncio
import functools
import importlib
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.faults.power import cut_own_power

# What was published a moment ago has left by then.
DEPARTURE_SECONDS = 0.1
SIGNALS = {"kill": signal.SIGKILL, "stop": signal.SIGSTOP}
# Its files lose what was not synced, too.
POWER_CUT = "power cut"

# The phases of each service in which it can be struck, in the order of a message's life.
PHASES = {
    "gateway": ("before publish", "before ack"),
    "chat_service": ("before store", "after store", "after publish"),
    "message_service": ("mid-batch", "after commit"),
    "notification_service": ("before done",),
}


class Traps:
    """The file that arms a trap of one process: written by the run, looked at and taken away by the process."""

    def __init__(self, folder: Path, *, process: str) -> None:
        self._path = folder / process

    def arm(self, phase: str, *, how: str = "kill") -> None:
        fresh = self._path.with_suffix(".new")
        fresh.write_text(f"{how}: {phase}")
        fresh.replace(self._path)

    def disarm(self) -> None:
        self._path.unlink(missing_ok=True)

    @property
    def is_armed(self) -> bool:
        return self._path.exists()

    def armed_for(self, phase: str) -> bool:
        try:
            return self._path.read_text().endswith(f": {phase}")
        except FileNotFoundError:
            return False

    def spring(self) -> None:
        how = self._path.read_text().partition(":")[0]
        self.disarm()
        if how == POWER_CUT:
            cut_own_power()
        os.kill(os.getpid(), SIGNALS[how])


def set_traps(service: str, traps: Traps) -> None:
    """Wrap the functions of this process between which it can be struck."""
    if service in SETTERS:
        SETTERS[service](traps)


def trap_chat_service(traps: Traps) -> None:
    room_log = importlib.import_module("chat_service.room_log").RoomLog
    publisher = importlib.import_module("chat_service.commit.publisher").Publisher
    append, answer = room_log.append, publisher._answer

    @functools.wraps(append)
    async def trapped_append(self: Any, *args: Any, **kwargs: Any) -> Any:
        if traps.armed_for("before store"):
            await asyncio.sleep(DEPARTURE_SECONDS)
            traps.spring()
        result = await append(self, *args, **kwargs)
        if traps.armed_for("after store"):
            traps.spring()
        return result

    @functools.wraps(answer)
    def trapped_answer(self: Any) -> None:
        if traps.armed_for("after publish"):
            asyncio.get_running_loop().call_later(DEPARTURE_SECONDS, traps.spring)
            return
        answer(self)

    room_log.append, publisher._answer = trapped_append, trapped_answer


def trap_message_service(traps: Traps) -> None:
    # Between the rows of the log and what is made of them, on either store.
    sqlite: Any = importlib.import_module("message_service.stores.sqlite.append")
    sqlite.write_entries = springing_behind(sqlite.write_entries, traps, "mid-batch")
    mongodb: Any = importlib.import_module("message_service.stores.mongodb.append").Appending
    mongodb._insert = springing_behind(mongodb._insert, traps, "mid-batch")
    appending: Any = importlib.import_module("message_service.internal.appending")
    appending.append = springing_behind(appending.append, traps, "after commit")


def trap_gateway(traps: Traps) -> None:
    commands = importlib.import_module("gateway.commands.sender").CommandSender
    publish, on_answers = commands._publish_counted, commands.on_answers

    @functools.wraps(publish)
    async def trapped_publish(self: Any, *args: Any) -> None:
        if traps.armed_for("before publish"):
            traps.spring()
        await publish(self, *args)

    @functools.wraps(on_answers)
    def trapped_on_answers(self: Any, payload: bytes) -> None:
        if traps.armed_for("before ack"):
            traps.spring()
        on_answers(self, payload)

    commands._publish_counted, commands.on_answers = trapped_publish, trapped_on_answers


def trap_notification_service(traps: Traps) -> None:
    for module, name in (("chatflow.jobs.log_queue", "LogSource"), ("chatflow.jobs.rabbitmq", "RabbitSource")):
        source: Any = getattr(importlib.import_module(module), name)
        source.done = springing_before(source.done, traps, "before done")


def springing_behind(function: Callable[..., Any], traps: Traps, phase: str) -> Callable[..., Any]:
    @functools.wraps(function)
    def trapped(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        if traps.armed_for(phase):
            traps.spring()
        return result

    return trapped


def springing_before(function: Callable[..., Any], traps: Traps, phase: str) -> Callable[..., Any]:
    @functools.wraps(function)
    def trapped(*args: Any, **kwargs: Any) -> Any:
        if traps.armed_for(phase):
            traps.spring()
        return function(*args, **kwargs)

    return trapped


SETTERS: dict[str, Callable[[Traps], None]] = {
    "gateway": trap_gateway,
    "chat_service": trap_chat_service,
    "message_service": trap_message_service,
    "notification_service": trap_notification_service,
}
