"""Asks message_service for people's rooms, many in one call; their streams are kept, so that no event is missed."""

from typing import NamedTuple

from chatflow.http.service_client import ServiceClient
from chatflow.wire.reads import (
    ConnectAnswer,
    ConnectRequest,
    PersonRooms,
    RoomRow,
    RowsAnswer,
    RowsRequest,
    VersionsAnswer,
    VersionsRequest,
)
from gateway.delivery.delivery import Delivery, KeptStreams
from gateway.sessions.batching import CROWD_SECONDS, Batcher

ROOMS_AT_CONNECT = 500
# A larger call would take the store longer than its callers should wait for each other.
PEOPLE_PER_CALL = 100
ROWS_PER_CALL = 500
TIMEOUT_SECONDS = 5.0


class PersonAndStreams(NamedTuple):
    """A person's rooms, and their streams, which the caller must release."""

    person: PersonRooms
    kept: KeptStreams


class RowAndStreams(NamedTuple):
    """One row, None without a membership, and its stream, which the caller must release."""

    row: RoomRow | None
    kept: KeptStreams


class Membership:
    """Asks for people and for rows, both in batches; each answer comes with streams that are kept alive."""

    def __init__(self, messages: ServiceClient, delivery: Delivery) -> None:
        self._messages = messages
        self._delivery = delivery
        self._people = Batcher(
            self._ask_people,
            limit=PEOPLE_PER_CALL,
            pause=CROWD_SECONDS,
            discard=lambda answer: answer.kept.release(),
            stand_alone=True,
        )
        self._rows = Batcher(
            self._ask_rows, limit=ROWS_PER_CALL, discard=lambda answer: answer.kept.release(), stand_alone=True
        )

    async def person(self, user_id: str) -> PersonAndStreams:
        return await self._people.submit(user_id)

    async def row(self, user_id: str, room_id: str) -> RowAndStreams:
        return await self._rows.submit((user_id, room_id))

    async def versions(self, user_ids: list[str]) -> dict[str, int]:
        answer = await self._messages.call(
            "/internal/versions", VersionsRequest(user_ids=user_ids), VersionsAnswer, idempotent=True
        )
        return answer.versions

    async def _ask_people(self, user_ids: list[str]) -> list[PersonAndStreams]:
        with self._delivery.noting_heads() as seen:
            answer = await self._messages.call(
                "/internal/connect",
                ConnectRequest(user_ids=list(dict.fromkeys(user_ids)), limit=ROOMS_AT_CONNECT),
                ConnectAnswer,
                timeout_seconds=TIMEOUT_SECONDS,
                idempotent=True,
            )
            people = {person.user_id: person for person in answer.people}
            nobody = {
                user_id: PersonRooms(user_id=user_id, rooms_version=0, rows=[], more=False, room_heads={})
                for user_id in user_ids
                if user_id not in people
            }
            people |= nobody
            return [
                PersonAndStreams(people[user_id], self._delivery.keep_streams(heads_of(people[user_id]), seen))
                for user_id in user_ids
            ]

    async def _ask_rows(self, pairs: list[tuple[str, str]]) -> list[RowAndStreams]:
        with self._delivery.noting_heads() as seen:
            answer = await self._messages.call(
                "/internal/rows",
                RowsRequest(pairs=list(dict.fromkeys(pairs))),
                RowsAnswer,
                timeout_seconds=TIMEOUT_SECONDS,
                idempotent=True,
            )
            rows = {(user_id, row.room.id): row for user_id, row in answer.rows}
            found = []
            for pair in pairs:
                row = rows.get(pair)
                heads = {} if row is None else {row.room.id: row.room.head}
                found.append(RowAndStreams(row, self._delivery.keep_streams(heads, seen)))
            return found


def heads_of(person: PersonRooms) -> dict[str, int]:
    """Return the seq at which each membership is known to be true; a row is at least as new as the list."""
    return person.room_heads | {row.room.id: row.room.head for row in [*person.rows, *person.hidden]}
