"""user_service as its HTTP edge shows it: keys, and the sessions that ended."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import msgspec
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chatflow.auth.principal import Principal
from chatflow.auth.revocations import RevocationPage, Revoked
from chatflow.auth.tokens import TokenSigner
from chatflow.ids import new_id
from tests.servers.ports import find_free_port


class UserServiceEdge:
    def __init__(self) -> None:
        self.port = find_free_port()
        self._signer = TokenSigner(Ed25519PrivateKey.generate())
        self._revoked: list[Revoked] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def sign(self, user_id: str, *, session_id: str | None = None) -> str:
        now = int(time.time())
        principal = Principal(user_id, session_id=session_id or new_id())
        return self._signer.sign(principal, issued_at=now, expires_at=now + 900)

    def revoke(self, session_id: str) -> None:
        self._revoked.append(Revoked(session_id, datetime.now(UTC) + timedelta(hours=1)))

    async def answer_keys(self, _: web.Request) -> web.Response:
        return web.Response(body=msgspec.json.encode(self._signer.jwks))

    async def answer_revocations(self, request: web.Request) -> web.Response:
        after = int(request.query["after"])
        page = RevocationPage(position=len(self._revoked), revoked=self._revoked[after:])
        return web.Response(body=msgspec.json.encode(page))


@asynccontextmanager
async def open_user_service() -> AsyncIterator[UserServiceEdge]:
    edge = UserServiceEdge()
    app = web.Application()
    app.router.add_get("/.well-known/jwks.json", edge.answer_keys)
    app.router.add_get("/internal/revocations", edge.answer_revocations)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", edge.port).start()
    yield edge
    await runner.cleanup()
