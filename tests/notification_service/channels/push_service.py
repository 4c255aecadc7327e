"""A push service of the tests' own: it takes pushes as vendors do, reads them as browsers do, and fails as told."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import jwt
import msgspec
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from chatflow.auth.keys import base64url
from notification_service.channels.web_push.encryption import point_of, read_base64url
from tests.servers.certificates import make_certificate, server_context
from tests.servers.ports import find_free_port

Answer = Callable[[web.Request], Awaitable[web.Response]]


class Push(msgspec.Struct, frozen=True, kw_only=True):
    """What came: the decrypted content, and the headers."""

    content: dict[str, Any]
    headers: dict[str, str]

    @property
    def shown(self) -> dict[str, Any]:
        shown: dict[str, Any] = self.content["notification"]
        return shown


class Browser:
    """One browser's subscription: its endpoint, what only it can read, and what was pushed to it."""

    def __init__(self, service: "PushService", name: str, *, key: EllipticCurvePrivateKey, auth: bytes) -> None:
        self._service = service
        self._key = key
        self._auth = auth
        self.endpoint = f"{service.url}/{name}"
        # What its pushes are answered from now on.
        self.answer: Answer = taken
        # All that were sent there, also those that were refused.
        self.asked = 0
        self.pushes: list[Push] = []

    @property
    def subscription(self) -> dict[str, Any]:
        keys = {"p256dh": base64url(point_of(self._key.public_key())), "auth": base64url(self._auth)}
        return {"endpoint": self.endpoint, "keys": keys}

    async def receive(self, request: web.Request) -> web.Response:
        self.asked += 1
        self._service.asked.set()
        body = await request.read()
        answer = await self.answer(request)
        if answer.status == 201:
            self._service.verify(request)
            content = json.loads(decrypt(body, key=self._key, auth=self._auth))
            self.pushes.append(Push(content=content, headers=dict(request.headers)))
        return answer


class PushService:
    def __init__(self, certificate: Path) -> None:
        self.port = find_free_port()
        self.certificate = certificate
        self.browsers: dict[str, Browser] = {}
        self.asked = asyncio.Event()

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    def open_browser(self) -> Browser:
        name = secrets.token_urlsafe(12)
        self.browsers[name] = Browser(self, name, key=generate_private_key(SECP256R1()), auth=secrets.token_bytes(16))
        return self.browsers[name]

    def verify(self, request: web.Request) -> None:
        """Check who pushes, as RFC 8292 wants it."""
        scheme, _, given = request.headers["Authorization"].partition(" ")
        parts = dict(part.split("=", 1) for part in given.split(", "))
        key = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), read_base64url(parts["k"]))
        claims = jwt.decode(parts["t"], key, algorithms=["ES256"], audience=self.url)
        assert scheme == "vapid"
        assert claims["sub"].startswith("https://")
        assert request.headers["Content-Encoding"] == "aes128gcm"
        assert int(request.headers["TTL"]) > 0

    async def _receive(self, request: web.Request) -> web.Response:
        return await self.browsers[request.match_info["name"]].receive(request)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["PushService"]:
        app = web.Application()
        app.router.add_post("/{name}", self._receive)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port, ssl_context=server_context(self.certificate)).start()
        yield self
        await runner.cleanup()


@asynccontextmanager
async def open_push_service(folder: Path) -> AsyncIterator[PushService]:
    async with PushService(make_certificate(folder, "push.test")).serving() as service:
        yield service


async def taken(_: web.Request) -> web.Response:
    return web.Response(status=201)


def refusing(status: int, **headers: str) -> Answer:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, headers={name.replace("_", "-"): text for name, text in headers.items()})

    return answer


async def hanging(_: web.Request) -> web.Response:
    await asyncio.Event().wait()
    raise AssertionError("nobody sets it")


async def dying(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response(status=500)


def decrypt(body: bytes, *, key: EllipticCurvePrivateKey, auth: bytes) -> bytes:
    """Return what a browser reads of a push, by RFC 8291 and RFC 8188."""
    salt, record_bytes, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
    sender, record = body[21 : 21 + length], body[21 + length :]
    assert len(record) <= record_bytes
    shared = key.exchange(ECDH(), EllipticCurvePublicKey.from_encoded_point(SECP256R1(), sender))
    info = b"WebPush: info\x00" + point_of(key.public_key()) + sender
    material = HKDF(SHA256(), 32, auth, info).derive(shared)
    content_key = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\x00").derive(material)
    nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\x00").derive(material)
    plain = AESGCM(content_key).decrypt(nonce, record, None).rstrip(b"\x00")
    assert plain[-1:] == b"\x02"
    return plain[:-1]
