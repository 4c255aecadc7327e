"""The rooms in this worker's memory: each one's queue and state, and which of them may be decided now."""

from collections import deque
from enum import Enum, auto
from itertools import islice
from typing import TypeVar

from msgspec.structs import replace

from chat_service.deciding.incoming_lanes import IncomingCommand
from chat_service.deciding.repeated_commands import known_from
from chat_service.deciding.rules.message_state import MessagesInRun, Puts
from chat_service.deciding.state import RoomState
from chatflow.protocol.events import RoomTrimmed
from chatflow.protocol.objects import Attachment
from chatflow.wire.log import Entry, Known, MessageState

# Reactions and replies are mostly to recent messages; older ones are loaded when a command names them.
MESSAGES_REMEMBERED = 200
# People often put several reactions on one message, or take off one that they just put on.
PUTS_REMEMBERED = 1000
# A repeated command mostly follows its first attempt closely; for all others the log is asked.
OPS_REMEMBERED = 200
# A room is cheap to load again, and one with many members is expensive to keep.
IDLE_SECONDS = 300.0
ROOMS_AT_MOST = 20_000


class Phase(Enum):
    """What a room is doing; its commands are decided only while it is free."""

    FREE = auto()
    LOADING = auto()
    IN_FLIGHT = auto()
    # Its last run may or may not be in the log.
    FROZEN = auto()


class LiveRoom:
    """One room: its queue, its committed state, and what was lately looked up about it."""

    def __init__(self, room_id: str) -> None:
        self.room_id = room_id
        self.queue: deque[IncomingCommand] = deque()
        self.phase = Phase.FREE
        self.used_at = 0.0
        # None until it is loaded, and again when another worker has written to its log.
        self.state: RoomState | None = None
        # True at the state's head; None means that there is no such message.
        self.messages: dict[str, MessageState | None] = {}
        # The reactions of those people who were asked for, also true at the state's head.
        self.puts: Puts = {}
        # (uploader, file)
        self.files: dict[tuple[str, str], Attachment | None] = {}
        # (actor, op) → its first result, and what the command said then; an edit may have changed that since.
        self.known: dict[tuple[str, str], Known] = {}

    def forget_state(self) -> None:
        """Forget what was loaded: another worker wrote to the log, so it may no longer be true."""
        self.state = None
        self.messages.clear()
        self.puts.clear()

    def knows_put_by(self, message_id: str, user_id: str) -> bool:
        """Tell whether we know this person's reactions to the message; if nobody reacted to it, we do."""
        if message_id not in self.messages:
            return False
        message = self.messages[message_id]
        return message is None or not message.counts or (message_id, user_id) in self.puts

    def remember(self, entries: list[Entry], messages: MessagesInRun) -> None:
        """Keep what a run changed, once it is in the log."""
        for entry in entries:
            self.known[entry.event.actor, entry.op] = known_from(entry)
            if isinstance(entry.event, RoomTrimmed):
                self._forget_said(through_n=entry.event.through_n)
        self.messages.update(messages.changed)
        self.puts.update(messages.changed_puts)
        trim(self.known, OPS_REMEMBERED)
        trim(self.messages, MESSAGES_REMEMBERED)
        trim(self.puts, PUTS_REMEMBERED)

    def _forget_said(self, *, through_n: int) -> None:
        """Forget the text of messages that retention took, so that no copy is left here."""
        for key, known in self.known.items():
            if known.type == "message.created" and known.n <= through_n:
                self.known[key] = replace(known, body=None)


class Rooms:
    """All rooms in memory, and which of them have commands to decide."""

    def __init__(self) -> None:
        self._rooms: dict[str, LiveRoom] = {}
        self.ready: dict[str, LiveRoom] = {}
        self.waiting = 0

    def __len__(self) -> int:
        return len(self._rooms)

    def enqueue(self, pending: IncomingCommand, *, now: float) -> None:
        room_id = pending.command.room_id
        room = self._rooms.get(room_id)
        if room is None:
            room = self._rooms[room_id] = LiveRoom(room_id)
        room.used_at = now
        room.queue.append(pending)
        self.waiting += 1
        if room.phase is Phase.FREE:
            self.ready[room_id] = room

    def take_queue(self, room: LiveRoom, *, limit: int) -> list[IncomingCommand]:
        """Take waiting commands, oldest first."""
        count = min(limit, len(room.queue))
        self.waiting -= count
        return [room.queue.popleft() for _ in range(count)]

    def put_back(self, room: LiveRoom, commands: list[IncomingCommand]) -> None:
        """Return taken commands to the front of the queue, in their order."""
        room.queue.extendleft(reversed(commands))
        self.waiting += len(commands)

    def release(self, room: LiveRoom) -> None:
        """Mark the room as free again; it is decided next if anything waits."""
        room.phase = Phase.FREE
        if room.queue:
            self.ready[room.room_id] = room

    def drop_queues(self) -> None:
        for room in self._rooms.values():
            self.waiting -= len(room.queue)
            room.queue.clear()
        self.ready.clear()

    def forget_idle(self, *, now: float) -> None:
        """Drop rooms that nobody used for a while, and the least recently used ones beyond the limit."""
        unused = [room for room in self._rooms.values() if room.phase is Phase.FREE and not room.queue]
        unused.sort(key=lambda room: room.used_at)
        excess = len(self._rooms) - ROOMS_AT_MOST
        for position, room in enumerate(unused):
            if position >= excess and now - room.used_at < IDLE_SECONDS:
                break
            del self._rooms[room.room_id]


Key = TypeVar("Key")
Value = TypeVar("Value")


def trim(mapping: dict[Key, Value], length: int) -> None:
    """Drop the oldest items beyond this length."""
    for key in list(islice(mapping, max(0, len(mapping) - length))):
        del mapping[key]
