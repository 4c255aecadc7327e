"""The REST endpoints about what was said in a room that one is in: pages, one message, the log, pins, threads."""

import unicodedata
from typing import Annotated, Any

import msgspec
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatflow.errors import Invalid, NotFound
from chatflow.http.documented import documented
from chatflow.http.queries import read_query
from chatflow.protocol.commands import Emoji
from chatflow.protocol.events import ToldEvent
from chatflow.protocol.objects import AnyMessage
from chatflow.protocol.pages import RoomPage
from chatflow.wire.bus import event_json
from chatflow.wire.reads import RoomRow
from chatflow.wire.withheld import readable_events
from message_service import opened
from message_service.api.access import access_membership
from message_service.api.authentication import principal_of
from message_service.api.pages import Messages, Reactor, Reactors, Replies, history_page, read_cursor, write_cursor
from message_service.stores.port import Span

# Greater than any seq there will be, and still a number to every store.
Seq = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Place = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
Limit = Annotated[int, msgspec.Meta(ge=1)]


class HistoryQuery(msgspec.Struct):
    before: Seq | None = None
    after: Seq | None = None
    around: Seq | None = None
    limit: Limit = 50


class EventsQuery(msgspec.Struct):
    after: Seq = 0
    limit: Limit = 200


class PinsQuery(msgspec.Struct):
    cursor: Seq | None = None


class ReactionsQuery(msgspec.Struct):
    emoji: Emoji
    cursor: Annotated[str, msgspec.Meta(max_length=400)] | None = None
    limit: Limit = 100


class ThreadQuery(msgspec.Struct):
    after: Seq = 0
    limit: Limit = 50


MESSAGES_AT_MOST = 200
EVENTS_AT_MOST = 1000
REACTORS_AT_MOST = 1000
# What can be asked of a message that is in a list.
INTO_A_MESSAGE = {
    name: {"room_id": "/items/0/room_id", "message_id": "/items/0/id"}
    for name in ("show_message", "list_reactors", "list_thread")
}
# Those whom an older version noted have places below 0.
FIRST_PLACE = (-(2**53), "")


class Events(RoomPage[ToldEvent]):
    """A page of a room's log."""


class RoomMessages(APIView):
    """A page of messages in the order of seq: the latest, or those before, after or around a seq."""

    @documented(
        "list_messages",
        "A page of messages in the order of seq: the latest, or those before, after or around a seq.",
        tag="history",
        query=HistoryQuery,
        answers={200: Messages},
        links=INTO_A_MESSAGE,
    )
    def get(self, request: Request, room_id: Any) -> Response:
        query = read_query(request.query_params.dict(), HistoryQuery)
        if sum(place is not None for place in (query.before, query.after, query.around)) > 1:
            raise Invalid("One of before, after and around.")
        user_id = principal_of(request).user_id
        row = access_membership(str(room_id), user_id=user_id)
        span = Span(
            limit=min(query.limit, MESSAGES_AT_MOST),
            floor=row.first_readable_seq,
            before=query.before,
            after=query.after,
            around=query.around,
        )
        return Response(history_page(opened.store().messages(str(room_id), span, viewer=user_id)))


class MessageDetail(APIView):
    """One message of a room that I am in."""

    @documented("show_message", "One message.", tag="history", answers={200: AnyMessage})
    def get(self, request: Request, room_id: Any, message_id: Any) -> Response:
        user_id = principal_of(request).user_id
        row = access_membership(str(room_id), user_id=user_id)
        return Response(access_readable(row, str(message_id), user_id=user_id))


class MessageReactions(APIView):
    """Who put an emoji on a message, in their order; `at` is null while the store is still taking over an older one."""

    @documented(
        "list_reactors",
        "Who put an emoji on a message, in their order.",
        tag="history",
        query=ReactionsQuery,
        answers={200: Reactors},
    )
    def get(self, request: Request, room_id: Any, message_id: Any) -> Response:
        query = read_query(request.query_params.dict(), ReactionsQuery)
        user_id = principal_of(request).user_id
        row = access_membership(str(room_id), user_id=user_id)
        access_readable(row, str(message_id), user_id=user_id)
        limit = min(query.limit, REACTORS_AT_MOST)
        found = opened.store().reactors(
            str(room_id),
            str(message_id),
            unicodedata.normalize("NFC", query.emoji),
            after=read_place(query.cursor),
            limit=limit + 1,
        )
        page = Reactors(items=[Reactor(one.user_id, one.at) for one in found[:limit]])
        if len(found) > limit:
            page.next = write_cursor(str(found[limit - 1].seq), found[limit - 1].user_id)
        return Response(page)


class RoomEvents(APIView):
    """The room's log behind a seq; `next` goes into `after`, and is null at the head."""

    @documented(
        "list_events",
        "The room's log behind a seq; `next` goes into `after`, and is null at the head.",
        tag="history",
        query=EventsQuery,
        answers={200: Events},
    )
    def get(self, request: Request, room_id: Any) -> Response:
        query = read_query(request.query_params.dict(), EventsQuery)
        row = access_membership(str(room_id), user_id=principal_of(request).user_id)
        floor = row.first_readable_seq
        after = max(query.after, floor - 1)
        [found] = opened.store().events({str(room_id): after}, limit=min(query.limit, EVENTS_AT_MOST), tail=False)
        last_seq = found.events[-1].seq if found.events else found.head
        items = [event_json(event) for event in readable_events(found.events, joined_seq=floor)]
        page: RoomPage[Any] = RoomPage(
            items=items, next=str(last_seq) if last_seq < found.head else None, head=found.head
        )
        return Response(page)


class RoomPins(APIView):
    """The pinned messages, last pinned first; mostly all of them on one page."""

    @documented(
        "list_pins", "The pinned messages, last pinned first.", tag="history", query=PinsQuery, answers={200: Messages}
    )
    def get(self, request: Request, room_id: Any) -> Response:
        query = read_query(request.query_params.dict(), PinsQuery)
        user_id = principal_of(request).user_id
        row = access_membership(str(room_id), user_id=user_id)
        page = opened.store().pins(str(room_id), floor=row.first_readable_seq, before=query.cursor, viewer=user_id)
        following = None if page.next_pin is None else str(page.next_pin)
        return Response(Messages(items=page.items, next=following, head=page.head))


class Thread(APIView):
    """The replies in a message's thread, oldest first."""

    @documented(
        "list_thread",
        "The replies in a message's thread, oldest first.",
        tag="history",
        query=ThreadQuery,
        answers={200: Replies},
    )
    def get(self, request: Request, room_id: Any, message_id: Any) -> Response:
        query = read_query(request.query_params.dict(), ThreadQuery)
        user_id = principal_of(request).user_id
        row = access_membership(str(room_id), user_id=user_id)
        page = opened.store().thread(
            str(room_id),
            str(message_id),
            floor=row.first_readable_seq,
            after=query.after,
            limit=min(query.limit, MESSAGES_AT_MOST),
            viewer=user_id,
        )
        messages = msgspec.structs.asdict(history_page(page))
        return Response(Replies(**messages, followed=page.thread_read_n is not None, read_n=page.thread_read_n))


def access_readable(row: RoomRow, message_id: str, *, user_id: str) -> AnyMessage:
    """Return a message of the room that this member may read."""
    message = opened.store().message(row.room.id, message_id, viewer=user_id)
    if message is None or message.seq < row.first_readable_seq:
        raise NotFound
    return message


def read_place(cursor: str | None) -> tuple[int, str]:
    """Return the place behind which a page of people begins; without a cursor it is before all of them."""
    place = read_cursor(cursor)
    if place is None:
        return FIRST_PLACE
    try:
        return msgspec.convert(place[0], Place, strict=False), place[1]
    except msgspec.ValidationError:
        raise Invalid("This is not a cursor of ours.") from None
