"""Notices by version what no signal told: each person's rooms, compared every few seconds for everybody here."""

import asyncio

import structlog

from chatflow.errors import ChatFlowError
from gateway.connection import People
from gateway.membership_asks import MembershipAsks
from gateway.reception import Reception

log = structlog.get_logger(__name__)

COMPARE_SECONDS = 3.0
PEOPLE_PER_CALL = 2000


async def follow_versions(people: People, asks: MembershipAsks, reception: Reception) -> None:
    """Show people the rooms whose signal was lost, and take those away that they hid, until cancelled."""
    while True:
        await asyncio.sleep(COMPARE_SECONDS)
        ids = people.ids()
        for start in range(0, len(ids), PEOPLE_PER_CALL):
            try:
                versions = await asks.versions(ids[start : start + PEOPLE_PER_CALL])
                for user_id, version in versions.items():
                    if people.rooms_versions.get(user_id, version) != version:
                        await show_missing(user_id, people, asks, reception)
            except ChatFlowError as error:
                log.warning("rooms cannot be compared", error=str(error))


async def show_missing(user_id: str, people: People, asks: MembershipAsks, reception: Reception) -> None:
    person, hold = await asks.person(user_id)
    with hold:
        if user_id in people:
            people.rooms_versions[user_id] = person.rooms_version
        for room_id in person.room_heads:
            if any(connection.is_ready and room_id not in connection.rooms for connection in people.of(user_id)):
                reception.show_room(user_id, room_id)
        for row in person.hidden:
            reception.hide_room(user_id, row.room.id)
