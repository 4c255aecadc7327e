"""Rooms as message_service tells of them: their logs, and how people stand in them."""

import json
from typing import Any

import msgspec

from chatflow.errors import Unavailable
from chatflow.protocol.objects import Role
from chatflow.wire.bus import PACKET_PREFIX, Published
from chatflow.wire.reads import EventsAnswer, EventsRequest, RoomEvents, RoomRow

AT = "2026-11-20T10:00:00.000Z"


class RoomLogs:
    def __init__(self) -> None:
        self._events: dict[str, list[dict[str, Any]]] = {}
        self.roles: dict[tuple[str, str], Role] = {}
        self.archived: set[str] = set()
        # Rooms that hide what was before somebody came, and when each did.
        self.joined_seqs: dict[tuple[str, str], int] = {}
        # While nothing can be read, and how often somebody wanted to.
        self.is_away = False
        self.refused = 0
        # How often it told events.
        self.asked = 0
        self._left: set[tuple[str, str]] = set()

    def open(self, room_id: str, *, owner: str) -> None:
        self._events[room_id] = []
        self.roles[owner, room_id] = "owner"

    def add(self, room_id: str, kind: str = "message.created", **fields: Any) -> dict[str, Any]:
        """Let an event happen, and return it."""
        log = self._events[room_id]
        seq = len(log) + 1
        event = {"type": kind, "room_id": room_id, "seq": seq, "n": seq, "actor": "alice", "at": AT} | fields
        log.append(event)
        return event

    def say(self, room_id: str, *texts: str) -> list[dict[str, Any]]:
        return [self.add(room_id, message={"id": f"m of {text}", "text": text}) for text in texts]

    def truncate(self, room_id: str, *, head: int) -> None:
        """Bring an older log back."""
        del self._events[room_id][head:]

    def leave(self, user_id: str, room_id: str) -> None:
        self._left.add((user_id, room_id))

    def row(self, row: RoomRow, *, user_id: str) -> RoomRow | None:
        """Return the row as it stands in a room whose log is told, None for who left."""
        room_id = row.room.id
        if room_id not in self._events:
            return row
        head, pair = len(self._events[room_id]), (user_id, room_id)
        if pair in self._left:
            return None
        room = msgspec.structs.replace(
            row.room,
            head=head,
            role=self.roles.get(pair, "member"),
            archived=room_id in self.archived,
            history="joined" if pair in self.joined_seqs else "all",
        )
        return msgspec.structs.replace(row, room=room, joined_seq=self.joined_seqs.get(pair, 1))

    def answer_events(self, request: EventsRequest) -> EventsAnswer:
        if self.is_away:
            self.refused += 1
            raise Unavailable
        self.asked += 1
        return EventsAnswer(
            [self._page(room_id, after=after, limit=request.limit) for room_id, after in request.rooms.items()]
        )

    def _page(self, room_id: str, *, after: int, limit: int) -> RoomEvents:
        log = self._events.get(room_id, [])
        packets = [
            Published(room_id, event["seq"], event["n"], event["type"], f"{PACKET_PREFIX}{json.dumps(event)}]")
            for event in log[after : after + limit]
        ]
        return RoomEvents(room_id=room_id, head=len(log), events=packets)
