"""A toy that speaks enough of the protocol, in memory, to test the actors themselves; it loses events on request."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import socketio
from aiohttp import web

from tests.actors.answers import Json
from tests.servers.ports import LOCALHOST, find_free_port

ROOM_ID = "00000000-0000-4000-8000-000000000001"
TOKEN = "a token"
USER = {"id": "user-1"}


@dataclass(kw_only=True)
class Toy:
    """One room that everybody is in. `swallow` names the seqs that are stored but not sent out."""

    port: int
    log: list[Json] = field(default_factory=list)
    swallow: set[int] = field(default_factory=set)
    twice: set[int] = field(default_factory=set)
    tail_limit: int = 10_000
    error: Json | None = None
    sockets: socketio.AsyncServer = field(
        default_factory=lambda: socketio.AsyncServer(
            async_mode="aiohttp", async_handlers=False, ping_interval=1, ping_timeout=1
        )
    )

    @property
    def room(self) -> Json:
        return {"id": ROOM_ID, "kind": "channel", "name": "toy", "head": len(self.log)}

    async def on_connect(self, sid: str, environ: Any, auth: Json) -> None:
        if auth["token"] != TOKEN:
            error = {"code": "unauthenticated", "message": "no", "retryable": False}
            raise socketio.exceptions.ConnectionRefusedError("unauthenticated", error)
        # Beside, because what is sent from here would come before the connection is confirmed.
        ready = {"user": USER, "rooms": [self.room], "more": False}
        self.sockets.start_background_task(self.sockets.emit, "ready", ready, to=sid)

    async def on_send(self, sid: str, payload: Json) -> Json:
        if self.error is not None:
            return {"ok": False, "error": self.error}
        known = next((e for e in self.log if e["message"]["cid"] == payload["cid"]), None)
        event = known or self.append(payload)
        if known is None and event["seq"] not in self.swallow:
            for _ in range(1 + (event["seq"] in self.twice)):
                await self.sockets.emit("event", event)
        return {"ok": True, "room_id": ROOM_ID, "seq": event["seq"], "duplicate": known is not None}

    def append(self, payload: Json) -> Json:
        seq = len(self.log) + 1
        message = {"cid": payload["cid"], "text": payload["text"], "sender": USER["id"], "seq": seq}
        self.log.append({"room_id": ROOM_ID, "seq": seq, "n": seq, "type": "message.created", "message": message})
        return self.log[-1]

    async def on_sync(self, sid: str, payload: Json) -> Json:
        after = payload["rooms"][ROOM_ID]
        missing = self.log[after:]
        reset = len(missing) > self.tail_limit
        part = {"events": missing[-self.tail_limit :], "head": len(self.log), "reset": reset}
        return {"ok": True, "rooms": {ROOM_ID: {**part, "room": self.room} if reset else part}, "more": []}


@asynccontextmanager
async def open_toy() -> AsyncIterator[Toy]:
    toy = Toy(port=find_free_port())
    toy.sockets.on("connect", toy.on_connect)
    toy.sockets.on("message:send", toy.on_send)
    toy.sockets.on("room:sync", toy.on_sync)
    app = web.Application()
    toy.sockets.attach(app)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, LOCALHOST, toy.port).start()
    try:
        yield toy
    finally:
        await toy.sockets.shutdown()
        await runner.cleanup()
