"""Reads what a webhook is to send: the events behind its position, as whoever it acts as may read them."""

from collections.abc import Collection
from typing import NamedTuple

import msgspec

from chatflow.http.service_client import ServiceClient
from chatflow.wire.bus import Published, event_json
from chatflow.wire.reads import EventsAnswer, EventsRequest, RoomRow, RowsAnswer, RowsRequest
from chatflow.wire.withheld import readable_events
from notification_service.channels.webhook.signing import message_id
from notification_service.deciding.hooks import Hook

EVENTS_AT_ONCE = 20

Rows = dict[tuple[str, str], RoomRow]


class Stamp(msgspec.Struct, frozen=True):
    """What of an event says when it was."""

    at: str


class Page(NamedTuple):
    """Some events, the room as it stood after they were read, and how far they go."""

    events: list[Published]
    row: RoomRow | None
    through_seq: int


class HookReader:
    def __init__(self, messages: ServiceClient) -> None:
        self._messages = messages

    async def rows(self, pairs: Collection[tuple[str, str]]) -> Rows:
        """Return rooms as people see them, by person and room; without those that are no members."""
        answer = await self._messages.call(
            "/internal/rows", RowsRequest(sorted(set(pairs))), RowsAnswer, idempotent=True
        )
        return {(user_id, row.room.id): row for user_id, row in answer.rows}

    async def page(self, hook: Hook) -> Page:
        """Return the next events. Who is a member after they were read might read each of them."""
        request = EventsRequest({hook.room_id: hook.seq}, limit=EVENTS_AT_ONCE, takes_unreadable=True)
        answer = await self._messages.call("/internal/events", request, EventsAnswer, idempotent=True)
        pair = (hook.user_id, hook.room_id)
        row = (await self.rows([pair])).get(pair)
        [found] = answer.rooms
        first_seq = 1 if row is None else row.first_readable_seq
        readable = [event for event in found.events if event.seq >= first_seq]
        return Page(
            events=list(readable_events(readable, joined_seq=first_seq)),
            row=row,
            # A position past the head is one in a log that was replaced by an older one.
            through_seq=found.events[-1].seq if found.events else min(hook.seq, found.head),
        )


def body_of(hook: Hook, event: Published) -> tuple[bytes, str]:
    """Return the event as its members are sent it, and the id under which this webhook sends it."""
    body = bytes(event_json(event))
    at = msgspec.json.decode(body, type=Stamp).at
    return body, message_id(hook.id, seq=event.seq, at=at)
