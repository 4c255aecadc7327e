"""A program of somebody's that takes what webhooks send, over TLS; it checks each signature and fails as told."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web

from tests.notification_service.channels.push_service import Answer, taken
from tests.servers.certificates import make_certificate, server_context
from tests.servers.ports import find_free_port


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """One request, and what it was answered."""

    id: str
    event: dict[str, Any]
    headers: dict[str, str]
    status: int


class Place:
    """One address of the sink."""

    def __init__(self, url: str) -> None:
        self.url = url
        # What it answers from now on.
        self.answer: Answer = taken
        self.secret = ""
        # All that came, in its order, and what of it was answered.
        self.asked = 0
        self.sent: list[Sent] = []
        self.bodies: list[bytes] = []

    @property
    def taken(self) -> list[Sent]:
        return [one for one in self.sent if one.status < 300]

    @property
    def texts(self) -> list[str]:
        """What was said in the messages that it took."""
        return [one.event["message"]["text"] for one in self.taken]

    async def receive(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.asked += 1
        self.bodies.append(body)
        verify(request, body, secret=self.secret)
        answer = await self.answer(request)
        message_id = request.headers["webhook-id"]
        self.sent.append(
            Sent(id=message_id, event=json.loads(body), headers=dict(request.headers), status=answer.status)
        )
        return answer


class Sink:
    def __init__(self, certificate: Path) -> None:
        self.port = find_free_port()
        self.certificate = certificate
        self.places: dict[str, Place] = {}
        # Why requests were not as they should be.
        self.wrong: list[str] = []

    def open_place(self) -> Place:
        name = f"place-{len(self.places)}"
        self.places[name] = Place(f"https://localhost:{self.port}/{name}")
        return self.places[name]

    async def _receive(self, request: web.Request) -> web.Response:
        try:
            return await self.places[request.match_info["name"]].receive(request)
        except AssertionError as error:
            self.wrong.append(repr(error))
            raise

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["Sink"]:
        app = web.Application()
        app.router.add_post("/{name}", self._receive)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port, ssl_context=server_context(self.certificate)).start()
        yield self
        await runner.cleanup()


@asynccontextmanager
async def open_sink(folder: Path) -> AsyncIterator[Sink]:
    async with Sink(make_certificate(folder, "sink.test")).serving() as sink:
        yield sink
    assert sink.wrong == []


def verify(request: web.Request, body: bytes, *, secret: str) -> None:
    """Check who sent it and when, as Standard Webhooks tells receivers to."""
    message_id, timestamp = request.headers["webhook-id"], request.headers["webhook-timestamp"]
    signed = f"{message_id}.{timestamp}.{body.decode()}".encode()
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert f"v1,{expected}" in request.headers["webhook-signature"].split(" "), request.headers
    assert abs(time.time() - int(timestamp)) < 5 * 60
    assert "." not in message_id
    assert request.headers["Content-Type"] == "application/json"
