"""The threads that one follows, newest reply first."""

from typing import Annotated

import msgspec
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatflow.http.documented import documented
from chatflow.http.queries import read_query
from chatflow.protocol.objects import AnyMessage
from chatflow.protocol.pages import Page
from message_service import opened
from message_service.api.authentication import principal_of
from message_service.api.pages import read_cursor, write_cursor

THREADS_AT_MOST = 50


class ThreadsQuery(msgspec.Struct):
    # Only those with replies that one has not read.
    unread: bool = False
    cursor: Annotated[str, msgspec.Meta(max_length=400)] | None = None
    limit: Annotated[int, msgspec.Meta(ge=1)] = 20


class FollowedThread(msgspec.Struct, frozen=True):
    """A thread that one follows; `last` is null while nobody has replied.

    `unread` (replies by others, past what one has read of it) is counted up to 100.
    """

    room_id: str
    root: AnyMessage
    last: AnyMessage | None
    replies: int
    unread: int


class Threads(Page[FollowedThread]):
    """A page of threads; with `next` there may be more, even if this page has few or none."""


class MyThreads(APIView):
    """The threads that I follow in the rooms that I am in."""

    @documented(
        "list_threads",
        "The threads that one follows, newest reply first; a page may be short although there are more.",
        tag="history",
        query=ThreadsQuery,
        answers={200: Threads},
    )
    def get(self, request: Request) -> Response:
        query = read_query(request.query_params.dict(), ThreadsQuery)
        found = opened.store().threads_of(
            principal_of(request).user_id,
            unread=query.unread,
            after=read_cursor(query.cursor),
            limit=min(query.limit, THREADS_AT_MOST),
        )
        items = [FollowedThread(one.room_id, one.root, one.last, one.replies, one.unread) for one in found.items]
        return Response(Threads(items=items, next=None if found.next is None else write_cursor(*found.next)))
