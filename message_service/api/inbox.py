"""A person's inbox: what calls them, threads with replies to read, and rooms with messages to read."""

import time
from typing import Annotated

import msgspec
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatflow.http.documented import documented
from chatflow.http.queries import read_query
from chatflow.protocol.objects import Message
from chatflow.protocol.pages import Page
from chatflow.wire.inbox import InboxKind
from message_service import opened
from message_service.api.authentication import principal_of
from message_service.api.pages import read_cursor, write_cursor
from message_service.log.inbox import Why
from message_service.stores.port import InboxItem as FoundItem

KINDS: tuple[InboxKind, ...] = ("mention", "thread", "unread")
ITEMS_AT_MOST = 100


class InboxQuery(msgspec.Struct):
    # Without it, all three kinds together.
    kind: InboxKind | None = None
    cursor: Annotated[str, msgspec.Meta(max_length=400)] | None = None
    limit: Annotated[int, msgspec.Meta(ge=1)] = 30


class InboxItem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One item of the inbox. `message` is what calls one, a thread's newest reply, or a room's newest message.

    It is null where its content is gone. `why` says by what a message calls one; a direct room's messages do. A mention
    is open until its room is read past it or one is done with it; muted rooms are left out of `unread` alone. Looked at
    are the 300 unread rooms that were active last, and of each the newest 50 messages that call one.
    """

    kind: InboxKind
    room_id: str
    seq: int
    at: str
    message: Message | None
    why: Why
    # The message under which the thread hangs.
    thread: str | None = None
    # Of a room: what is unread in it, and how often it mentions one. Of a thread: its unread replies, up to 100.
    unread: int | None = None
    mentions: int | None = None


class InboxItems(Page[InboxItem]):
    """A page of the inbox, newest first; with `next` there may be more, even if this page has few or none."""


class MyInbox(APIView):
    """What is open for me in the rooms that I am in, newest first."""

    @documented(
        "list_inbox",
        "What is open for one: messages that call one, threads and rooms with something to read; newest first.",
        tag="history",
        query=InboxQuery,
        answers={200: InboxItems},
    )
    def get(self, request: Request) -> Response:
        query = read_query(request.query_params.dict(), InboxQuery)
        found = opened.store().inbox(
            principal_of(request).user_id,
            kinds=KINDS if query.kind is None else [query.kind],
            after=read_cursor(query.cursor),
            limit=min(query.limit, ITEMS_AT_MOST),
            now=time.time(),
        )
        following = None if found.next is None else write_cursor(*found.next)
        return Response(InboxItems(items=[item_of(item) for item in found.items], next=following))


def item_of(found: FoundItem) -> InboxItem:
    return InboxItem(**found._asdict())
