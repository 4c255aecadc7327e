"""Sends commands to the rooms' owners until they are answered, also after deaths, losses and changes of owner."""

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
from chatflow.process.running_tasks import RunningTasks
from chatflow.protocol.commands import AnyCommand
from chatflow.wire.bus import COMMANDS_CHANNEL, REPLIES_CHANNEL, Answers, Command
from gateway.commands.outgoing_lane import OnSettled, OutgoingCommand, OutgoingLane
from gateway.commands.overtaking import UNDECIDED, Failures
from gateway.metrics import COMMAND_SECONDS, COMMANDS_IN_FLIGHT, COMMANDS_RESENT

log = structlog.get_logger(__name__)

# Clients are promised an answer within 10 s; this leaves 2 s for the way there and back.
DEADLINE_SECONDS = 8.0
# The time from an event's arrival to its answer, if it is no command or if its answer takes more than the command.
ANSWER_SECONDS = 9.0
TICK_SECONDS = 0.2
# An answer that takes longer was probably lost; sending the command again with the same op does no harm.
SILENCE_SECONDS = 2.0

encode = msgspec.msgpack.Encoder().encode
decode = msgspec.msgpack.Decoder(Answers).decode


class CommandSender:
    """All lanes of this gateway."""

    def __init__(self, bus: Bus, workers: LeaseTable, *, gateway_id: str) -> None:
        self._loop = asyncio.get_running_loop()
        self._bus = bus
        self._workers = workers
        self.replies_channel = REPLIES_CHANNEL.format(gateway_id=gateway_id)
        # A lane keeps counting for as long as its connection lives; `_active` are the lanes with pending commands.
        self._lanes: dict[str, OutgoingLane] = {}
        self._active: dict[str, OutgoingLane] = {}
        self._fresh: dict[str, OutgoingLane] = {}
        # Of the lanes in which something lately ended undecided.
        self._failures: dict[str, Failures] = {}
        self._tasks = RunningTasks()

    def submit(
        self,
        connection_id: str,
        room_id: str,
        body: AnyCommand,
        *,
        principal: Principal,
        on_settled: OnSettled,
        is_unchecked: bool,
    ) -> OutgoingCommand:
        """Queue a command in its lane within this call; `on_settled` is called once, within the deadline.

        Raise `unavailable` if it would overtake one that its sender has to send again.
        """
        name = f"{connection_id}/{room_id}"
        lane = self._lanes.get(name)
        if lane is None:
            lane = self._lanes[name] = OutgoingLane(name, room_id)
        op = f"c:{body.cid}" if body.cid is not None else f"g:{new_id()}"
        begun = self._loop.time()
        place = self._place(lane, body.cid)

        def settle(outcome: str | ChatFlowError) -> None:
            now = self._loop.time()
            COMMAND_SECONDS.observe(now - begun)
            if isinstance(outcome, UNDECIDED) and body.cid is not None:
                self._failures.setdefault(name, Failures()).note(body.cid, place=place, now=now)
            on_settled(outcome)

        pending = OutgoingCommand(
            op=op,
            principal=principal,
            body=body,
            request_id=new_id(),
            deadline=time.time() + DEADLINE_SECONDS,
            expires_at=begun + DEADLINE_SECONDS,
            on_settled=settle,
            is_unchecked=is_unchecked,
        )
        lane.add(pending)
        self._active[name] = lane
        self._send_soon(lane)
        return pending

    def on_checked(
        self, connection_id: str, room_id: str, pending: OutgoingCommand, *, error: ChatFlowError | None
    ) -> None:
        """Send a command once the people whom it names were looked up, or answer it with the error that was found."""
        lane = self._lanes.get(f"{connection_id}/{room_id}")
        if lane is None:
            return
        pending.is_unchecked = False
        if error is not None:
            lane.drop(pending, error)
        self._send_soon(lane)

    def abandon(self, connection_id: str, room_ids: Iterable[str]) -> None:
        """Forget the lanes of a connection that is gone."""
        for room_id in room_ids:
            lane = self._lanes.pop(f"{connection_id}/{room_id}", None)
            if lane is not None:
                self._active.pop(lane.name, None)
                self._failures.pop(lane.name, None)
                lane.abandon()

    def on_answers(self, payload: bytes) -> None:
        answers = decode(payload)
        undecided: dict[OutgoingLane, int] = {}
        for reply in answers.replies:
            lane = self._lanes.get(reply.lane)
            if lane is not None:
                outcome = reply.ok if reply.error is None else error_from_body(reply.error)
                is_ours = lane.settle(reply.number, reply.op, "{}" if outcome is None else outcome) is not None
                if is_ours and isinstance(outcome, UNDECIDED):
                    undecided.setdefault(lane, reply.number)
        # After all answers: the owner ended what it had of those behind, and says so more precisely.
        for lane, number in undecided.items():
            lane.end_behind(number)
        for hole in answers.holes:
            lane = self._lanes.get(hole.lane)
            if lane is not None:
                self._resend(lane, missing=hole.missing)

    def resend_all(self) -> None:
        """Send all pending commands again, because their answers may have been lost."""
        for lane in self._active.values():
            self._resend(lane)

    def on_owners_changed(self) -> None:
        for lane in self._active.values():
            owner = self._owner_of(lane)
            if owner is not None and owner.epoch != lane.sent_to:
                self._resend(lane)

    async def run(self) -> None:
        """End commands that are too late, and send again what got no answer or had no owner."""
        while True:
            await asyncio.sleep(TICK_SECONDS)
            now = self._loop.time()
            COMMANDS_IN_FLIGHT.set(sum(map(len, self._active.values())))
            self._failures = {name: failures for name, failures in self._failures.items() if now < failures.ends_at}
            for lane in list(self._active.values()):
                lane.expire(now)
                if not len(lane):
                    del self._active[lane.name]
                elif lane.sent_to is None or now - lane.sent_at > SILENCE_SECONDS:
                    self._resend(lane)

    def _place(self, lane: OutgoingLane, cid: str | None) -> int:
        """Return the command's place among those that came, or raise `unavailable` if it would overtake another."""
        lane.arrived += 1
        failures = self._failures.get(lane.name)
        if failures is None:
            return lane.arrived
        place = failures.admit(cid, place=lane.arrived, now=self._loop.time())
        if place is None:
            raise Unavailable("What was sent before this has to be sent again first.", retry_after=1.0)
        return place

    def _send_soon(self, lane: OutgoingLane) -> None:
        if not self._fresh:
            self._loop.call_soon(self._send_fresh)
        self._fresh[lane.name] = lane

    def _send_fresh(self) -> None:
        """Publish the new commands of this tick, in one publication per worker."""
        lanes, self._fresh = list(self._fresh.values()), {}
        batches: dict[str, list[Command]] = {}
        for lane in lanes:
            owner = self._owner_of(lane)
            if owner is None:
                lane.sent_to = None
            elif lane.sent_to is not None and lane.sent_to != owner.epoch:
                self._resend(lane)
            else:
                self._mark(lane, owner)
                batches.setdefault(owner.id, []).extend(lane.take_new(reply_to=self.replies_channel))
        for worker_id, commands in batches.items():
            self._publish(worker_id, commands)

    def _resend(self, lane: OutgoingLane, *, missing: int = 0) -> None:
        owner = self._owner_of(lane)
        if owner is None:
            lane.sent_to = None
            return
        self._mark(lane, owner)
        commands = lane.take_again(reply_to=self.replies_channel, missing=missing)
        COMMANDS_RESENT.inc(sum(command.attempt > 1 for command in commands))
        self._publish(owner.id, commands)

    def _mark(self, lane: OutgoingLane, owner: Lease) -> None:
        lane.sent_to = owner.epoch
        lane.sent_at = self._loop.time()

    def _owner_of(self, lane: OutgoingLane) -> Lease | None:
        return self._workers.owner_of(partition_of(lane.room_id))

    def _publish(self, worker_id: str, commands: list[Command]) -> None:
        if commands:
            self._tasks.start(self._publish_counted(worker_id, commands))

    async def _publish_counted(self, worker_id: str, commands: list[Command]) -> None:
        channel = COMMANDS_CHANNEL.format(worker_id=worker_id)
        try:
            if await self._bus.publish_counted(channel, encode(commands)) > 0:
                return
        except Unavailable:
            pass
        except ChatFlowError:
            return  # it may have arrived; if no answer comes, it is sent again
        for lane_name in dict.fromkeys(command.lane for command in commands):
            lane = self._lanes.get(lane_name)
            if lane is not None:
                lane.note_unpublished([command for command in commands if command.lane == lane_name])
                lane.sent_to = None
