"""Which open channel has which name: no two get one that is the same or looks the same, whatever comes at once.

An entry takes a name if it makes its room an open channel of that name: it founds, renames, opens or unarchives it, or
brings somebody into an empty one. A channel that everybody has left keeps its name from nobody.
Channels whose names were equal or alike before this rule keep them. The oldest of them has the name, and the others
need another one as soon as somebody renames, opens or unarchives them.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Self

from chatflow.protocol.events import (
    Event,
    MemberBanned,
    MemberJoined,
    MemberKicked,
    MemberLeft,
    RoomCreated,
    RoomUpdated,
)
from chatflow.protocol.looks import look
from chatflow.wire.log import Entry
from message_service.log.projecting import project
from message_service.log.records import RoomRecord
from message_service.log.sort_keys import sort_key

CHANGES_OF_NAME = ("name", "private", "archived")


class OpenName(NamedTuple):
    """A name in the two forms in which names are compared: two are the same if either is."""

    key: str
    look: str

    def is_like(self, other: Self | None) -> bool:
        return other is not None and (self.key == other.key or self.look == other.look)


class ClaimedName(NamedTuple):
    """The forms of a name that an entry gives its room, without those that the room had right before it."""

    key: str | None
    look: str | None


def open_name(room: RoomRecord | None) -> OpenName | None:
    """Return the name that the room keeps from others."""
    if room is None or room.kind != "channel" or room.private or room.archived or not room.member_count:
        return None
    return name_of(room.name or "")


def name_of(name: str) -> OpenName | None:
    key = sort_key(name)
    # A name may have nothing that counts for its look.
    return OpenName(key, look(name) or key) if key else None


def names_a_room(event: Event) -> bool:
    """Tell whether the event may give its room another name, or a name to keep from others."""
    if isinstance(event, RoomUpdated):
        return any(name in event.changes for name in CHANGES_OF_NAME)
    return isinstance(event, RoomCreated | MemberJoined)


def frees_a_name(event: Event) -> bool:
    return isinstance(event, MemberLeft | MemberKicked | MemberBanned)


class Names:
    """Decides for each new entry of an append whether it may take the name that it takes."""

    def __init__(self, rooms: Mapping[str, RoomRecord], *, find_holders: Callable[[OpenName], Sequence[str]]) -> None:
        """`find_holders` returns the open channels of a name, the oldest first, as the store has them."""
        self._rooms = dict(rooms)
        self._find_holders = find_holders
        # By each form of a name: the room to which this append gives it.
        self._takers: dict[tuple[str, str], str] = {}
        # By id of the entry: what rooms did not have right before it.
        self.claims: dict[str, ClaimedName] = {}

    def holder_against(self, entry: Entry) -> str | None:
        """Return the other room that has the name, or None if the entry takes no name or a free one."""
        if not names_a_room(entry.event):
            return None
        room_id, name = entry.event.room_id, open_name(self._after(entry))
        before = open_name(self._rooms.get(room_id))
        if name is None or (isinstance(entry.event, MemberJoined) and name == before):
            return None
        takers = [taker for form in forms(name) if (taker := self._takers.get(form, room_id)) != room_id]
        holders = takers or self._find_holders(name)
        others = [holder for holder in holders if holder != room_id]
        return None if not others or (name == before and holders[0] == room_id) else others[0]

    def take(self, entry: Entry) -> None:
        """Note what an entry that is written takes."""
        if not (names_a_room(entry.event) or frees_a_name(entry.event)):
            return
        room_id, after = entry.event.room_id, self._after(entry)
        before, name = open_name(self._rooms.get(room_id)), open_name(after)
        self._rooms[room_id] = after
        if name == before:
            return
        for form in forms(before):
            if self._takers.get(form) == room_id:
                del self._takers[form]
        for form in forms(name):
            self._takers[form] = room_id
        if name is not None:
            key = None if before is not None and before.key == name.key else name.key
            shown = None if before is not None and before.look == name.look else name.look
            self.claims[entry.id] = ClaimedName(key, shown)

    def _after(self, entry: Entry) -> RoomRecord:
        return project(self._rooms.get(entry.event.room_id), [entry]).room


def forms(name: OpenName | None) -> list[tuple[str, str]]:
    return [] if name is None else [("key", name.key), ("look", name.look)]
