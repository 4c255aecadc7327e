"""Who is asking, by tokens verified here with user_service's keys; and what it tells of accounts, which is followed."""

import asyncio
from collections.abc import Callable

from chatflow.auth.account_facts.pages import SESSION_ENDED, Fact
from chatflow.auth.account_facts.poller import follow_facts
from chatflow.auth.account_facts.replica import AccountFacts
from chatflow.auth.keys import Jwks
from chatflow.auth.principal import Principal
from chatflow.auth.tokens import AsyncTokenVerifier
from chatflow.bus.port import Bus
from chatflow.errors import Unauthenticated
from chatflow.http.service_client import ServiceClient
from chatflow.wire.bus import FACTS_CHANNEL


class RequestTokens:
    """`on_facts` is told what is new about accounts."""

    def __init__(self, users: ServiceClient, *, on_facts: Callable[[list[Fact]], None] = lambda facts: None) -> None:
        self._users = users
        self._tell_facts = on_facts
        self.facts = AccountFacts(SESSION_ENDED, "deactivated", "role", "block")
        # Set once everything is known that user_service has told so far.
        self.loaded = asyncio.Event()
        self._verifier = AsyncTokenVerifier(self._fetch_keys, facts=self.facts)

    async def principal_of(self, authorization: str) -> Principal:
        """Return who acts by the token that the header carries."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated
        return (await self._verifier.verify(token)).principal

    async def follow(self, bus: Bus) -> None:
        """Learn within a second of what changed about accounts, until cancelled."""
        wake = asyncio.Event()
        await bus.subscribe(FACTS_CHANNEL, lambda _: wake.set())
        await follow_facts(self.facts, get=self._users.get_json, on_facts=self._on_facts, wake=wake)

    async def _fetch_keys(self) -> Jwks:
        return await self._users.get_json("/.well-known/jwks.json", Jwks)

    def _on_facts(self, facts: list[Fact]) -> None:
        self._tell_facts(facts)
        if self.facts.loaded:
            self.loaded.set()
