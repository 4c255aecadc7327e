"""Sends commands to the rooms' owners and brings the answers back, through deaths, losses and changes of owner."""

import asyncio
import time
from collections.abc import Iterable

import msgspec
import structlog

from chatflow.auth.principal import Principal
from chatflow.bus.port import Bus
from chatflow.errors import ChatFlowError, Unavailable, error_from_body
from chatflow.ids import new_id, partition_of
from chatflow.leases.port import Lease, LeaseTable
from chatflow.protocol.commands import AnyCommand
from chatflow.wire.bus import COMMANDS_CHANNEL, REPLIES_CHANNEL, Answers, Command
from gateway.commands.queue import Line, OnSettled, Pending
from gateway.metrics import COMMAND_SECONDS, COMMANDS_IN_FLIGHT, COMMANDS_RESENT

log = structlog.get_logger(__name__)

# Clients are promised an answer within 10 s; this leaves two for the way there and back.
DEADLINE_SECONDS = 8.0
# Whatever more an answer needs, and whatever is asked that is no command, has from its arrival until then.
ANSWER_SECONDS = 9.0
TICK_SECONDS = 0.2
# An answer that takes longer was probably lost; asking again with the same op does no harm.
SILENCE_SECONDS = 2.0

encode = msgspec.msgpack.Encoder().encode
decode = msgspec.msgpack.Decoder(Answers).decode


class CommandSender:
    """All lines of this gateway."""

    def __init__(self, bus: Bus, workers: LeaseTable, *, gateway_id: str) -> None:
        self._loop = asyncio.get_running_loop()
        self._bus = bus
        self._workers = workers
        self.replies_channel = REPLIES_CHANNEL.format(gateway_id=gateway_id)
        # A line keeps counting for as long as its connection lives; `_active` are those in which something waits.
        self._lines: dict[str, Line] = {}
        self._active: dict[str, Line] = {}
        self._fresh: dict[str, Line] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def submit(
        self,
        connection_id: str,
        room_id: str,
        body: AnyCommand,
        *,
        principal: Principal,
        on_settled: OnSettled,
        is_checking: bool,
    ) -> Pending:
        """Queue a command in its line, now; `on_settled` is called once, within the deadline."""
        name = f"{connection_id}/{room_id}"
        line = self._lines.get(name)
        if line is None:
            line = self._lines[name] = Line(name, room_id)
        op = f"c:{body.cid}" if body.cid is not None else f"g:{new_id()}"
        begun = self._loop.time()

        def settle(outcome: str | ChatFlowError) -> None:
            COMMAND_SECONDS.observe(self._loop.time() - begun)
            on_settled(outcome)

        pending = Pending(
            op=op,
            principal=principal,
            body=body,
            request_id=new_id(),
            deadline=time.time() + DEADLINE_SECONDS,
            expires_at=begun + DEADLINE_SECONDS,
            on_settled=settle,
            is_checking=is_checking,
        )
        line.add(pending)
        self._active[name] = line
        self._send_soon(line)
        return pending

    def checked(self, connection_id: str, room_id: str, pending: Pending, *, error: ChatFlowError | None) -> None:
        """A command's content was checked: it may leave, or it is answered with what is wrong."""
        line = self._lines.get(f"{connection_id}/{room_id}")
        if line is None:
            return
        pending.is_checking = False
        if error is not None:
            line.drop(pending, error)
        self._send_soon(line)

    def abandon(self, connection_id: str, room_ids: Iterable[str]) -> None:
        """The connection is gone, and with it everybody who waits."""
        for room_id in room_ids:
            line = self._lines.pop(f"{connection_id}/{room_id}", None)
            if line is not None:
                self._active.pop(line.name, None)
                line.abandon()

    def on_answers(self, payload: bytes) -> None:
        answers = decode(payload)
        for reply in answers.replies:
            line = self._lines.get(reply.line)
            if line is not None:
                outcome = reply.ok if reply.error is None else error_from_body(reply.error)
                line.settle(reply.number, reply.op, "{}" if outcome is None else outcome)
        for hole in answers.holes:
            line = self._lines.get(hole.line)
            if line is not None:
                self._resend(line, missing=hole.missing)

    def resend_all(self) -> None:
        """Answers may have been lost."""
        for line in self._active.values():
            self._resend(line)

    def on_owners_changed(self) -> None:
        for line in self._active.values():
            owner = self._owner_of(line)
            if owner is not None and owner.epoch != line.sent_to:
                self._resend(line)

    async def run(self) -> None:
        """Look after what waits: deadlines, silence, and lines whose owner was not to be reached."""
        while True:
            await asyncio.sleep(TICK_SECONDS)
            now = self._loop.time()
            COMMANDS_IN_FLIGHT.set(sum(map(len, self._active.values())))
            for line in list(self._active.values()):
                line.expire(now)
                if not len(line):
                    del self._active[line.name]
                elif line.sent_to is None or now - line.sent_at > SILENCE_SECONDS:
                    self._resend(line)

    def _send_soon(self, line: Line) -> None:
        if not self._fresh:
            self._loop.call_soon(self._send_fresh)
        self._fresh[line.name] = line

    def _send_fresh(self) -> None:
        """Publish what this tick brought: one publication per worker."""
        lines, self._fresh = list(self._fresh.values()), {}
        batches: dict[str, list[Command]] = {}
        for line in lines:
            owner = self._owner_of(line)
            if owner is None:
                line.sent_to = None
            elif line.sent_to is not None and line.sent_to != owner.epoch:
                self._resend(line)
            else:
                self._mark(line, owner)
                batches.setdefault(owner.id, []).extend(line.take_new(reply_to=self.replies_channel))
        for worker_id, commands in batches.items():
            self._publish(worker_id, commands)

    def _resend(self, line: Line, *, missing: int = 0) -> None:
        owner = self._owner_of(line)
        if owner is None:
            line.sent_to = None
            return
        self._mark(line, owner)
        commands = line.take_again(reply_to=self.replies_channel, missing=missing)
        COMMANDS_RESENT.inc(sum(command.attempt > 1 for command in commands))
        self._publish(owner.id, commands)

    def _mark(self, line: Line, owner: Lease) -> None:
        line.sent_to = owner.epoch
        line.sent_at = self._loop.time()

    def _owner_of(self, line: Line) -> Lease | None:
        return self._workers.owner_of(partition_of(line.room_id))

    def _publish(self, worker_id: str, commands: list[Command]) -> None:
        if commands:
            task = asyncio.create_task(self._publish_counted(worker_id, commands))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _publish_counted(self, worker_id: str, commands: list[Command]) -> None:
        channel = COMMANDS_CHANNEL.format(worker_id=worker_id)
        try:
            if await self._bus.publish_counted(channel, encode(commands)) > 0:
                return
        except Unavailable:
            pass
        except ChatFlowError:
            return  # it may have arrived: silence will tell
        for line_name in dict.fromkeys(command.line for command in commands):
            line = self._lines.get(line_name)
            if line is not None:
                line.note_unpublished([command for command in commands if command.line == line_name])
                line.sent_to = None
