"""Which open channel has which name: no two get the same one, whatever comes at once.

An entry takes a name if it makes its room an open channel of that name: it founds, renames, opens or unarchives it.
Channels that had one name before this rule keep it. The oldest of them has it, and the others need another one as soon
as somebody renames, opens or unarchives them.
"""

from collections.abc import Callable, Mapping, Sequence

from chatflow.protocol.events import Event, RoomCreated, RoomUpdated
from chatflow.wire.log import Entry
from message_service.log.projecting import project
from message_service.log.records import RoomRecord
from message_service.log.sort_keys import sort_key

CHANGES_OF_NAME = ("name", "private", "archived")


def open_name(room: RoomRecord | None) -> str | None:
    """Return the name that the room keeps from others, in the form in which names are compared."""
    if room is None or room.kind != "channel" or room.private or room.archived:
        return None
    return sort_key(room.name or "") or None


def names_a_room(event: Event) -> bool:
    """Tell whether the event may give its room another name, or a name to keep from others."""
    if isinstance(event, RoomUpdated):
        return any(name in event.changes for name in CHANGES_OF_NAME)
    return isinstance(event, RoomCreated)


class Names:
    """Decides for each new entry of an append whether it may take the name that it takes."""

    def __init__(self, rooms: Mapping[str, RoomRecord], *, find_holders: Callable[[str], Sequence[str]]) -> None:
        """`find_holders` returns the open channels of a name, the oldest first, as the store has them."""
        self._rooms = dict(rooms)
        self._find_holders = find_holders
        # What this append takes.
        self._taken: dict[str, str] = {}
        # By id of the entry: the names that rooms did not have right before it.
        self.claims: dict[str, str] = {}

    def holder_against(self, entry: Entry) -> str | None:
        """Return the other room that has the name, or None if the entry takes no name or a free one."""
        if not names_a_room(entry.event):
            return None
        room_id, name = entry.event.room_id, open_name(self._after(entry))
        if name is None:
            return None
        holders = [self._taken[name]] if name in self._taken else self._find_holders(name)
        others = [holder for holder in holders if holder != room_id]
        keeps = open_name(self._rooms.get(room_id)) == name
        return None if not others or (keeps and holders[0] == room_id) else others[0]

    def take(self, entry: Entry) -> None:
        """Note what an entry that is written takes."""
        if not names_a_room(entry.event):
            return
        room_id, after = entry.event.room_id, self._after(entry)
        before, name = open_name(self._rooms.get(room_id)), open_name(after)
        self._rooms[room_id] = after
        if name == before:
            return
        if before is not None and self._taken.get(before) == room_id:
            del self._taken[before]
        if name is not None:
            self._taken[name] = room_id
            self.claims[entry.id] = name

    def _after(self, entry: Entry) -> RoomRecord:
        return project(self._rooms.get(entry.event.room_id), [entry]).room
