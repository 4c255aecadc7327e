"""The REST endpoints about rooms: mine, the directory, one, and who is in it."""

import re
from typing import Annotated, Any

import msgspec
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatflow.errors import Forbidden, Invalid
from chatflow.http.documented import documented
from chatflow.http.queries import read_query
from chatflow.instants import write_instant
from chatflow.protocol.objects import Role, Room
from message_service import opened
from message_service.api.access import access_membership, access_visible_room
from message_service.api.authentication import principal_of
from message_service.api.pages import (
    Invite,
    Invites,
    ListedMember,
    Members,
    OpenRoom,
    OpenRooms,
    Rooms,
    read_cursor,
    write_cursor,
)
from message_service.stores.port import DirectoryOrder
from message_service.stores.sizes import Sheet

Limit = Annotated[int, msgspec.Meta(ge=1)]
Text = Annotated[str, msgspec.Meta(max_length=400)]


class RoomsQuery(msgspec.Struct):
    cursor: Text | None = None
    limit: Limit = 100


class DirectoryQuery(msgspec.Struct):
    q: Annotated[str, msgspec.Meta(max_length=80)] = ""
    sort: DirectoryOrder = "name"
    cursor: Text | None = None
    limit: Limit = 50


class MembersQuery(msgspec.Struct):
    cursor: Annotated[str, msgspec.Meta(max_length=36)] = ""
    limit: Limit = 200


ROOMS_AT_MOST = 500
OPEN_ROOMS_AT_MOST = 100
MEMBERS_AT_MOST = 1000
# How many are in a room, in a cursor.
COUNT = re.compile(r"\d{1,9}", re.ASCII)
# Those who may make invitations, as chat_service has it.
MAY_SEE_INVITES: frozenset[Role | None] = frozenset({"moderator", "owner"})

# What can be asked of a room that is in a list.
INTO_A_ROOM = {
    name: {"room_id": "/items/0/id"}
    for name in (
        "show_room",
        "list_members",
        "list_messages",
        "list_events",
        "list_pins",
        "send_message",
        "create_invite",
    )
}


class MyRooms(APIView):
    """The rooms that I am in, most recently active first."""

    @documented(
        "list_my_rooms",
        "The rooms that one is in, most recently active first.",
        tag="rooms",
        query=RoomsQuery,
        answers={200: Rooms},
        links=INTO_A_ROOM,
    )
    def get(self, request: Request) -> Response:
        query = read_query(request.query_params.dict(), RoomsQuery)
        limit = min(query.limit, ROOMS_AT_MOST)
        found = opened.store().rooms_of(principal_of(request).user_id, after=read_cursor(query.cursor), limit=limit + 1)
        page = Rooms(items=Sheet().take((row.room for _, row in found), at_most=limit))
        if len(found) > len(page.items):
            active_at, last = found[len(page.items) - 1]
            page.next = write_cursor(active_at, last.room.id)
        return Response(page)


class PublicRooms(APIView):
    """The channels that anybody signed in may look up and walk into, by name, activity or members."""

    @documented(
        "list_public_rooms",
        "The open channels: by name, the last active first, or the largest first.",
        tag="rooms",
        query=DirectoryQuery,
        answers={200: OpenRooms},
        links={"show_room": {"room_id": "/items/0/id"}},
    )
    def get(self, request: Request) -> Response:
        query = read_query(request.query_params.dict(), DirectoryQuery)
        limit = min(query.limit, OPEN_ROOMS_AT_MOST)
        after = read_cursor(query.cursor)
        if after is not None and query.sort == "members" and not COUNT.fullmatch(after[0]):
            raise Invalid("This is not a cursor of this order.")
        found = opened.store().public_rooms(query.q, after=after, limit=limit + 1, order=query.sort)
        items = (OpenRoom(**msgspec.structs.asdict(one.room), last_at=one.active_at) for one in found)
        page = OpenRooms(items=Sheet().take(items, at_most=limit))
        if len(found) > len(page.items):
            last = found[len(page.items) - 1]
            page.next = write_cursor(last.key, last.room.id)
        return Response(page)


class RoomDetail(APIView):
    """One room: as mine, or an open channel as a stranger sees it, without anything of its history."""

    @documented(
        "show_room",
        "One room: as one's own, or an open channel as strangers see it.",
        tag="rooms",
        answers={200: Room},
        links={"list_members": {"room_id": "/id"}, "list_messages": {"room_id": "/id"}},
    )
    def get(self, request: Request, room_id: Any) -> Response:
        return Response(access_visible_room(str(room_id), user_id=principal_of(request).user_id))


class RoomMembers(APIView):
    """Who is in a room that I am in."""

    @documented(
        "list_members",
        "Who is in a room that one is in.",
        tag="rooms",
        query=MembersQuery,
        answers={200: Members},
        links={"show_user": {"user_id": "/items/0/user_id"}},
    )
    def get(self, request: Request, room_id: Any) -> Response:
        query = read_query(request.query_params.dict(), MembersQuery)
        limit = min(query.limit, MEMBERS_AT_MOST)
        access_membership(str(room_id), user_id=principal_of(request).user_id)
        head, found = opened.store().members(str(room_id), after=query.cursor, limit=limit + 1)
        following = found[limit - 1].user_id if len(found) > limit else None
        items = [ListedMember(member.user_id, member.role) for member in found[:limit]]
        return Response(Members(items=items, next=following, head=head))


class RoomInvites(APIView):
    """The invitations to a room of whose moderators I am one."""

    @documented(
        "list_invites",
        "The invitations to a room that let somebody in, for its moderators and owners; without their secrets.",
        tag="invitations",
        answers={200: Invites},
        errors=("forbidden",),
        links={"revoke_invite": {"room_id": "$request.path.room_id", "invite_id": "/items/0/id"}},
    )
    def get(self, request: Request, room_id: Any) -> Response:
        room = access_membership(str(room_id), user_id=principal_of(request).user_id).room
        if room.role not in MAY_SEE_INVITES:
            raise Forbidden
        now = write_instant(opened.clock().read())
        found = opened.store().invites(str(room_id))
        items = [
            Invite(
                id=one.invite_id,
                role=one.role,
                uses=None if one.uses_left is None else one.uses_left + one.used,
                used=one.used,
                until=one.until,
                by=one.created_by,
            )
            for one in found
            if one.until is None or one.until > now
        ]
        return Response(Invites(items=items, head=room.head))
