"""Keeps each sender's order: a lane's commands are decided by number, each once, and nothing after a hole.

A gateway counts the commands of one connection to one room from 1; `floor` is the lowest that it still waits for.
Numbers below the floor are over, wherever they were decided; a number missing from the floor on is a hole.
"""

from collections.abc import Callable

from chatflow.errors import ErrorBody, TimedOut, Unavailable
from chatflow.protocol.commands import CreateRoom
from chatflow.wire.bus import Command, Reply

# A gateway gives up after 8 s, so it waits for nothing of a lane that was silent for longer than this.
FORGET_SECONDS = 30.0
# Ask about a hole again no sooner than this: the first question is most likely being answered.
ASK_AGAIN_SECONDS = 0.2
# How many commands of one connection may wait behind a hole.
EARLY_AT_MOST = 1_000

NOTHING_DONE = Unavailable(retry_after=1.0).body
OUTCOME_UNKNOWN = TimedOut().body


class IncomingCommand:
    """A command that waits for its answer; a repeated attempt replaces `command`. The log knows it by `op`."""

    __slots__ = ("command", "in_run", "is_over", "lane", "op")

    def __init__(self, command: Command, lane: "IncomingLane") -> None:
        self.command = command
        self.op = op_of(command)
        self.lane = lane
        self.is_over = False
        # It was decided, and its event may be in the log.
        self.in_run = False


class IncomingLane:
    """One connection's commands to one room, as far as this worker has seen them."""

    __slots__ = ("answered", "asked_at", "broken_at", "early", "floor", "next", "received_at", "waiting")

    def __init__(self, first: int) -> None:
        self.next = first
        self.floor = first
        self.waiting: dict[int, IncomingCommand] = {}
        # Answers from the floor on, which may have been lost on their way.
        self.answered: dict[int, Reply] = {}
        # Commands that came before one with a lower number.
        self.early: dict[int, Command] = {}
        # The number of the last command that ended undecided.
        self.broken_at = 0
        self.received_at = 0.0
        self.asked_at = 0.0


def op_of(command: Command) -> str:
    """Return the op by which the log keeps a command.

    A founding has an op of its own kind, as its founder may later send a command with the same cid to the new room.
    """
    return f"r:{command.body.cid}" if isinstance(command.body, CreateRoom) else command.op


class IncomingLanes:
    """All lanes of this worker.

    `accept` gets commands in order, `send` sends answers, `report_hole` asks a gateway for those from a number on.
    """

    def __init__(
        self,
        *,
        accept: Callable[[IncomingCommand], bool],
        send: Callable[[str, Reply], None],
        report_hole: Callable[[Command, int], None],
    ) -> None:
        self._accept = accept
        self._send = send
        self._report_hole = report_hole
        self._lanes: dict[str, IncomingLane] = {}

    def __len__(self) -> int:
        return len(self._lanes)

    def take(self, command: Command, *, now: float) -> None:
        """Take a command from a gateway, whether it comes for the first time or again."""
        lane = self._lanes.get(command.lane)
        if lane is None:
            lane = self._lanes[command.lane] = IncomingLane(command.floor)
        lane.received_at = now
        if command.floor > lane.floor:
            raise_floor(lane, command.floor)
        number = command.number
        if number == lane.next:
            self._take_next(lane, command)
        elif number > lane.next:
            if len(lane.early) < EARLY_AT_MOST:
                lane.early[number] = command
        elif number >= lane.floor:
            self._take_again(lane, command)
        while lane.next in lane.early:
            self._take_next(lane, lane.early.pop(lane.next))
        if lane.early and now - lane.asked_at >= ASK_AGAIN_SECONDS:
            lane.asked_at = now
            self._report_hole(command, lane.next)

    def answer(self, pending: IncomingCommand, *, ok: str | None, error: ErrorBody | None = None) -> None:
        """Send a command's answer, and keep it as long as the gateway may ask again."""
        command, lane = pending.command, pending.lane
        pending.is_over = True
        number = command.number
        lane.waiting.pop(number, None)
        if number >= lane.floor:
            reply = Reply(lane=command.lane, number=number, op=command.op, ok=ok, error=error)
            lane.answered[number] = reply
            self._send(command.reply_to, reply)

    def end(self, pending: IncomingCommand, *, error: ErrorBody) -> None:
        """Answer a command as undecided, and those behind it as well; their sender may send them again."""
        lane = pending.lane
        lane.broken_at = max(lane.broken_at, pending.command.number)
        self.answer(pending, ok=None, error=error)
        behind = [
            other for number, other in lane.waiting.items() if number > pending.command.number and not other.in_run
        ]
        for other in sorted(behind, key=lambda other: other.command.number):
            lane.broken_at = max(lane.broken_at, other.command.number)
            self.answer(other, ok=None, error=not_tried(other.command))

    def forget_silent(self, *, now: float) -> None:
        silent = [name for name, lane in self._lanes.items() if now - lane.received_at > FORGET_SECONDS]
        for name in silent:
            del self._lanes[name]

    def forget_all(self) -> None:
        """Answer nobody any more: the gateways now ask the rooms' new owner."""
        for lane in self._lanes.values():
            for pending in lane.waiting.values():
                pending.is_over = True
        self._lanes.clear()

    def _take_next(self, lane: IncomingLane, command: Command) -> None:
        lane.next = command.number + 1
        if lane.broken_at >= command.floor:
            # The sender did not yet know that an earlier one failed: deciding this one would break the order.
            self.end(IncomingCommand(command, lane), error=not_tried(command))
        else:
            pending = lane.waiting[command.number] = IncomingCommand(command, lane)
            if not self._accept(pending):
                self.end(pending, error=not_tried(command))

    def _take_again(self, lane: IncomingLane, command: Command) -> None:
        reply = lane.answered.get(command.number)
        if reply is not None:
            self._send(command.reply_to, reply)
        elif command.number in lane.waiting:
            lane.waiting[command.number].command = command


def raise_floor(lane: IncomingLane, floor: int) -> None:
    """Forget what the gateway no longer waits for: answers that arrived, commands that it gave up."""
    for number in range(lane.floor, min(floor, lane.next)):
        lane.answered.pop(number, None)
        pending = lane.waiting.pop(number, None)
        if pending is not None:
            pending.is_over = True
    lane.floor = floor
    for number in [number for number in lane.early if number < floor]:
        del lane.early[number]
    lane.next = max(lane.next, floor)


def not_tried(command: Command) -> ErrorBody:
    """Return the answer for an attempt that did nothing; whether an earlier one did, on another worker, is unknown."""
    return OUTCOME_UNKNOWN if command.attempt > 1 else NOTHING_DONE
