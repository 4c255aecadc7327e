"""Shows a room to the sockets of a person who do not have it yet: told first, then let in."""

from typing import TYPE_CHECKING

from chatflow.wire.reads import RoomRow
from gateway.sessions.connection import Connection, People

if TYPE_CHECKING:
    from gateway.delivery.delivery import Delivery
    from gateway.delivery.room_stream import RoomStream


def show(
    user_id: str,
    row: RoomRow,
    stream: "RoomStream",
    *,
    people: People,
    delivery: "Delivery",
    exempt: Connection | None = None,
) -> None:
    """Add the room to all the person's sockets but the exempt one; the next event that they get follows on the row."""
    stream.learn(row.room)
    for connection in people.of(user_id):
        if connection is exempt or stream.room_id in connection.rooms:
            continue
        if not connection.is_ready or stream.room_id in connection.joining:
            connection.appeared.add(stream.room_id)
            continue
        connection.tell("room:added", {"room": row.room, "seq": row.room.head})
        delivery.let_in(connection, stream)
        connection.joined_seqs[stream.room_id] = row.joined_seq
    delivery.hidden.end(user_id, stream)
