"""Direct rooms that people here have hidden: each stays hidden until its next message.

Each row is folded along with its stream. So at that message the room is shown as it was just before, and the message
follows as its first event.
"""

from chatflow.protocol.told import RoomAdded
from chatflow.wire.bus import Published
from chatflow.wire.reads import RoomRow
from gateway.delivery.delivery import Delivery
from gateway.delivery.room_stream import RoomStream
from gateway.rooms.rows import MembershipEnded, NotFoldable, fold_row
from gateway.sessions.connection import Connection, Connections


class HiddenRooms:
    def __init__(self, delivery: Delivery, connections: Connections) -> None:
        self._delivery = delivery
        self._connections = connections
        self._streams: dict[str, dict[str, RoomStream]] = {}
        delivery.watch_hidden(self)

    def hide(self, user_id: str, row: RoomRow, stream: RoomStream) -> None:
        """Hide the room until its next message; `row` must be folded to the stream's head."""
        if self._connections.is_here(user_id):
            stream.hidden_from[user_id] = row
            self._streams.setdefault(user_id, {})[stream.room_id] = stream

    def is_hidden(self, user_id: str, room_id: str) -> bool:
        return room_id in self._streams.get(user_id, ())

    def show(self, user_id: str, row: RoomRow, stream: RoomStream, *, exempt: Connection | None = None) -> None:
        """Show the room on all the person's sockets that lack it, except `exempt`.

        Each socket is told of the row and then let in, so its next event follows on the row.
        """
        stream.learn(row.room)
        for connection in self._connections.of(user_id):
            if connection is exempt or stream.room_id in connection.rooms:
                continue
            if not connection.is_ready or stream.room_id in connection.joining:
                connection.appeared.add(stream.room_id)
                continue
            connection.emit("room:added", RoomAdded(row.room, row.room.head))
            self._delivery.let_in(connection, stream)
            connection.joined_seqs[stream.room_id] = row.joined_seq
        self._forget(user_id, stream)

    def forget_all(self, user_id: str) -> None:
        """Stop waiting for this person: they have no socket here any more."""
        for stream in list(self._streams.get(user_id, {}).values()):
            self._forget(user_id, stream)

    def before(self, stream: RoomStream, event: Published) -> None:
        """Show the room to those for whom this event ends the hiding; called just before it is delivered."""
        for user_id, row in list(stream.hidden_from.items()):
            if row.hidden_n is None or event.n > row.hidden_n:
                self.show(user_id, row, stream)
                continue
            try:
                stream.hidden_from[user_id] = fold_row(row, user_id, [event])
            except (NotFoldable, MembershipEnded):
                self._forget(user_id, stream)
                # The row is not known any more.
                self._connections.recheck(user_id)

    def begin_anew(self, stream: RoomStream) -> None:
        """Drop the rows of this room, which are not known any more, and have these people's rooms compared."""
        for user_id in list(stream.hidden_from):
            self._forget(user_id, stream)
            self._connections.recheck(user_id)

    def _forget(self, user_id: str, stream: RoomStream) -> None:
        """Stop waiting: the room is shown, or the person has gone."""
        if stream.hidden_from.pop(user_id, None) is not None:
            streams = self._streams[user_id]
            del streams[stream.room_id]
            if not streams:
                del self._streams[user_id]
            self._delivery.forget_unwanted(stream)
