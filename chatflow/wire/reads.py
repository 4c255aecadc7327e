"""A gateway's questions to message_service: a person's rooms, missed events, versions, and read positions."""

import msgspec

from chatflow.protocol.objects import HistoryRule, Room
from chatflow.wire.bus import Published


class ConnectRequest(msgspec.Struct, frozen=True):
    user_ids: list[str]
    limit: int = 500


class RoomRow(msgspec.Struct, frozen=True, kw_only=True):
    """One room as one person sees it, true at `room.head`; unread messages are counted from `read_n`."""

    room: Room
    read_n: int
    joined_seq: int
    hidden_n: int | None = None

    @property
    def is_hidden(self) -> bool:
        """Whether the person left this direct room and nobody has said anything since."""
        return self.hidden_n is not None and self.room.n <= self.hidden_n

    @property
    def first_readable_seq(self) -> int:
        """The first seq that this member may read: that of their joining, if the room hides what was before it."""
        return self.joined_seq if self.room.history == "joined" else 1


class Unshown(msgspec.Struct, frozen=True, array_like=True):
    """The membership of a room without a row: since when it lasts, and whether it shows older messages."""

    joined_seq: int
    history: HistoryRule


class PersonRooms(msgspec.Struct, frozen=True, kw_only=True):
    user_id: str
    rooms_version: int
    rows: list[RoomRow]
    more: bool
    # Direct rooms that the person hides: they are not shown, but a gateway that waits for the next message needs them.
    hidden: list[RoomRow] = []
    # Ids of all rooms not hidden, also those beyond `limit`, each with the head at which the membership is true.
    room_heads: dict[str, int]
    # The rooms beyond `limit`, true at their heads.
    unshown: dict[str, Unshown] = {}


class ConnectAnswer(msgspec.Struct, frozen=True):
    people: list[PersonRooms]


class RowsRequest(msgspec.Struct, frozen=True):
    """(user, room) pairs; the answer leaves out pairs that are no memberships."""

    pairs: list[tuple[str, str]]


class RowsAnswer(msgspec.Struct, frozen=True):
    rows: list[tuple[str, RoomRow]]


class EventsRequest(msgspec.Struct, frozen=True):
    """Asks for events after a seq of each room, oldest first, `limit` per room; with `tail`, for the newest instead."""

    rooms: dict[str, int]
    limit: int = 500
    tail: bool = False
    # Whether the asker knows what `NO_PACKET` says. Anyone else would hand an event without a packet to clients.
    takes_unreadable: bool = False


class RoomEvents(msgspec.Struct, frozen=True, kw_only=True):
    room_id: str
    head: int
    events: list[Published]


class EventsAnswer(msgspec.Struct, frozen=True):
    rooms: list[RoomEvents]


class VersionsRequest(msgspec.Struct, frozen=True):
    user_ids: list[str]


class VersionsAnswer(msgspec.Struct, frozen=True):
    versions: dict[str, int]


class ReadMark(msgspec.Struct, frozen=True):
    """Moves a position forward to `seq`, or, if it `sets`, to there from wherever it is."""

    user_id: str
    room_id: str
    seq: int
    sets: bool = False


class ReadRequest(msgspec.Struct, frozen=True):
    marks: list[ReadMark]


class ReadPosition(msgspec.Struct, frozen=True):
    """Where the position is now; `seq` is None if the person is not a member.

    `moves` counts the marks of this position: of two answers, the one with more is newer. 0 is not known.
    """

    user_id: str
    room_id: str
    seq: int | None
    n: int = 0
    moves: int = 0


class ReadAnswer(msgspec.Struct, frozen=True):
    positions: list[ReadPosition]
