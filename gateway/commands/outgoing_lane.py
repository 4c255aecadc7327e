"""A lane: one connection's commands to one room, numbered so that they are decided in the order of sending."""

from collections.abc import Callable

import msgspec

from chatflow.auth.principal import Principal
from chatflow.errors import ChatFlowError, TimedOut, Unavailable
from chatflow.protocol.commands import AnyCommand
from chatflow.wire.bus import Command
from gateway.commands.overtaking import UNDECIDED

# Called once, with the JSON object of the ok answer or with the error.
OnSettled = Callable[[str | ChatFlowError], None]


class OutgoingCommand(msgspec.Struct, kw_only=True, eq=False):
    """A command that has no answer yet. `deadline` is on the wall clock, `expires_at` the same on the monotonic one."""

    op: str
    principal: Principal
    body: AnyCommand
    request_id: str
    deadline: float
    expires_at: float
    on_settled: OnSettled
    # Whether the people whom it names are still being looked up. Until then neither it nor what follows it is sent.
    is_unchecked: bool = False
    number: int = 0
    attempts: int = 0
    # How many of its publications may have reached somebody.
    may_have_left: int = 0


class OutgoingLane:
    """The pending commands of one lane, oldest first."""

    def __init__(self, name: str, room_id: str) -> None:
        self.name = name
        self.room_id = room_id
        # The epoch of the worker to which the last attempt went, and when.
        self.sent_to: str | None = None
        self.sent_at = 0.0
        # How many commands have come, refused ones too.
        self.arrived = 0
        self._pending: list[OutgoingCommand] = []
        self._unsent = 0  # how many commands at the end of the list were never sent
        self._last_number = 0

    def __len__(self) -> int:
        return len(self._pending)

    def add(self, pending: OutgoingCommand) -> None:
        self._pending.append(pending)
        self._unsent += 1

    def take_new(self, *, reply_to: str) -> list[Command]:
        """Return the commands that were never sent, up to the first one that is not checked yet."""
        return self._commands(len(self._pending) - self._unsent, reply_to=reply_to)

    def take_again(self, *, reply_to: str, missing: int = 0) -> list[Command]:
        """Return all pending commands in order, beginning at the number that the owner misses."""
        at = next((at for at, pending in enumerate(self._pending) if pending.number >= missing), len(self._pending))
        return self._commands(at if missing else 0, reply_to=reply_to)

    def settle(self, number: int, op: str, outcome: str | ChatFlowError) -> OutgoingCommand | None:
        """Answer a command and return it; None if nobody waits for it any more."""
        for at, pending in enumerate(self._pending):
            if pending.number == number and pending.op == op:
                del self._pending[at]
                pending.on_settled(outcome)
                return pending
        return None

    def drop(self, pending: OutgoingCommand, error: ChatFlowError) -> None:
        """Answer a command that was never sent; it has no number yet, so it leaves no hole."""
        if pending in self._pending:
            at = self._pending.index(pending)
            del self._pending[at]
            self._unsent -= 1
            pending.on_settled(error)
            if isinstance(error, UNDECIDED):
                self._end(at)

    def end_behind(self, number: int) -> None:
        """End the commands behind one that ended undecided: its client sends it again, and then it stands behind."""
        self._end(sum(1 for pending in self._pending if 0 < pending.number <= number))

    def expire(self, now: float) -> int:
        """End the commands from the first that is too late on: deciding a later one now would break the order."""
        first = next((at for at, pending in enumerate(self._pending) if pending.expires_at <= now), len(self._pending))
        return self._end(first)

    def _end(self, first: int) -> int:
        """End the commands from this position on, undecided, and return how many they are."""
        ended, self._pending = self._pending[first:], self._pending[:first]
        self._unsent = sum(1 for pending in self._pending if pending.number == 0)
        for pending in ended:
            pending.on_settled(TimedOut() if pending.may_have_left else Unavailable(retry_after=1.0))
        return len(ended)

    def abandon(self) -> None:
        """Forget all commands, because nobody waits for their answers any more."""
        self._pending.clear()
        self._unsent = 0

    def _commands(self, start: int, *, reply_to: str) -> list[Command]:
        commands: list[Command] = []
        for pending in self._pending[start:]:
            if pending.is_unchecked:
                break
            if pending.number == 0:
                self._last_number += 1
                pending.number = self._last_number
                self._unsent -= 1
            pending.attempts += 1
            pending.may_have_left += 1
            commands.append(
                Command(
                    op=pending.op,
                    room_id=self.room_id,
                    actor=pending.principal.user_id,
                    body=pending.body,
                    lane=self.name,
                    number=pending.number,
                    floor=self._pending[0].number,
                    attempt=pending.attempts,
                    deadline=pending.deadline,
                    reply_to=reply_to,
                    request_id=pending.request_id,
                    principal=pending.principal,
                )
            )
        return commands

    def note_unpublished(self, commands: list[Command]) -> None:
        """Note that this publication of these commands certainly reached nobody."""
        numbers = {command.number for command in commands}
        for pending in self._pending:
            if pending.number in numbers:
                pending.may_have_left -= 1
