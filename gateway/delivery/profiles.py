"""Tells the sockets here of public profiles that changed: the newest one of each person, together, once a second."""

from typing import Any

from chatflow.auth.account_facts.pages import Fact, ProfileChanged
from chatflow.auth.account_facts.replica import AccountFacts
from chatflow.wire.bus import UserChanged
from gateway.delivery.merging import Merged
from gateway.engine.outbound import Outbound
from gateway.engine.packets import event_packet
from gateway.sessions.connection import Connections
from gateway.sessions.known_users import KnownUsers, with_status_of_today


class Profiles:
    def __init__(
        self, facts: AccountFacts, *, outbound: Outbound, connections: Connections, known_users: KnownUsers
    ) -> None:
        self._facts = facts
        self._known_users = known_users
        # Changed profiles that people here have not been told of yet.
        self._changed: dict[str, dict[str, Any]] = {}
        # All of them are told: a gateway does not know who shares a room with whom.
        self._merged = Merged(outbound, audience=lambda user_id: connections, packet=self._packet_about)

    async def close(self) -> None:
        await self._merged.close()

    def on_facts(self, facts: list[Fact]) -> None:
        for fact in facts:
            if isinstance(fact, ProfileChanged):
                self._notify(fact.user)

    def take(self, signal: UserChanged) -> None:
        """Tell what a user_service from before account facts announces. Any other has it in the feed as well."""
        if self._facts.is_from_older_service:
            self._notify(signal.user)

    def _notify(self, user: dict[str, Any]) -> None:
        user_id = str(user.get("id"))
        self._known_users.forget(user_id)
        self._changed[user_id] = with_status_of_today(user)
        self._merged.notify(user_id)

    def _packet_about(self, user_id: str) -> str | None:
        """Return the packet for a changed profile, or None if an earlier round has told its newest state already."""
        user = self._changed.pop(user_id, None)
        return None if user is None else event_packet("user", {"user": user})
