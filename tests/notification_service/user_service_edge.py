"""user_service as its HTTP edge shows it: keys, and the facts about accounts."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import msgspec
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chatflow.auth.account_facts.pages import Fact, FactPage, SessionRevoked
from chatflow.auth.principal import Principal
from chatflow.auth.tokens import TokenSigner
from chatflow.ids import new_id
from chatflow.wire.mail_recipients import MailRecipient, MailRecipients
from tests.servers.ports import find_free_port


class UserServiceEdge:
    def __init__(self) -> None:
        self.port = find_free_port()
        self._signer = TokenSigner(Ed25519PrivateKey.generate())
        self.facts: list[Fact] = []
        self.is_away = False
        # By id, of those who have one.
        self.names: dict[str, str] = {}
        # Those that exist, and how they are written to; while it is away nobody learns that either.
        self.recipients: dict[str, MailRecipient] = {}
        self.asked_for_recipients = 0
        self.asked = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def sign(self, user_id: str, *, session_id: str | None = None) -> str:
        now = int(time.time())
        principal = Principal(user_id, session_id=session_id or new_id())
        return self._signer.sign(principal, issued_at=now, expires_at=now + 900)

    def revoke(self, session_id: str) -> None:
        self.facts.append(SessionRevoked(session_id, datetime.now(UTC) + timedelta(hours=1)))

    async def answer_keys(self, _: web.Request) -> web.Response:
        return web.Response(body=msgspec.json.encode(self._signer.jwks))

    async def answer_facts(self, request: web.Request) -> web.Response:
        self.asked += 1
        if self.is_away:
            return web.Response(status=503)
        kinds, after = request.query["kinds"].split(","), int(request.query["after"])
        # The first fact has position 2, as 0 is where a follower begins.
        new = [fact for fact in self.facts[max(0, after - 1) :] if fact.__struct_config__.tag in kinds]
        return web.Response(body=msgspec.json.encode(FactPage(position=len(self.facts) + 1, facts=new)))

    async def answer_names(self, request: web.Request) -> web.Response:
        asked = (await request.json())["ids"]
        users = [{"id": one, "username": one, "display_name": self.names[one]} for one in asked if one in self.names]
        return web.json_response({"users": users})

    def write_to(self, user_id: str, email: str | None, *, locale: str | None = None, zone: str | None = None) -> None:
        """Let this be how a person is written to."""
        name = user_id.capitalize()
        self.recipients[user_id] = MailRecipient(
            id=user_id, email=email, display_name=name, locale=locale, time_zone=zone
        )

    async def answer_recipients(self, request: web.Request) -> web.Response:
        self.asked_for_recipients += 1
        if self.is_away:
            return web.Response(status=503)
        found = [self.recipients[one] for one in (await request.json())["ids"] if one in self.recipients]
        return web.Response(body=msgspec.json.encode(MailRecipients(recipients=found)))

    async def answer_revocations(self, _: web.Request) -> web.Response:
        """Answer what is asked from before account facts: no session was revoked."""
        return web.json_response({"position": 0, "revoked": []})


@asynccontextmanager
async def open_user_service() -> AsyncIterator[UserServiceEdge]:
    edge = UserServiceEdge()
    app = web.Application()
    app.router.add_get("/.well-known/jwks.json", edge.answer_keys)
    app.router.add_get("/internal/facts", edge.answer_facts)
    app.router.add_post("/internal/users", edge.answer_names)
    app.router.add_post("/internal/users/recipients", edge.answer_recipients)
    app.router.add_get("/internal/revocations", edge.answer_revocations)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", edge.port).start()
    yield edge
    await runner.cleanup()
