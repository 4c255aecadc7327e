"""Verifies clients' tokens with user_service's keys, and follows what becomes of their accounts while sockets live."""

import asyncio

from chatflow.auth.account_facts.pages import SESSION_ENDED, Fact
from chatflow.auth.account_facts.poller import follow_facts
from chatflow.auth.account_facts.replica import AccountFacts
from chatflow.auth.keys import Jwks
from chatflow.auth.tokens import AccessToken, AsyncTokenVerifier
from chatflow.bus.port import Bus
from chatflow.errors import Unauthenticated
from chatflow.http.service_client import ServiceClient
from chatflow.wire.bus import FACTS_CHANNEL
from gateway.callbacks import Callbacks


class ClientTokens:
    def __init__(self, users: ServiceClient) -> None:
        self._users = users
        # Told of what changes about accounts.
        self.on_facts = Callbacks[[list[Fact]]]()
        self.facts = AccountFacts(SESSION_ENDED, "deactivated", "role", "profile")
        self._verifier = AsyncTokenVerifier(self._fetch_keys, facts=self.facts)

    async def verify(self, token: object) -> AccessToken:
        """Return the verified content of a client's token; raise `unauthenticated` for anything else."""
        if not isinstance(token, str):
            raise Unauthenticated
        return await self._verifier.verify(token)

    async def verify_bearer(self, authorization: str) -> AccessToken:
        """Return the verified content of the bearer token in a request's `Authorization` header."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthenticated
        return await self.verify(token.strip())

    async def follow(self, bus: Bus) -> None:
        """Learn within a second of what changed about accounts; runs until cancelled."""
        wake = asyncio.Event()
        await bus.subscribe(FACTS_CHANNEL, lambda _: wake.set())
        await follow_facts(self.facts, get=self._users.get_json, on_facts=self.on_facts, wake=wake)

    async def _fetch_keys(self) -> Jwks:
        return await self._users.get_json("/.well-known/jwks.json", Jwks)
