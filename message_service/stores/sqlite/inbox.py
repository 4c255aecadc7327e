"""What SQLite finds for a person's inbox, each by an index, and what it keeps of it."""

import sqlite3
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
    Why,
    is_open,
)
from message_service.log.records import EVERYONE
from message_service.stores.inbox import Numbered, Said
from message_service.stores.port import ThreadPage
from message_service.stores.sqlite import people, read_positions, threads
from message_service.stores.sqlite.documents import MESSAGE_FIELDS, ROOM_COLUMNS, message_of_row, room_of_row
from message_service.stores.sqlite.forms import CREATED, full_time, short_id
from message_service.stores.sqlite.lookups import rooms_by_id
from message_service.stores.sqlite.people import ROOM_WIDTH
from message_service.stores.sqlite.reactions import reactions_of
from message_service.stores.sqlite.standings import STANDING_COLUMNS, standing_of_row

FIELDS = ", ".join(
    [
        *(f"r.{name}" for name in ROOM_COLUMNS.split(", ")),
        *(f"s.{name}" for name in STANDING_COLUMNS.split(", ")),
    ]
)
UNREAD_ROOMS = f"""SELECT {FIELDS} FROM memberships AS s CROSS JOIN rooms AS r ON r.id = s.room_id
    WHERE s.user_id = ? AND s.is_member AND r.n > s.read_n AND (s.hidden_n IS NULL OR r.n > s.hidden_n)
    ORDER BY r.active_at DESC, r.id DESC LIMIT {ROOMS_LOOKED_AT}"""  # noqa: S608
# To be followed by what says whose they are. People's own messages do not call them.
NEWEST = f"SELECT m.n, m.seq, m.at FROM rooms AS r CROSS JOIN {{}} ORDER BY {{}}.n DESC LIMIT {CALLS_IN_A_ROOM}"  # noqa: S608
NOTED = (
    "{} AS c ON c.room_id = r.id CROSS JOIN messages AS m ON m.room = r.key AND m.n = c.n "
    "WHERE r.id = ? AND c.user_id = ? AND c.n > ? AND m.sender <> ? AND NOT m.deleted"
)
CALLED = NEWEST.format(NOTED.format("mentions"), "c")
ANSWERED = NEWEST.format(NOTED.format("answers"), "c")
SAID_IN_ROOM = NEWEST.format(
    "messages AS m ON m.room = r.key WHERE r.id = ? AND m.n > ? AND m.sender <> ? AND NOT m.deleted", "m"
)
BY_NUMBER = (
    f"SELECT {MESSAGE_FIELDS} FROM rooms AS r CROSS JOIN messages AS m ON m.room = r.key "  # noqa: S608
    "WHERE r.id = ? AND m.n = ?"
)
READABLE = (
    f"SELECT {MESSAGE_FIELDS} FROM rooms AS r "  # noqa: S608
    "CROSS JOIN memberships AS s ON s.room_id = r.id AND s.user_id = ? AND s.is_member "
    "CROSS JOIN events AS e ON e.room = r.key AND e.seq = ? CROSS JOIN messages AS m ON m.room = e.room AND m.n = e.n "
    f"WHERE r.id = ? AND e.type = {CREATED} AND (r.history <> 'joined' OR e.seq >= s.joined_seq)"
)
DONE = "SELECT room_id, n FROM inbox_done WHERE user_id = ?"
KEEP = """INSERT INTO inbox_done (user_id, room_id, n, at)
    SELECT user_id, room_id, ?3, ?4 FROM memberships WHERE room_id = ?2 AND user_id = ?1 AND read_n < ?3
    ON CONFLICT DO NOTHING"""
FORGET_READ = """DELETE FROM inbox_done WHERE user_id = ?1 AND room_id = ?2
    AND n <= (SELECT read_n FROM memberships WHERE room_id = ?2 AND user_id = ?1)"""
FORGET_OLDEST = f"""DELETE FROM inbox_done WHERE user_id = ?1 AND (room_id, n) IN (
    SELECT room_id, n FROM inbox_done WHERE user_id = ?1 ORDER BY at DESC LIMIT -1 OFFSET {DONE_AT_MOST})"""  # noqa: S608


class SqliteInbox:
    """See `message_service.stores.inbox.InboxSource`; of one state of the database, or within one transaction."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def unread_rooms(self, user_id: str) -> list[UnreadRoom]:
        found = [
            UnreadRoom(room_of_row(row[:ROOM_WIDTH]), standing_of_row(row[ROOM_WIDTH:]))
            for row in self._db.execute(UNREAD_ROOMS, (user_id,))
        ]
        return [one for one in found if is_open(*one)]

    def calls(self, user_id: str, rooms: Sequence[UnreadRoom]) -> Iterator[Call]:
        me = short_id(user_id)
        for one in rooms:
            room_id, read_n = one.room.id, one.read_n
            yield from self._calls(room_id, "mention", CALLED, (room_id, user_id, read_n, me))
            yield from self._calls(room_id, "all", CALLED, (room_id, EVERYONE, read_n, me))
            yield from self._calls(room_id, "reply", ANSWERED, (room_id, user_id, read_n, me))
            if one.room.kind == "direct":
                yield from self._calls(room_id, "direct", SAID_IN_ROOM, (room_id, read_n, me))

    def _calls(self, room_id: str, why: Why, query: str, asked: Sequence[object]) -> Iterator[Call]:
        for n, seq, at in self._db.execute(query, asked).fetchall():
            yield Call(room_id, n, seq, full_time(at), why)

    def done(self, user_id: str) -> set[Numbered]:
        return set(self._db.execute(DONE, (user_id,)).fetchall())

    def messages(self, places: Sequence[Numbered], *, viewer: str) -> dict[Numbered, Message | DeletedMessage]:
        rooms = rooms_by_id(self._db, {room_id for room_id, _ in places})
        found: dict[Numbered, Message | DeletedMessage] = {}
        for place in places:
            row = self._db.execute(BY_NUMBER, place).fetchone()
            if row is not None:
                record = message_of_row(row)
                reactions = reactions_of(self._db, record, viewer=viewer)
                found[place] = public_message(record, trimmed_n=rooms[place[0]].trimmed_n, reactions=reactions)
        return found

    def rows(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[str, RoomRow]]:
        return people.rows_of_pairs(self._db, pairs)

    def threads_of(self, user_id: str, *, unread: bool, after: Place | None, limit: int) -> ThreadPage:
        return threads.threads_of(self._db, user_id, unread=unread, after=after, limit=limit)

    def readable_at(self, user_id: str, places: Sequence[tuple[str, int]]) -> list[Said]:
        rows = [self._db.execute(READABLE, (user_id, seq, room_id)).fetchone() for room_id, seq in places]
        found = [message_of_row(row) for row in rows if row is not None]
        return [Said(one.room_id, one.seq, one.n, one.at, one.thread or one.id) for one in found]

    def keep_done(self, user_id: str, said: Sequence[Said]) -> None:
        self._db.executemany(KEEP, [(user_id, one.room_id, one.n, one.at) for one in said])
        self._db.executemany(FORGET_READ, [(user_id, room_id) for room_id in {one.room_id for one in said}])
        self._db.execute(FORGET_OLDEST, (user_id,))

    def mark_read(self, marks: Sequence[ReadMark]) -> list[ReadPosition]:
        return read_positions.mark_read(self._db, marks)

    def read_threads(self, marks: Sequence[ThreadMark]) -> list[int | None]:
        return threads.read_threads(self._db, marks)
