"""The public REST API for notifications. Every answer is about the person whose token the request carries."""

from typing import TYPE_CHECKING, Annotated

import msgspec
from aiohttp import web

from chatflow.auth.principal import Principal
from chatflow.bus.port import Bus
from chatflow.errors import Invalid, NotFound
from chatflow.http.answers import json_response
from chatflow.http.bodies import read_body
from chatflow.http.documented import documented
from chatflow.http.queries import read_query
from chatflow.protocol.objects import NoticeKind
from chatflow.protocol.told import NoticesRead
from chatflow.wire.bus import SIGNALS_CHANNEL, ToPerson
from notification_service.deciding.notices import Notice, Suppressed
from notification_service.inbox.pages import LIMIT_AT_MOST, LIMIT_BY_DEFAULT, Notices, page_of, place_of
from notification_service.request_tokens import RequestTokens
from notification_service.stores.items import Id

if TYPE_CHECKING:
    # They need Django to be set up, which whoever only lists the routes does without.
    from notification_service.stores.deliveries import Deliveries
    from notification_service.stores.notices import Store
    from notification_service.stores.reading import NoticeReader

IDS_AT_MOST = 100


class InboxQuery(msgspec.Struct):
    # What was kept from the person, with the reason, in place of what they were told.
    suppressed: bool = False
    cursor: Annotated[str, msgspec.Meta(max_length=400)] | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=LIMIT_AT_MOST)] = LIMIT_BY_DEFAULT


class Unread(msgspec.Struct, frozen=True):
    """How many notices were not seen, counted up to 1000."""

    unread: int


class ReadBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which notices were seen: these, or those of a room up to an event, or all if nothing is named."""

    ids: Annotated[list[Id], msgspec.Meta(max_length=IDS_AT_MOST)] | None = None
    room_id: Id | None = None
    seq: Annotated[int, msgspec.Meta(ge=0, le=2**53)] | None = None


class Why(msgspec.Struct, frozen=True, kw_only=True):
    """Why a person was told of an event, or was not."""

    id: str
    kind: NoticeKind
    room_id: str
    seq: int
    told: bool
    suppressed: Suppressed | None
    explanation: str


BECAUSE = {
    "mention": "You were mentioned.",
    "reply": "Somebody replied to your message.",
    "direct": "The message was written to you directly.",
    "thread": "You take part in the thread.",
    "invitation": "You were added to the room.",
    "keyword": "It holds one of your keywords.",
    "webhook": "A webhook of yours in the room has stopped: its address does not take what it is sent.",
}
BUT = {
    "blocked": "You block whoever it came from.",
    "read": "You had read it already.",
    "room_muted": "You had muted the room.",
    "looking": "You had the room before your eyes.",
    "room_level": "Your level for the room leaves it out.",
    "away": "It was for those who were here, and you were not.",
    "dnd": "You did not want to be disturbed.",
    "quiet": "It was in your quiet hours.",
    "kind_off": "You have turned this kind of notice off.",
}


class NotificationsApi:
    def __init__(
        self, *, tokens: RequestTokens, inbox: "NoticeReader", store: "Store", deliveries: "Deliveries", bus: Bus
    ) -> None:
        self._tokens = tokens
        self._bus = bus
        self._inbox = inbox
        self._store = store
        self._deliveries = deliveries

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/notifications", self.list_notices),
            web.post("/api/notifications/read", self.mark_read),
            web.get("/api/notifications/{id}/why", self.explain),
        ]

    @documented(
        "list_notices",
        "One page of the inbox, newest first; with `suppressed=true` of what was kept from it.",
        tag="notifications",
        query=InboxQuery,
        answers={200: Notices},
        links={"explain_notice": {"id": "/items/0/id"}},
    )
    async def list_notices(self, request: web.Request) -> web.Response:
        user_id = (await self._principal_of(request)).user_id
        query = read_query(request.query, InboxQuery)
        place = place_of(query.cursor)
        found = await self._inbox.page(user_id, suppressed=query.suppressed, place=place, limit=query.limit)
        unread = await self._inbox.unread(user_id)
        delivered = await self._deliveries.of_notices([item.id for item in found])
        found = [msgspec.structs.replace(item, deliveries=delivered.get(item.id, [])) for item in found]
        return json_response(page_of(found, place=place, limit=query.limit, unread=unread))

    @documented(
        "read_notices",
        "Mark notices as seen: these, or those of a room up to an event, or all where nothing is named.",
        tag="notifications",
        body=ReadBody,
        is_body_required=False,
        answers={200: Unread},
    )
    async def mark_read(self, request: web.Request) -> web.Response:
        user_id = (await self._principal_of(request)).user_id
        body = await read_body(request, ReadBody)
        in_room = None if body.room_id is None or body.seq is None else (body.room_id, body.seq)
        if in_room is None and (body.room_id, body.seq) != (None, None):
            raise Invalid("room_id and seq go together.")
        seen = await self._store.mark_seen(user_id, ids=body.ids, in_room=in_room)
        unread = await self._inbox.unread(user_id)
        if seen:
            self._tell_devices(user_id, body, unread=unread)
        return json_response(Unread(unread))

    def _tell_devices(self, user_id: str, body: ReadBody, *, unread: int) -> None:
        """Tell the person's devices what was seen on one of them, so that each takes it off its screen."""
        read = NoticesRead(ids=body.ids, room_id=body.room_id, seq=body.seq, unread=unread)
        signal = ToPerson(user_id=user_id, name="notice:read", payload=msgspec.to_builtins(read))
        self._bus.publish(SIGNALS_CHANNEL, msgspec.msgpack.encode([signal]))

    @documented(
        "explain_notice",
        "Why one was told of an event, or was not.",
        tag="notifications",
        answers={200: Why},
    )
    async def explain(self, request: web.Request) -> web.Response:
        user_id = (await self._principal_of(request)).user_id
        notice = await self._inbox.access_notice(id_of(request.match_info["id"]), user_id=user_id)
        return json_response(explained(notice))

    async def _principal_of(self, request: web.Request) -> Principal:
        return await self._tokens.principal_of(request.headers.get("Authorization", ""))


def id_of(text: str) -> str:
    try:
        return msgspec.convert(text, Id)
    except msgspec.ValidationError:
        raise NotFound from None


def explained(notice: Notice) -> Why:
    parts = [BECAUSE[notice.kind], *([BUT[notice.suppressed]] if notice.suppressed else [])]
    return Why(
        id=notice.id,
        kind=notice.kind,
        room_id=notice.room_id,
        seq=notice.seq,
        told=notice.suppressed is None,
        suppressed=notice.suppressed,
        explanation=" ".join(parts),
    )
