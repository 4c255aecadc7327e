"""The REST endpoints about what was said in a room that one is in: pages, one message, the log, pins, threads."""

from typing import Annotated, Any

import msgspec
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatflow.errors import Invalid, NotFound
from chatflow.wire.bus import PACKET_PREFIX, Published
from chatflow.wire.withheld import told_to_newcomer
from message_service import parts
from message_service.access import access_membership, first_readable_seq
from message_service.authentication import user_id_of
from message_service.pages import RoomPage, history_page
from message_service.requests import read_query
from message_service.store import Span

# Greater than any seq there will be, and still a number to every store.
Seq = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Limit = Annotated[int, msgspec.Meta(ge=1)]


class HistoryQuery(msgspec.Struct):
    before: Seq | None = None
    after: Seq | None = None
    around: Seq | None = None
    limit: Limit = 50


class EventsQuery(msgspec.Struct):
    after: Seq = 0
    limit: Limit = 200


class ThreadQuery(msgspec.Struct):
    after: Seq = 0
    limit: Limit = 50


MESSAGES_AT_MOST = 200
EVENTS_AT_MOST = 1000


class Messages(APIView):
    """A page of messages in the order of seq: the latest, or those before, after or around a seq."""

    def get(self, request: Request, room_id: Any) -> Response:
        query = read_query(request, HistoryQuery)
        if sum(place is not None for place in (query.before, query.after, query.around)) > 1:
            raise Invalid("One of before, after and around.")
        row = access_membership(str(room_id), user_id=user_id_of(request))
        span = Span(
            limit=min(query.limit, MESSAGES_AT_MOST),
            floor=first_readable_seq(row),
            before=query.before,
            after=query.after,
            around=query.around,
        )
        return Response(history_page(parts.store().messages(str(room_id), span)))


class MessageDetail(APIView):
    def get(self, request: Request, room_id: Any, message_id: Any) -> Response:
        row = access_membership(str(room_id), user_id=user_id_of(request))
        message = parts.store().message(str(room_id), str(message_id))
        if message is None or message.seq < first_readable_seq(row):
            raise NotFound
        return Response(message)


class Events(APIView):
    """The room's log behind a seq; `next` goes into `after`, and is null at the head."""

    def get(self, request: Request, room_id: Any) -> Response:
        query = read_query(request, EventsQuery)
        row = access_membership(str(room_id), user_id=user_id_of(request))
        floor = first_readable_seq(row)
        after = max(query.after, floor - 1)
        [found] = parts.store().events({str(room_id): after}, limit=min(query.limit, EVENTS_AT_MOST), tail=False)
        last_seq = found.events[-1].seq if found.events else found.head
        items = [event_json(event) for event in told_to_newcomer(found.events, joined_seq=floor)]
        return Response(RoomPage(items=items, next=str(last_seq) if last_seq < found.head else None, head=found.head))


class Pins(APIView):
    """All pinned messages, last pinned first."""

    def get(self, request: Request, room_id: Any) -> Response:
        row = access_membership(str(room_id), user_id=user_id_of(request))
        page = parts.store().pins(str(room_id), floor=first_readable_seq(row))
        return Response(RoomPage(items=page.items, head=page.head))


class Thread(APIView):
    """The replies in a message's thread, oldest first."""

    def get(self, request: Request, room_id: Any, message_id: Any) -> Response:
        query = read_query(request, ThreadQuery)
        row = access_membership(str(room_id), user_id=user_id_of(request))
        page = parts.store().thread(
            str(room_id),
            str(message_id),
            floor=first_readable_seq(row),
            after=query.after,
            limit=min(query.limit, MESSAGES_AT_MOST),
        )
        return Response(history_page(page))


def event_json(event: Published) -> msgspec.Raw:
    """Return the event out of its packet, as it is."""
    return msgspec.Raw(event.packet[len(PACKET_PREFIX) : -1].encode())
