"""Looks up somebody's rooms, the only way to them; a room that one may not see looks as if it did not exist."""

from chatflow.errors import NotFound
from chatflow.protocol.objects import Room
from chatflow.wire.reads import RoomRow
from message_service import opened


def access_membership(room_id: str, *, user_id: str) -> RoomRow:
    """Return a room that the person is in."""
    rows = opened.store().rows([(user_id, room_id)])
    if not rows:
        raise NotFound
    return rows[0][1]


def access_visible_room(room_id: str, *, user_id: str) -> Room:
    """Return a room that the person is in, or an open channel as strangers see it."""
    rows = opened.store().rows([(user_id, room_id)])
    if rows:
        return rows[0][1].room
    room = opened.store().room(room_id)
    if room is None or room.kind != "channel" or room.private:
        raise NotFound
    return room
