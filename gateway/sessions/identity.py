"""Verifies clients' tokens with user_service's keys, and follows the sessions that are revoked while sockets live."""

import asyncio
from collections.abc import Callable

from chatflow.auth.keys import Jwks
from chatflow.auth.revocations import RevocationPage, Revocations, follow_revocations
from chatflow.auth.tokens import AccessToken, AsyncTokenVerifier
from chatflow.bus.port import Bus
from chatflow.errors import Unauthenticated
from chatflow.http.service_client import ServiceClient
from chatflow.wire.bus import REVOCATIONS_CHANNEL


class Identity:
    def __init__(self, users: ServiceClient) -> None:
        self._users = users
        self.revocations = Revocations()
        self._verifier = AsyncTokenVerifier(self._fetch_keys, revocations=self.revocations)

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

    async def follow(self, bus: Bus, *, on_revoked: Callable[[list[str]], None]) -> None:
        """Learn of revoked sessions within a second; runs until cancelled."""
        wake = asyncio.Event()
        await bus.subscribe(REVOCATIONS_CHANNEL, lambda _: wake.set())
        await follow_revocations(self.revocations, fetch=self._fetch_revocations, on_revoked=on_revoked, wake=wake)

    async def _fetch_keys(self) -> Jwks:
        return await self._users.get_json("/.well-known/jwks.json", Jwks)

    async def _fetch_revocations(self, position: int) -> RevocationPage:
        return await self._users.get_json(f"/internal/revocations?after={position}", RevocationPage)
