"""People's data on MongoDB: their rooms with counts, and the versions of their lists."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from chatflow.wire.reads import PersonRooms, RoomRow, Unshown
from message_service.log.records import EVERYONE, RoomRecord
from message_service.log.room_objects import Standing, room_row
from message_service.stores.mongodb.database import Document, MongoDatabase
from message_service.stores.mongodb.history import read_still
from message_service.stores.mongodb.projections import catch_up, membership_id
from message_service.stores.mongodb.standings import standing_of
from message_service.stores.sizes import Answer

Pair = tuple[str, str]


def rooms_of_people(db: MongoDatabase, user_ids: Iterable[str], *, limit: int) -> list[PersonRooms]:
    asked = list(user_ids)
    versions = versions_of(db, asked)
    answer = Answer()
    return [person_rooms(db, user_id, answer, version=versions[user_id], limit=limit) for user_id in asked]


def person_rooms(db: MongoDatabase, user_id: str, answer: Answer, *, version: int, limit: int) -> PersonRooms:
    memberships, rooms, hidden_rooms = list_rooms(db, user_id)
    newest = newest_first(rooms)
    found = rows_of_pairs(db, [(user_id, room.id) for room in newest[:limit]])
    rows = answer.take(row for _, row in found)
    heads = {row.room.id: row.room.head for _, row in found}
    shown = {row.room.id for row in rows}
    return PersonRooms(
        user_id=user_id,
        rooms_version=version,
        rows=rows,
        more=len(newest) > limit or len(rows) < len(found),
        room_heads={room.id: room.head for room in newest[limit:]} | heads,
        unshown={
            room.id: Unshown(memberships[room.id]["joined_seq"], room.history)
            for room in newest
            if room.id not in shown
        },
        hidden=[
            row for _, row in rows_of_pairs(db, [(user_id, room.id) for room in newest_first(hidden_rooms)[:limit]])
        ],
    )


def list_rooms(db: MongoDatabase, user_id: str) -> tuple[dict[str, Document], list[RoomRecord], list[RoomRecord]]:
    """Return the person's memberships, their rooms, and those rooms that they hide until the next message."""
    wanted = {"user_id": user_id, "is_member": True}
    found = db.memberships.find(wanted, {"room_id": 1, "hidden_n": 1, "joined_seq": 1})
    memberships: dict[str, Document] = {one["room_id"]: one for one in found}
    hidden_n: dict[str, int] = {room_id: one.get("hidden_n", -1) for room_id, one in memberships.items()}
    rooms = catch_up(db, hidden_n).values()
    return (
        memberships,
        [room for room in rooms if room.n > hidden_n[room.id]],
        [room for room in rooms if room.n <= hidden_n[room.id]],
    )


def newest_first(rooms: Iterable[RoomRecord]) -> list[RoomRecord]:
    return sorted(rooms, key=lambda room: (room.active_at, room.id), reverse=True)


def rows_of_person(
    db: MongoDatabase, user_id: str, *, after: tuple[str, str] | None, limit: int
) -> list[tuple[str, RoomRow]]:
    """Return (active_at, row), most recently active first."""
    _, rooms, _ = list_rooms(db, user_id)
    newest = sorted(((room.active_at, room.id) for room in rooms), reverse=True)
    wanted = [place for place in newest if after is None or place < after][:limit]
    rows = rows_of_pairs(db, [(user_id, room_id) for _, room_id in wanted])
    active_at = {room_id: at for at, room_id in wanted}
    return [(active_at[row.room.id], row) for _, row in rows]


def rows_of_pairs(db: MongoDatabase, pairs: Sequence[Pair]) -> list[tuple[str, RoomRow]]:
    """Return the rows of those pairs that are memberships, in their order."""
    people: dict[str, list[str]] = {}
    for user_id, room_id in pairs:
        people.setdefault(room_id, []).append(user_id)

    def read(rooms: dict[str, RoomRecord]) -> dict[str, list[tuple[str, RoomRow]]]:
        standings = standings_of(db, [(user_id, room_id) for room_id in rooms for user_id in people[room_id]])
        unread = {pair: one for pair, one in standings.items() if rooms[pair[1]].n > one.read_n}
        deleted, mentions = count_deleted(db, unread), count_mentions(db, unread)
        rows: dict[str, list[tuple[str, RoomRow]]] = {room_id: [] for room_id in rooms}
        for pair, standing in standings.items():
            row = room_row(rooms[pair[1]], standing, deleted=deleted.get(pair, 0), mentions=mentions.get(pair, 0))
            rows[pair[1]].append((pair[0], row))
        return rows

    told = read_still(db, people, read)
    found = {(user_id, row.room.id): row for rows in told.values() for user_id, row in rows}
    return [(pair[0], found[pair]) for pair in pairs if pair in found]


def standings_of(db: MongoDatabase, pairs: Sequence[Pair]) -> dict[Pair, Standing]:
    """Return the standings of those pairs that are memberships."""
    keys = [membership_id(room_id, user_id) for user_id, room_id in pairs]
    documents = db.memberships.find({"_id": {"$in": keys}, "is_member": True})
    return {(document["user_id"], document["room_id"]): standing_of(document) for document in documents}


def count_deleted(db: MongoDatabase, standings: dict[Pair, Standing]) -> dict[Pair, int]:
    """Count the deleted messages by others after each read position."""
    if not standings:
        return {}
    asked = [{"gone.room_id": room_id, "gone.n": {"$gt": read_n}} for room_id, read_n in least_read(standings).items()]
    numbers, own = Numbers(), Numbers()
    for found in db.events.find({"$or": asked}, {"gone": 1, "actor": 1}):
        room_id, n = found["gone"]["room_id"], found["gone"]["n"]
        numbers.add(room_id, n)
        own.add(membership_id(room_id, found["actor"]), n)
    return {
        (user_id, room_id): numbers.count(room_id, above=standing.read_n)
        - own.count(membership_id(room_id, user_id), above=standing.read_n)
        for (user_id, room_id), standing in standings.items()
    }


def count_mentions(db: MongoDatabase, standings: dict[Pair, Standing]) -> dict[Pair, int]:
    """Count the messages by others after each read position that address the person."""
    if not standings:
        return {}
    asked = [
        {"badge.keys": {"$in": badges(pair)}, "badge.n": {"$gt": standing.read_n}}
        for pair, standing in standings.items()
    ]
    numbers, own = Numbers(), Numbers()
    for found in db.events.find({"$or": asked}, {"badge": 1, "room_id": 1, "actor": 1}):
        keys, n = found["badge"]["keys"], found["badge"]["n"]
        for key in keys:
            numbers.add(key, n)
        pair = (found["actor"], found["room_id"])
        if any(key in keys for key in badges(pair)):
            own.add(membership_id(found["room_id"], found["actor"]), n)
    # A message is either for everyone or for some people, never for both.
    return {
        pair: sum(numbers.count(key, above=standing.read_n) for key in badges(pair))
        - own.count(membership_id(pair[1], pair[0]), above=standing.read_n)
        for pair, standing in standings.items()
    }


class Numbers:
    """Message numbers by key, so that they can be counted from many positions."""

    def __init__(self) -> None:
        self._numbers: dict[str, list[int]] = {}
        self._sorted: set[str] = set()

    def add(self, key: str, n: int) -> None:
        self._numbers.setdefault(key, []).append(n)

    def count(self, key: str, *, above: int) -> int:
        numbers = self._numbers.get(key, [])
        if key not in self._sorted:
            numbers.sort()
            self._sorted.add(key)
        return len(numbers) - bisect_right(numbers, above)


def least_read(standings: dict[Pair, Standing]) -> dict[str, int]:
    """Return the lowest read position in each room."""
    least: dict[str, int] = {}
    for (_, room_id), standing in standings.items():
        least[room_id] = min(standing.read_n, least.get(room_id, standing.read_n))
    return least


def badges(pair: Pair) -> list[str]:
    user_id, room_id = pair
    return [f"{room_id}:{user_id}", f"{room_id}:{EVERYONE}"]


def versions_of(db: MongoDatabase, user_ids: Iterable[str]) -> dict[str, int]:
    asked = list(user_ids)
    found = {one["_id"]: int(one["rooms_version"]) for one in db.people.find({"_id": {"$in": asked}})}
    return dict.fromkeys(asked, 0) | found
