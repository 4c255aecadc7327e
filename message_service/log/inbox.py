"""What stands in a person's inbox: messages that call them, threads with replies to read, rooms with messages to read.

All of it is open only while it is unread, so nothing is kept for it but what people say is done. It is bounded by what
is looked at: of a person's unread rooms those that were active last, and of each room the newest messages that call
them. What is older falls out of the inbox and stays unread in its room.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from chatflow.protocol.objects import Notify
from chatflow.wire.inbox import InboxKind
from message_service.log.hiding import is_declined
from message_service.log.records import RoomRecord
from message_service.log.room_objects import Standing

# Why it is in the inbox; what calls a person in several ways says the first of these.
Why = Literal["mention", "all", "reply", "direct", "thread", "unread"]

ROOMS_LOOKED_AT = 300
CALLS_IN_A_ROOM = 50
# So many messages are kept as done per person; past that the oldest ones are open again, if they are still unread.
DONE_AT_MOST = 1000

# Where an entry stands, newest first: its time, and what tells it from others of the same time.
Place = tuple[str, str]
ORDER: tuple[Why, ...] = ("mention", "all", "reply", "direct")


class UnreadRoom(NamedTuple):
    room: RoomRecord
    standing: Standing

    @property
    def read_n(self) -> int:
        """The number of the last message of which nothing more is to be said: it is read, or retention took it."""
        return max(self.standing.read_n, self.room.trimmed_n)

    @property
    def first_seq(self) -> int:
        """The first seq that the person may read."""
        return self.standing.joined_seq if self.room.history == "joined" else 1


class Call(NamedTuple):
    """A message that calls the person."""

    room_id: str
    n: int
    seq: int
    at: str
    why: Why


class Entry(NamedTuple):
    """An item of the inbox, before its message is read."""

    at: str
    room_id: str
    seq: int
    n: int
    kind: InboxKind
    why: Why

    @property
    def place(self) -> Place:
        return self.at, f"{self.room_id}:{self.seq:016}:{self.kind}"


def is_open(room: RoomRecord, standing: Standing) -> bool:
    """Tell whether there is something to read for the person in a room that they do not hide."""
    is_hidden = standing.hidden_n is not None and room.n <= standing.hidden_n
    return room.n > standing.read_n and not is_hidden and not is_declined(standing.hidden_n)


def is_muted(notify: Notify, *, now: float) -> bool:
    if notify.level == "none":
        return True
    if notify.muted_until is None:
        return False
    until = datetime.fromisoformat(notify.muted_until)
    return (until if until.tzinfo else until.replace(tzinfo=UTC)).timestamp() > now


def newest_calls(calls: Iterable[Call], *, done: set[tuple[str, int]]) -> list[Call]:
    """Return each message once, with its first reason, and of each room the newest ones."""
    rooms: dict[str, dict[int, Call]] = {}
    for call in sorted(calls, key=lambda call: ORDER.index(call.why)):
        rooms.setdefault(call.room_id, {}).setdefault(call.n, call)
    found = []
    for room_id, in_room in rooms.items():
        newest = sorted(in_room, reverse=True)[:CALLS_IN_A_ROOM]
        found += [in_room[n] for n in newest if (room_id, n) not in done]
    return found


def entry_of_call(call: Call) -> Entry:
    return Entry(call.at, call.room_id, call.seq, call.n, "mention", call.why)
