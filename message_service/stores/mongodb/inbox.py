"""What MongoDB finds for a person's inbox, each by an index, and what it keeps of it."""

from collections.abc import Iterator, Sequence

from chatflow.protocol.objects import DeletedMessage, Message
from chatflow.wire.personal import ThreadMark
from chatflow.wire.reads import ReadMark, ReadPosition, RoomRow
from message_service.log.folding import public_message
from message_service.log.inbox import (
    CALLS_IN_A_ROOM,
    DONE_AT_MOST,
    ROOMS_LOOKED_AT,
    Call,
    Place,
    UnreadRoom,
    is_open,
)
from message_service.log.records import EVERYONE
from message_service.stores.inbox import Numbered, Said
from message_service.stores.mongodb import people, read_positions, threads
from message_service.stores.mongodb.database import Document, MongoDatabase, insert_absent
from message_service.stores.mongodb.documents import access_record
from message_service.stores.mongodb.newest import Wanted, newest_above
from message_service.stores.mongodb.projections import catch_up
from message_service.stores.mongodb.reactions import reactions_of
from message_service.stores.mongodb.standings import standing_of
from message_service.stores.port import ThreadPage

CALL_FIELDS: Document = {"room_id": 1, "n": 1, "seq": 1, "at": 1, "actor": 1, "badge.keys": 1}
DIRECT_ROOMS_AT_ONCE = 50


class MongodbInbox:
    """See `message_service.stores.inbox.InboxSource`; one call is of one session."""

    def __init__(self, db: MongoDatabase) -> None:
        self._db = db

    def unread_rooms(self, user_id: str) -> list[UnreadRoom]:
        found = self._db.memberships.find({"user_id": user_id, "is_member": True})
        standings = {str(one["room_id"]): standing_of(one) for one in found}
        rooms = catch_up(self._db, standings).values()
        unread = [UnreadRoom(room, standings[room.id]) for room in rooms if is_open(room, standings[room.id])]
        return sorted(unread, key=lambda one: (one.room.active_at, one.room.id), reverse=True)[:ROOMS_LOOKED_AT]

    def calls(self, user_id: str, rooms: Sequence[UnreadRoom]) -> Iterator[Call]:
        yield from self._named(user_id, rooms)
        yield from self._answered(user_id, rooms)
        yield from self._said_directly(user_id, rooms)

    def _named(self, user_id: str, rooms: Sequence[UnreadRoom]) -> Iterator[Call]:
        own = {f"{one.room.id}:{user_id}" for one in rooms}
        above = [(f"{one.room.id}:{key}", one.read_n) for one in rooms for key in (user_id, EVERYONE)]
        others: Document = {"actor": {"$ne": user_id}}
        wanted = Wanted(self._db.events, "badge.keys", "badge.n", others, CALL_FIELDS)
        for found in newest_above(wanted, above, each=CALLS_IN_A_ROOM):
            is_named = not own.isdisjoint(found["badge"]["keys"])
            yield Call(found["room_id"], found["n"], found["seq"], found["at"], "mention" if is_named else "all")

    def _answered(self, user_id: str, rooms: Sequence[UnreadRoom]) -> Iterator[Call]:
        above = [(f"{one.room.id}:{user_id}", one.read_n) for one in rooms]
        wanted = Wanted(self._db.answers, "key", "n", {}, {"_id": 0})
        for found in newest_above(wanted, above, each=CALLS_IN_A_ROOM):
            yield Call(found["room_id"], found["n"], found["seq"], found["at"], "reply")

    def _said_directly(self, user_id: str, rooms: Sequence[UnreadRoom]) -> Iterator[Call]:
        """Messages have numbers without a gap, so a range of them is never longer than it says."""
        direct = [one for one in rooms if one.room.kind == "direct"]
        for first in range(0, len(direct), DIRECT_ROOMS_AT_ONCE):
            some = direct[first : first + DIRECT_ROOMS_AT_ONCE]
            newest = [
                {"room_id": one.room.id, "message_n": {"$gt": max(one.read_n, one.room.n - CALLS_IN_A_ROOM)}}
                for one in some
            ]
            for found in self._db.events.find({"$or": newest}, CALL_FIELDS | {"message.deleted": 1}):
                if found["actor"] != user_id and not found["message"]["deleted"]:
                    yield Call(found["room_id"], found["n"], found["seq"], found["at"], "direct")

    def done(self, user_id: str) -> set[Numbered]:
        found = self._db.inbox_done.find({"user_id": user_id}, {"room_id": 1, "n": 1})
        return {(str(one["room_id"]), int(one["n"])) for one in found}

    def messages(self, places: Sequence[Numbered], *, viewer: str) -> dict[Numbered, Message | DeletedMessage]:
        if not places:
            return {}
        rooms = catch_up(self._db, {room_id for room_id, _ in places})
        wanted = [{"room_id": room_id, "message_n": n} for room_id, n in dict.fromkeys(places)]
        records = [access_record(one) for one in self._db.events.find({"$or": wanted})]
        reactions = reactions_of(self._db, records, viewer=viewer)
        return {
            (one.room_id, one.n): public_message(
                one, trimmed_n=rooms[one.room_id].trimmed_n, reactions=reactions.get(one.id, [])
            )
            for one in records
        }

    def rows(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[str, RoomRow]]:
        return people.rows_of_pairs(self._db, pairs)

    def threads_of(self, user_id: str, *, unread: bool, after: Place | None, limit: int) -> ThreadPage:
        return threads.threads_of(self._db, user_id, unread=unread, after=after, limit=limit)

    def readable_at(self, user_id: str, places: Sequence[tuple[str, int]]) -> list[Said]:
        rooms = catch_up(self._db, {room_id for room_id, _ in places})
        standings = people.standings_of(self._db, [(user_id, room_id) for room_id in rooms])
        first = {
            room_id: standing.joined_seq if rooms[room_id].history == "joined" else 1
            for (_, room_id), standing in standings.items()
        }
        wanted = [
            {"room_id": room_id, "seq": seq}
            for room_id, seq in dict.fromkeys(places)
            if room_id in first and seq >= first[room_id]
        ]
        found = self._db.events.find({"$or": wanted}) if wanted else ()
        records = [access_record(one) for one in found if "message" in one]
        return [Said(one.room_id, one.seq, one.n, one.at, one.thread or one.id) for one in records]

    def keep_done(self, user_id: str, said: Sequence[Said]) -> None:
        if not said:
            return
        standings = people.standings_of(self._db, [(user_id, room_id) for room_id in {one.room_id for one in said}])
        read_n = {room_id: standing.read_n for (_, room_id), standing in standings.items()}
        documents = [
            {
                "_id": f"{user_id}:{one.room_id}:{one.n}",
                "user_id": user_id,
                "room_id": one.room_id,
                "n": one.n,
                "at": one.at,
            }
            for one in said
            if one.n > read_n.get(one.room_id, one.n)
        ]
        insert_absent(self._db.inbox_done, documents)
        for room_id, n in read_n.items():
            self._db.inbox_done.delete_many({"user_id": user_id, "room_id": room_id, "n": {"$lte": n}})
        newest_first = self._db.inbox_done.find({"user_id": user_id}, {"_id": 1}).sort([("at", -1)])
        if oldest := [one["_id"] for one in newest_first.skip(DONE_AT_MOST)]:
            self._db.inbox_done.delete_many({"_id": {"$in": oldest}})

    def mark_read(self, marks: Sequence[ReadMark]) -> list[ReadPosition]:
        return read_positions.mark_read(self._db, marks)

    def read_threads(self, marks: Sequence[ThreadMark]) -> list[int | None]:
        return threads.read_threads(self._db, marks)
