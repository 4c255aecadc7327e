"""Receives gateways' commands: reads them, orders them and queues them in their rooms before the next publication."""

import time
from collections.abc import Callable

import msgspec
import structlog

from chat_service.commit.pace import Pace
from chat_service.commit.publisher import Publisher
from chat_service.deciding.incoming_lanes import IncomingCommand, IncomingLanes
from chat_service.deciding.rooms import Rooms
from chat_service.metrics import GARBAGE
from chatflow.errors import UNREADABLE
from chatflow.wire.bus import Command, UnknownCommand
from chatflow.wire.lists import ListReader

log = structlog.get_logger(__name__)

commands_in = ListReader[Command](Command)
decode_unknown = msgspec.msgpack.Decoder(UnknownCommand).decode


class CommandReceiver:
    def __init__(
        self,
        *,
        rooms: Rooms,
        publisher: Publisher,
        pace: Pace,
        may_decide: Callable[[], bool],
        on_commands: Callable[[], None],
    ) -> None:
        self._rooms = rooms
        self._publisher = publisher
        self._pace = pace
        self._may_decide = may_decide
        self._on_commands = on_commands
        self._now = 0.0
        self.lanes = IncomingLanes(accept=self._accept, send=publisher.send, report_hole=publisher.report_hole)

    def on_message(self, payload: bytes) -> None:
        """Take one publication of a gateway; anything else that is published here is counted and dropped."""
        try:
            commands = commands_in.read(payload, on_unreadable=read_unknown)
        except UNREADABLE:
            GARBAGE.inc()
            log.warning("a publication cannot be read as commands")
            return
        if not self._may_decide():
            return
        self._now = time.monotonic()
        for command in commands:
            self.lanes.take(command, now=self._now)
        self._on_commands()
        self._publisher.flush_soon()

    def _accept(self, pending: IncomingCommand) -> bool:
        if isinstance(pending.command, UnknownCommand) or self._rooms.waiting >= self._pace.waiting_at_most:
            return False
        self._rooms.enqueue(pending, now=self._now)
        return True


def read_unknown(item: msgspec.Raw) -> Command | None:
    """Read a command that we do not know, so that it keeps its place in the lane and its sender gets an answer."""
    GARBAGE.inc()
    try:
        return decode_unknown(item)
    except UNREADABLE:
        log.warning("a publication contains something that is not a command")
        return None
