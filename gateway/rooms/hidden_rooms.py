"""Direct rooms that people here have hidden: their streams go on unheard until somebody says something.

Each row is folded along with its stream, so that at that message the room is shown as it was the moment before, and
the message follows as its first event.
"""

from typing import TYPE_CHECKING

from chatflow.wire.bus import Published
from chatflow.wire.reads import RoomRow
from gateway.rooms.introducing import show
from gateway.rooms.rows import MembershipEnded, NotFoldable, fold_row
from gateway.sessions.connection import People

if TYPE_CHECKING:
    from gateway.delivery.delivery import Delivery
    from gateway.delivery.room_stream import RoomStream


class HiddenRooms:
    def __init__(self, delivery: "Delivery", people: People) -> None:
        self._delivery = delivery
        self._people = people
        self._streams: dict[str, dict[str, RoomStream]] = {}

    def rest(self, user_id: str, row: RoomRow, stream: "RoomStream") -> None:
        """From here on wait for the next message; `row` is folded to where the stream stands."""
        if user_id in self._people:
            stream.hidden_from[user_id] = row
            self._streams.setdefault(user_id, {})[stream.room_id] = stream

    def holds(self, user_id: str, room_id: str) -> bool:
        return room_id in self._streams.get(user_id, ())

    def end(self, user_id: str, stream: "RoomStream") -> None:
        """Wait no longer: the room is shown, or none of the person's."""
        if stream.hidden_from.pop(user_id, None) is not None:
            streams = self._streams[user_id]
            del streams[stream.room_id]
            if not streams:
                del self._streams[user_id]
            self._delivery.forget_unwanted(stream)

    def end_everywhere(self, user_id: str) -> None:
        for stream in list(self._streams.get(user_id, {}).values()):
            self.end(user_id, stream)

    def before(self, stream: "RoomStream", event: Published) -> None:
        """This event is about to be delivered: show the room to those for whom it ends the hiding."""
        for user_id, row in list(stream.hidden_from.items()):
            if row.hidden_n is None or event.n > row.hidden_n:
                show(user_id, row, stream, people=self._people, delivery=self._delivery)
                continue
            try:
                stream.hidden_from[user_id] = fold_row(row, user_id, [event])
            except (NotFoldable, MembershipEnded):
                self.end(user_id, stream)
                # Nobody knows the row any more.
                self._people.doubt(user_id)
