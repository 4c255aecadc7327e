"""Reads logs and messages from SQLite: for workers that load, gateways that catch up, and people who page through."""

import sqlite3
from collections.abc import Iterable, Iterator
from functools import partial

from chatflow.protocol.objects import DeletedMessage, Message
from chatflow.wire.bus import Published
from chatflow.wire.log import LoadedRoom, LoadRoom, Snapshot
from chatflow.wire.reads import RoomEvents
from message_service.log.folding import is_gone, message_state, public_message
from message_service.log.late_events import published_or_unreadable
from message_service.log.records import RoomRecord
from message_service.log.room_objects import snapshot_of
from message_service.log.threads import is_own_thread
from message_service.stores.port import MessagePage, Reactor, Span
from message_service.stores.sizes import Sheet
from message_service.stores.spans import fill_page, numbers_of
from message_service.stores.sqlite.documents import MESSAGE_FIELDS, ROOM_KEY, Row, message_of_row, plain_message_of_row
from message_service.stores.sqlite.forms import full_id, full_time, full_type, short_id
from message_service.stores.sqlite.invites import living_invites
from message_service.stores.sqlite.lookups import (
    EVENTS_OF_ROOM,
    ITS_MESSAGE,
    MESSAGES_OF_ROOM,
    access_room,
    event_with_message,
    message_by_id,
    messages_by_id,
    room_by_id,
    rooms_by_id,
)
from message_service.stores.sqlite.reactions import reactions_by, reactions_of, reactor_page
from message_service.stores.sqlite.standings import memberships_in

EVENTS_AFTER = EVENTS_OF_ROOM + "WHERE r.id = ? AND e.seq > ? ORDER BY e.seq LIMIT ?"
NEWEST_EVENTS = EVENTS_OF_ROOM + "WHERE r.id = ? AND e.seq > ? ORDER BY e.seq DESC LIMIT ?"
MESSAGES_BETWEEN = MESSAGES_OF_ROOM + "WHERE r.id = ? AND m.n BETWEEN ? AND ? ORDER BY m.n"
PINNED = f"SELECT id FROM messages WHERE room = {ROOM_KEY} AND pinned_seq IS NOT NULL ORDER BY pinned_seq"  # noqa: S608
PINS = MESSAGES_OF_ROOM + "WHERE r.id = ? AND m.pinned_seq < ? AND m.seq >= ? ORDER BY m.pinned_seq DESC"
# The index begins with the thread, which is of one room.
REPLIES = (
    f"SELECT {MESSAGE_FIELDS} FROM messages AS m CROSS JOIN rooms AS r ON r.key = m.room AND r.id = ? "  # noqa: S608
    "WHERE m.thread = ? AND m.n > ? ORDER BY m.n LIMIT ?"
)
READ_THREAD = "SELECT read_n FROM thread_people WHERE user_id = ? AND thread = ?"
REFUSED = "SELECT 1 FROM thread_follows WHERE user_id = ? AND thread = ? AND NOT following"
TIME_AT = (
    "SELECT coalesce(e.at, m.at) FROM rooms AS r CROSS JOIN events AS e ON e.room = r.key "  # noqa: S608
    f"{ITS_MESSAGE} WHERE r.id = ? AND e.seq = ?"
)
N_AT = f"SELECT n FROM events WHERE room = {ROOM_KEY} AND seq <= ? ORDER BY seq DESC LIMIT 1"  # noqa: S608
# How many characters of packets one answer may carry.
ANSWER_CHARACTERS = 256 * 1024


def load_room(db: sqlite3.Connection, wanted: LoadRoom) -> LoadedRoom:
    """Return what was asked for; of the people who reacted to a message, only those who were asked about."""
    room = room_by_id(db, wanted.room_id)
    if room is None:
        return LoadedRoom(room_id=wanted.room_id, head=0, n=0)
    messages = messages_by_id(db, wanted.message_ids) if wanted.message_ids else {}
    return LoadedRoom(
        room_id=room.id,
        head=room.head,
        n=room.n,
        snapshot=load_snapshot(db, room) if wanted.snapshot else None,
        messages=[
            message_state(
                record,
                trimmed_n=room.trimmed_n,
                reactions=reactions_by(
                    db, record, [person for message, person in wanted.reactors if message == record.id]
                ),
            )
            for record in messages.values()
            if record.room_id == room.id
        ],
    )


def load_snapshot(db: sqlite3.Connection, room: RoomRecord) -> Snapshot:
    [at] = db.execute(TIME_AT, (room.id, room.head)).fetchone()
    if at is None:
        raise LookupError(f"the last event of {room.id} has lost its message")
    return snapshot_of(
        room,
        memberships_in(db, room.id),
        pins=pinned_ids(db, room.id),
        invites=living_invites(db, room.id),
        at=full_time(at),
    )


def pinned_ids(db: sqlite3.Connection, room_id: str) -> list[str]:
    return [full_id(message_id) for (message_id,) in db.execute(PINNED, (room_id,))]


def events_of_rooms(db: sqlite3.Connection, cursors: dict[str, int], *, limit: int, tail: bool) -> list[RoomEvents]:
    rooms = rooms_by_id(db, cursors)
    left = ANSWER_CHARACTERS
    answers = []
    for room_id, after in cursors.items():
        room = rooms.get(room_id)
        if room is None:
            answers.append(RoomEvents(room_id=room_id, head=0, events=[]))
            continue
        events: list[Published] = []
        if left > 0:
            events = events_of_room(db, room, after=after, limit=limit, tail=tail, characters=left)
            left -= sum(len(event.packet) for event in events)
        answers.append(RoomEvents(room_id=room_id, head=room.head, events=events))
    return answers


def events_of_room(
    db: sqlite3.Connection, room: RoomRecord, *, after: int, limit: int, tail: bool, characters: int
) -> list[Published]:
    """Return as many events as fit, in order, and at least one if there is any."""
    events: list[Published] = []
    for row in db.execute(NEWEST_EVENTS if tail else EVENTS_AFTER, (room.id, after, limit)):
        event = published_or_unreadable(
            partial(event_with_message, row),
            place=(row[0], row[1], row[2], full_type(row[3])),
            trimmed_n=room.trimmed_n,
        )
        characters -= len(event.packet)
        if characters < 0 and events:
            break
        events.append(event)
    return events[::-1] if tail else events


def message_page(db: sqlite3.Connection, room_id: str, span: Span, *, viewer: str | None) -> MessagePage:
    room = access_room(db, room_id)

    def read(first: int, last: int, newest_first: bool) -> Iterator[Message | DeletedMessage]:
        query = f"{MESSAGES_BETWEEN}{' DESC' if newest_first else ''}"
        return show(db, room, db.execute(query, (room_id, first, last)), viewer=viewer)

    numbers = numbers_of(span, n=room.n, n_at=lambda seq: n_at(db, room_id, seq))
    items, shown = fill_page(numbers, read=read)
    return MessagePage(items=items, head=room.head, has_before=shown.has_before, has_after=shown.has_after)


def show(
    db: sqlite3.Connection, room: RoomRecord, rows: Iterable[Row], *, viewer: str | None
) -> Iterator[Message | DeletedMessage]:
    """Yield messages in the form in which they are shown, each read when it is asked for."""
    for row in rows:
        plain = plain_message_of_row(row)
        if plain is not None and plain.n > room.trimmed_n:
            yield plain
        else:
            record = message_of_row(row)
            reactions = reactions_of(db, record, viewer=viewer)
            yield public_message(record, trimmed_n=room.trimmed_n, reactions=reactions)


def n_at(db: sqlite3.Connection, room_id: str, seq: int) -> int:
    row = db.execute(N_AT, (room_id, seq)).fetchone()
    return 0 if row is None else int(row[0])


def one_message(
    db: sqlite3.Connection, room_id: str, message_id: str, *, viewer: str | None
) -> Message | DeletedMessage | None:
    record = message_by_id(db, message_id)
    if record is None or record.room_id != room_id:
        return None
    trimmed_n = access_room(db, room_id).trimmed_n
    return public_message(record, trimmed_n=trimmed_n, reactions=reactions_of(db, record, viewer=viewer))


def reactors_of(
    db: sqlite3.Connection, room_id: str, message_id: str, emoji: str, *, after: tuple[int, str], limit: int
) -> list[Reactor]:
    record = message_by_id(db, message_id)
    if record is None or record.room_id != room_id:
        return []
    if is_gone(record, trimmed_n=access_room(db, room_id).trimmed_n):
        return []
    return reactor_page(db, record, emoji, after=after, limit=limit)


def pin_page(
    db: sqlite3.Connection, room_id: str, *, floor: int, before: int | None, viewer: str | None
) -> MessagePage:
    room = access_room(db, room_id)
    rows = db.execute(PINS, (room_id, room.head + 1 if before is None else before, floor))
    sheet = Sheet()
    items = sheet.take(show(db, room, rows, viewer=viewer))
    next_pin = messages_by_id(db, [items[-1].id])[items[-1].id].pinned_seq if sheet.is_full else None
    return MessagePage(items=items, head=room.head, has_before=False, has_after=sheet.is_full, next_pin=next_pin)


def thread_page(
    db: sqlite3.Connection,
    room_id: str,
    root_id: str,
    *,
    floor: int,
    after: int,
    limit: int,
    viewer: str | None,
) -> MessagePage:
    room = access_room(db, room_id)
    rows = db.execute(REPLIES, (room_id, short_id(root_id), n_at(db, room_id, max(after, floor - 1)), limit + 1))
    sheet = Sheet()
    items = sheet.take(show(db, room, rows, viewer=viewer), at_most=limit)
    read_n = None if viewer is None else thread_read_n(db, room_id, root_id, floor=floor, viewer=viewer)
    return MessagePage(items=items, head=room.head, has_before=False, has_after=sheet.is_full, thread_read_n=read_n)


def thread_read_n(db: sqlite3.Connection, room_id: str, root_id: str, *, floor: int, viewer: str) -> int | None:
    """Return up to which number the viewer has read a thread that they follow."""
    read = db.execute(READ_THREAD, (viewer, root_id)).fetchone()
    if read is not None:
        return int(read[0])
    root = message_by_id(db, root_id)
    if root is None or not is_own_thread(root, room_id=room_id, floor=floor, user_id=viewer):
        return None
    return None if db.execute(REFUSED, (viewer, root_id)).fetchone() else root.n
