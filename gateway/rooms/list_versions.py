"""Finds changes in people's lists of rooms whose signal may have been lost, by the version of each list.

Versions are asked for only after a loss: of a publication, of the bus, or of a process that may have had something to
tell. As long as nothing is lost, idle connections cost no question.
"""

import asyncio
from collections.abc import Sequence

import structlog

from chatflow.batches import batches
from chatflow.errors import ChatFlowError
from gateway.rooms.membership import Membership
from gateway.sessions.connection import Connections
from gateway.sessions.lifecycle import Lifecycle

log = structlog.get_logger(__name__)

# The pause between comparisons, however much is lost: a bus that keeps losing must not cause a flood of questions.
COMPARE_SECONDS = 3.0
PEOPLE_PER_CALL = 2000
# People whose list differs are asked for with all their rooms, this many at a time.
LISTS_AT_ONCE = 100


class ListVersions:
    def __init__(self, connections: Connections, membership: Membership, lifecycle: Lifecycle) -> None:
        self._connections = connections
        self._membership = membership
        self._lifecycle = lifecycle

    async def run(self) -> None:
        """Show people the rooms whose signal was lost, and take away those that they hid; runs until cancelled."""
        while True:
            await asyncio.sleep(COMPARE_SECONDS)
            user_ids, self._connections.to_recheck = list(self._connections.to_recheck), set()
            for page in batches(user_ids, PEOPLE_PER_CALL):
                try:
                    await self._compare(page)
                except ChatFlowError as error:
                    log.warning("rooms cannot be compared", error=str(error))
                    self._connections.to_recheck.update(
                        user_id for user_id in page if self._connections.is_here(user_id)
                    )

    async def _compare(self, user_ids: Sequence[str]) -> None:
        known = self._connections.rooms_versions
        # The rooms of people who are being let in may have been read before the loss: compare them the next time.
        self._connections.to_recheck.update(
            user_id for user_id in user_ids if self._connections.is_here(user_id) and user_id not in known
        )
        versions = await self._membership.versions(list(user_ids))
        differing = [user_id for user_id, version in versions.items() if known.get(user_id, version) != version]
        for some in batches(differing, LISTS_AT_ONCE):
            await asyncio.gather(*map(self._show_missing, some))

    async def _show_missing(self, user_id: str) -> None:
        try:
            person, kept = await self._membership.person(user_id)
        except ChatFlowError as error:
            log.warning("rooms cannot be shown", error=str(error))
            self._connections.recheck(user_id)
            return
        with kept:
            if self._connections.is_here(user_id):
                self._connections.rooms_versions[user_id] = person.rooms_version
            for room_id in person.room_heads:
                connections = self._connections.of(user_id)
                if any(connection.is_ready and room_id not in connection.rooms for connection in connections):
                    self._lifecycle.show_room(user_id, room_id)
            for row in person.hidden:
                self._lifecycle.hide_room(user_id, row.room.id)
