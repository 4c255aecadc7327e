"""Who is asking: bearer tokens verified here with user_service's keys, as long as their sessions live."""

import asyncio

from chatflow.auth.keys import Jwks
from chatflow.auth.principal import Principal
from chatflow.auth.revocations import RevocationPage, Revocations, follow_revocations
from chatflow.auth.tokens import AsyncTokenVerifier
from chatflow.bus.port import Bus
from chatflow.errors import Unauthenticated
from chatflow.http.service_client import ServiceClient
from chatflow.wire.bus import REVOCATIONS_CHANNEL


class Identity:
    def __init__(self, users: ServiceClient) -> None:
        self._users = users
        self._revocations = Revocations()
        self._verifier = AsyncTokenVerifier(self._fetch_keys, revocations=self._revocations)

    async def principal_of(self, authorization: str) -> Principal:
        """Return who acts by the token that the header carries."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated
        return (await self._verifier.verify(token)).principal

    async def follow(self, bus: Bus) -> None:
        """Learn of ended sessions within a second, until cancelled."""
        wake = asyncio.Event()
        await bus.subscribe(REVOCATIONS_CHANNEL, lambda _: wake.set())
        await follow_revocations(self._revocations, fetch=self._fetch_revocations, on_revoked=lambda _: None, wake=wake)

    async def _fetch_keys(self) -> Jwks:
        return await self._users.get_json("/.well-known/jwks.json", Jwks)

    async def _fetch_revocations(self, position: int) -> RevocationPage:
        return await self._users.get_json(f"/internal/revocations?after={position}", RevocationPage)
