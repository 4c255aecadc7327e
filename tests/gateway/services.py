"""Fakes of message_service and user_service, which answer a gateway from the fake world."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chatflow.auth.tokens import TokenSigner
from chatflow.errors import Internal, NotFound
from chatflow.http.answers import error_response
from chatflow.wire import reads
from chatflow.wire.personal import HideWrite, Outcome, PersonalAnswer, PersonalRequest, PersonalWrite
from tests.gateway.world import World

MSGPACK = "application/msgpack"


class FakeServices:
    """Both services on one port. `calls` counts the questions, `closed` makes each wait until it is opened again."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.signer = TokenSigner(Ed25519PrivateKey.generate())
        self.calls: dict[str, int] = {}
        self.open = asyncio.Event()
        self.open.set()
        # Happens once, after the world was read and before the reader learns what it found.
        self.before_answer: Callable[[], Awaitable[None]] | None = None
        # What user_service says as somebody's status.
        self.statuses: dict[str, Any] = {}
        # Whether user_service is from before account facts.
        self.is_older = False
        self.begun = 0
        self.echoed: list[dict[str, str]] = []
        # What something in between answers instead, to how many questions.
        self.garbage: bytes | None = None
        self.garbled = 0
        # Rooms and people for whom message_service fails, and how often it was asked for one of them.
        self.failing_ids: set[str] = set()
        self.failures = 0
        # How often any read position was marked.
        self.moves = 0
        app = web.Application(client_max_size=8 * 1024 * 1024, middlewares=[self.garble])
        app.router.add_get("/.well-known/jwks.json", self.jwks)
        app.router.add_get("/internal/facts", self.facts)
        app.router.add_get("/internal/revocations", self.revocations)
        app.router.add_get("/health", self.health)
        app.router.add_get("/ready", self.ready)
        app.router.add_post("/internal/users", self.users)
        for name in ("connect", "rows", "events", "versions", "read", "personal"):
            app.router.add_post(f"/internal/{name}", self.answer)
        app.router.add_route("*", "/api/{path:.*}", self.echo)
        self.server = TestServer(app)

    @property
    def url(self) -> str:
        return str(self.server.make_url("/")).rstrip("/")

    @web.middleware
    async def garble(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        if self.garbage is None:
            return await handler(request)
        self.garbled += 1
        self.calls[request.path] = self.calls.get(request.path, 0) + 1
        return web.Response(body=self.garbage, content_type="text/html")

    async def answer(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"].startswith("Service ")
        name = request.path.rpartition("/")[2]
        self.calls[name] = self.calls.get(name, 0) + 1
        await self.open.wait()
        try:
            answer = self.tell(name, await request.read())
        except Internal as error:
            return error_response(error)
        if self.before_answer is not None:
            going_on, self.before_answer = self.before_answer, None
            await going_on()
        return web.Response(body=msgspec.msgpack.encode(answer), content_type=MSGPACK)

    def tell(self, name: str, body: bytes) -> Any:
        if any(each.encode() in body for each in self.failing_ids):
            self.failures += 1
            raise Internal
        return getattr(self, f"on_{name}")(body)

    def on_connect(self, body: bytes) -> reads.ConnectAnswer:
        request = msgspec.msgpack.decode(body, type=reads.ConnectRequest)
        return reads.ConnectAnswer([self.world.rooms_of(user_id, limit=request.limit) for user_id in request.user_ids])

    def on_rows(self, body: bytes) -> reads.RowsAnswer:
        request = msgspec.msgpack.decode(body, type=reads.RowsRequest)
        rooms = self.world.rooms
        return reads.RowsAnswer(
            [
                (user_id, rooms[room_id].row(user_id))
                for user_id, room_id in request.pairs
                if room_id in rooms and user_id in rooms[room_id].joined
            ]
        )

    def on_events(self, body: bytes) -> reads.EventsAnswer:
        request = msgspec.msgpack.decode(body, type=reads.EventsRequest)
        answer = []
        for room_id, after in request.rooms.items():
            room = self.world.rooms[room_id]
            found = room.events[-request.limit :] if request.tail else room.events[after : after + request.limit]
            answer.append(reads.RoomEvents(room_id=room_id, head=room.head, events=found))
        return reads.EventsAnswer(answer)

    def on_versions(self, body: bytes) -> reads.VersionsAnswer:
        request = msgspec.msgpack.decode(body, type=reads.VersionsRequest)
        return reads.VersionsAnswer({user_id: self.world.versions.get(user_id, 0) for user_id in request.user_ids})

    def on_read(self, body: bytes) -> reads.ReadAnswer:
        request = msgspec.msgpack.decode(body, type=reads.ReadRequest)
        positions = []
        for mark in request.marks:
            room = self.world.rooms.get(mark.room_id)
            if room is None or mark.user_id not in room.joined:
                positions.append(reads.ReadPosition(mark.user_id, mark.room_id, None))
                continue
            before = 0 if mark.sets else room.read.get(mark.user_id, 0)
            seq = room.read[mark.user_id] = max(before, min(mark.seq, room.head))
            self.moves += 1
            positions.append(reads.ReadPosition(mark.user_id, mark.room_id, seq, moves=self.moves))
        return reads.ReadAnswer(positions)

    def on_personal(self, body: bytes) -> PersonalAnswer:
        return PersonalAnswer(
            [self._write(write) for write in msgspec.msgpack.decode(body, type=PersonalRequest).writes]
        )

    def _write(self, write: PersonalWrite) -> Outcome:
        room = self.world.rooms.get(write.room_id)
        if room is None or write.user_id not in room.joined:
            return "not_found"
        if isinstance(write, HideWrite):
            if room.kind != "direct":
                return "not_direct"
            room.hidden.pop(write.user_id, None)
            if write.seq is not None:
                room.hidden[write.user_id] = sum(seq <= write.seq for seq, _ in room.messages)
            self.world.touch(write.user_id)
        return "done"

    async def jwks(self, _: web.Request) -> web.Response:
        return web.Response(body=msgspec.json.encode(self.signer.jwks), content_type="application/json")

    async def revocations(self, request: web.Request) -> web.Response:
        self.calls["revocations"] = self.calls.get("revocations", 0) + 1
        return web.json_response({"position": int(request.query["after"]), "revoked": []})

    async def facts(self, request: web.Request) -> web.Response:
        if self.is_older:
            return error_response(NotFound())
        kinds, after = request.query["kinds"].split(","), int(request.query["after"])
        new = [fact for fact in self.world.facts[max(0, after - 1) :] if fact["kind"] in kinds]
        return web.json_response({"position": len(self.world.facts) + 1, "facts": new})

    async def users(self, request: web.Request) -> web.Response:
        ids = (await request.json())["ids"]
        known = [(user_id, self.world.users[user_id]) for user_id in ids if user_id in self.world.users]
        return web.json_response(
            {
                "users": [
                    {"id": user_id, "username": name, "display_name": name, "status": self.statuses.get(user_id)}
                    for user_id, name in known
                ]
            }
        )

    async def health(self, _: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def ready(self, _: web.Request) -> web.Response:
        self.calls["ready"] = self.calls.get("ready", 0) + 1
        return web.json_response({"status": "ok", "checks": {}})

    async def echo(self, request: web.Request) -> web.Response:
        """Answers every public REST call by saying what arrived."""
        self.begun += 1
        body = await request.read()
        seen: dict[str, Any] = {"path": request.raw_path, "method": request.method, "body": body.decode()}
        self.echoed.append({name.lower(): value for name, value in request.headers.items()})
        return web.json_response(seen, headers={"X-Own": "kept", "Keep-Alive": "timeout=9"})
