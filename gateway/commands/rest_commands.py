"""Commands by REST: a message without a socket, invitations, whose secret only their maker sees, a done inbox."""

import asyncio
import hashlib
import secrets
from typing import Any, TypeVar

import msgspec
from aiohttp import web

from chatflow.auth.principal import Principal
from chatflow.errors import ChatFlowError, Invalid
from chatflow.http.answers import json_response
from chatflow.http.documented import documented
from chatflow.ids import new_id
from chatflow.protocol.commands import AnyCommand, Cid, CreateInvite, RevokeInvite, SendMessage, read_request
from chatflow.protocol.replies import MessageReply, SeqReply
from gateway.commands.inbox_done import InboxDone, InboxItems
from gateway.commands.sender import CommandSender
from gateway.sessions.client_tokens import ClientTokens
from gateway.sessions.rate_limits import COMMANDS, SEND, RateLimits
from gateway.web.bodies import read_whole

Reply = TypeVar("Reply")

BODY_BYTES = 64 * 1024
SECRET_BYTES = 16


# What a room can answer to any command.
OF_A_ROOM = ("not_a_member", "forbidden", "muted", "archived", "conflict")


class NewInvite(msgspec.Struct, frozen=True):
    """An invitation as only the person who made it sees it; `token` goes into `room:join` as `invite`."""

    token: str
    invite_id: str
    seq: int


class RestCommands:
    def __init__(
        self,
        commands: CommandSender,
        tokens: ClientTokens,
        inbox: InboxItems,
        *,
        rate_limits: RateLimits,
        gateway_id: str,
    ) -> None:
        self._commands = commands
        self._inbox = inbox
        self._tokens = tokens
        self._rate_limits = rate_limits
        self._gateway_id = gateway_id

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/api/rooms/{room_id}/messages", self.send_message),
            web.post("/api/rooms/{room_id}/invites", self.create_invite),
            web.delete("/api/rooms/{room_id}/invites/{invite_id}", self.revoke_invite),
            web.post("/api/inbox/done", self.finish_inbox_items),
        ]

    @documented(
        "send_message",
        "Send a message without a socket; 200 says that this `Idempotency-Key` had sent it before.",
        tag="sending",
        body=SendMessage,
        body_without=("room_id", "cid"),
        headers={"Idempotency-Key": Cid},
        answers={200: MessageReply, 201: MessageReply},
        errors=OF_A_ROOM,
        links={"show_message": {"room_id": "/room_id", "message_id": "/id"}},
    )
    async def send_message(self, request: web.Request) -> web.Response:
        principal = await self._access_principal(request, kind=SEND)
        cid = read_cid(request)
        payload = {**await read_body(request), "room_id": request.match_info["room_id"], "cid": cid}
        reply = await self._decide(principal, read_request(SendMessage, payload), MessageReply)
        return json_response(reply, status=200 if reply.duplicate else 201)

    @documented(
        "create_invite",
        "Make an invitation to a room; its secret is shown this once.",
        tag="invitations",
        body=CreateInvite,
        body_without=("room_id", "cid", "secret_hash"),
        is_body_required=False,
        answers={201: NewInvite},
        errors=OF_A_ROOM,
        links={"revoke_invite": {"room_id": "$request.path.room_id", "invite_id": "/invite_id"}},
    )
    async def create_invite(self, request: web.Request) -> web.Response:
        principal = await self._access_principal(request, kind=COMMANDS)
        room_id = request.match_info["room_id"]
        secret = secrets.token_urlsafe(SECRET_BYTES)
        payload = {
            **await read_body(request),
            "room_id": room_id,
            "secret_hash": hashlib.sha256(secret.encode()).hexdigest(),
            # The same request twice makes two invitations, because the secret of the first cannot be shown again.
            "cid": None,
        }
        reply = await self._decide(principal, read_request(CreateInvite, payload), SeqReply)
        assert reply.invite_id is not None  # noqa: S101 the answer to this command always has it
        return json_response(NewInvite(f"{room_id}.{secret}", reply.invite_id, reply.seq), status=201)

    @documented(
        "revoke_invite",
        "Take an invitation back.",
        tag="invitations",
        answers={200: SeqReply},
        errors=OF_A_ROOM,
    )
    async def revoke_invite(self, request: web.Request) -> web.Response:
        principal = await self._access_principal(request, kind=COMMANDS)
        reply = await self._decide(principal, read_request(RevokeInvite, dict(request.match_info)), SeqReply)
        return json_response(reply)

    @documented(
        "finish_inbox_items",
        "Be done with items of one's inbox, on every device; what one may not read is passed over.",
        tag="history",
        body=InboxDone,
        answers={204: None},
    )
    async def finish_inbox_items(self, request: web.Request) -> web.Response:
        principal = await self._access_principal(request, kind=COMMANDS)
        await self._inbox.finish(principal.user_id, read_request(InboxDone, await read_body(request)))
        return web.Response(status=204)

    async def _access_principal(self, request: web.Request, *, kind: str) -> Principal:
        """Return who asks, and count the request as one of their events."""
        principal = (await self._tokens.verify_bearer(request.headers.get("Authorization", ""))).principal
        self._rate_limits.spend(principal.user_id, kind)
        return principal

    async def _decide(self, principal: Principal, command: AnyCommand, kind: type[Reply]) -> Reply:
        """Send one command in a lane of its own and wait for the room's answer."""
        room_id = str(command.room_id)  # type: ignore[union-attr]
        settled: asyncio.Future[str | ChatFlowError] = asyncio.get_running_loop().create_future()
        lane = f"{self._gateway_id}.rest.{new_id()}"

        def on_settled(outcome: str | ChatFlowError) -> None:
            if not settled.done():
                settled.set_result(outcome)

        self._commands.submit(lane, room_id, command, principal=principal, on_settled=on_settled, is_unchecked=False)
        try:
            outcome = await settled
        finally:
            self._commands.abandon(lane, [room_id])
        if isinstance(outcome, ChatFlowError):
            raise outcome
        return msgspec.json.decode(outcome, type=kind)


def read_cid(request: web.Request) -> str:
    cid = request.headers.get("Idempotency-Key")
    if cid is None:
        raise Invalid("The header Idempotency-Key is missing.")
    try:
        # Bytes that are not UTF-8 come as lone surrogates, which nothing after this could encode.
        cid.encode()
    except UnicodeEncodeError:
        raise Invalid("The header Idempotency-Key is not UTF-8.") from None
    return cid


async def read_body(request: web.Request) -> dict[str, Any]:
    body = await read_whole(request, bytes_at_most=BODY_BYTES)
    try:
        payload = msgspec.json.decode(body) if body else {}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Invalid("The body is not JSON.") from None
    if not isinstance(payload, dict):
        raise Invalid("The body must be an object.")
    return payload
