"""Converts records to rows of SQLite and back; empty lists and mappings are NULL, nested values are JSON.

What is made of a row gets its fields in their order and without their names, which would take twice as long and, where
they are more than fifteen, five times.
"""

from typing import Any

import msgspec

from chatflow.protocol.events import MessageCreated
from chatflow.protocol.objects import Attachment, Mentions, Message, Preview
from chatflow.wire.log import Entry
from message_service.log.late_events import stored_event
from message_service.log.names import open_name
from message_service.log.records import MessageRecord, RoomRecord, StoredEvent
from message_service.log.sort_keys import sort_key
from message_service.stores.sqlite.forms import (
    CREATED,
    full_id,
    full_id_if,
    full_person,
    full_time,
    full_time_if,
    full_type,
    short_id,
    short_op,
    short_person,
    short_time,
    short_type,
)

Row = tuple[Any, ...]

# As they are written. What reads them begins with the room's id, which stands in its row alone.
# The first columns say all about most messages; what is not written is null, and costs nothing to write.
PLAIN_EVENT_COLUMNS = ("room", "seq", "n", "type", "position")
EVENT_COLUMNS = (*PLAIN_EVENT_COLUMNS, "actor", "at", "id", "target_n", "detail")
PLAIN_MESSAGE_COLUMNS = ("room", "n", "id", "seq", "cid", "sender", "at", "text", "deleted")
MESSAGE_COLUMNS = (
    *PLAIN_MESSAGE_COLUMNS, "mentions", "attachments", "reply_to", "thread", "edited_at", "edited_seq", "reactions",
    "previews", "pinned_seq", "as_of", "replies", "last_reply_n", "last_reply_at", "repliers",
)  # fmt: skip
PLAIN_WIDTH = len(PLAIN_MESSAGE_COLUMNS)
NOTHING_MORE = (None,) * (len(MESSAGE_COLUMNS) - PLAIN_WIDTH)
EVENT_FIELDS = "r.id, e.seq, e.n, e.type, e.actor, e.at, e.id, e.target_n, e.detail"
MESSAGE_FIELDS = ", ".join(["r.id", *(f"m.{name}" for name in MESSAGE_COLUMNS[1:])])
ROOM_COLUMNS = (
    "id, kind, name, topic, private, archived, retention_days, history, peers, member_count, head, n, active_at, "
    "trimmed_n, description"
)

# Rooms have a number in the tables that grow with every message.
ROOM_KEY = "(SELECT key FROM rooms WHERE id = ?)"
INSERT_EVENT = f"INSERT INTO events ({', '.join(EVENT_COLUMNS)}) VALUES ({', '.join('?' * 10)})"  # noqa: S608
INSERT_PLAIN_EVENT = f"INSERT INTO events ({', '.join(PLAIN_EVENT_COLUMNS)}) VALUES (?, ?, ?, ?, ?)"  # noqa: S608
INSERT_OP = "INSERT INTO ops (room, op, seq) VALUES (?, ?, ?)"
INSERT_MESSAGE = f"INSERT INTO messages ({', '.join(MESSAGE_COLUMNS)}) VALUES ({', '.join('?' * 23)})"  # noqa: S608
INSERT_PLAIN_MESSAGE = f"INSERT INTO messages ({', '.join(PLAIN_MESSAGE_COLUMNS)}) VALUES ({', '.join('?' * 9)})"  # noqa: S608
UPDATE_MESSAGE = (
    "UPDATE messages SET text = ?, mentions = ?, attachments = ?, edited_at = ?, edited_seq = ?, deleted = ?, "  # noqa: S608
    "reactions = ?, previews = ?, pinned_seq = ?, as_of = ?, replies = ?, last_reply_n = ?, last_reply_at = ?, "
    f"repliers = ? WHERE room = {ROOM_KEY} AND n = ?"
)
# No REPLACE: that would empty the columns of a newer version.
WRITE_ROOM = (
    f"INSERT INTO rooms ({ROOM_COLUMNS}, sort_key, topic_key, look_key, key) "  # noqa: S608
    f"VALUES ({', '.join('?' * 19)}) "
    "ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, name = excluded.name, topic = excluded.topic, "
    "private = excluded.private, archived = excluded.archived, retention_days = excluded.retention_days, "
    "history = excluded.history, peers = excluded.peers, member_count = excluded.member_count, head = excluded.head, "
    "n = excluded.n, active_at = excluded.active_at, trimmed_n = excluded.trimmed_n, "
    "description = excluded.description, sort_key = excluded.sort_key, topic_key = excluded.topic_key, "
    "look_key = excluded.look_key"
)
MOVE_ROOM = "UPDATE rooms SET head = ?, n = ?, active_at = ? WHERE id = ?"

encode = msgspec.json.Encoder().encode
decode_detail = msgspec.json.Decoder(dict[str, Any]).decode
decode_mentions = msgspec.json.Decoder(Mentions).decode
decode_attachments = msgspec.json.Decoder(list[Attachment]).decode
decode_reactions = msgspec.json.Decoder(dict[str, int]).decode
decode_previews = msgspec.json.Decoder(list[Preview]).decode
decode_people = msgspec.json.Decoder(list[str]).decode

NOBODY = Mentions()


def as_json(value: Any) -> str | None:
    return encode(value).decode() if value else None


def row_of_event(entry: Entry, *, room: int, position: int) -> Row:
    """Return the event's row, or a plain one; what it says as the message does that it creates stands there alone."""
    event = entry.event
    is_told = False
    if type(event) is MessageCreated:
        message = event.message
        is_told = message.id == entry.id and message.sender == event.actor and message.at == event.at
        if is_told and not message.mentions and not entry.declined:
            return (room, event.seq, event.n, CREATED, position)
    stored = stored_event(entry)
    detail = None if stored.detail is None else encode(stored.detail).decode()
    common = (room, stored.seq, stored.n, short_type(stored.type), position)
    if is_told:
        return (*common, None, None, None, None, detail)
    return (
        *common,
        short_id(stored.actor),
        short_time(stored.at),
        short_id(stored.id),
        stored.target_n,
        detail,
    )


def row_of_op(entry: Entry, *, room: int) -> Row:
    return (room, short_op(entry.event.actor, entry.op), entry.event.seq)


def event_of_row(row: Row, message: MessageRecord | None, *, op: str = "") -> StoredEvent:
    """Return the event of EVENT_FIELDS; its op is not kept, but whoever looked for it knows it."""
    if row[6] is None and message is None:
        raise LookupError(f"event {row[1]} of {row[0]} has lost its message")
    return StoredEvent(
        row[0],
        row[1],
        row[2],
        full_type(row[3]),
        message.sender if row[4] is None else full_id(row[4]),  # type: ignore[union-attr]
        message.at if row[5] is None else full_time(row[5]),  # type: ignore[union-attr]
        message.id if row[6] is None else full_id(row[6]),  # type: ignore[union-attr]
        op,
        row[2] if row[7] is None and row[3] == CREATED else row[7],
        None if row[8] is None else decode_detail(row[8]),
    )


def row_of_message(record: MessageRecord, *, room: int) -> Row:
    """Return the message's row, or a plain one."""
    plain = (
        room,
        record.n,
        short_id(record.id),
        record.seq,
        short_id(record.cid),
        short_person(record.sender),
        short_time(record.at),
        record.text,
        int(record.deleted),
    )
    if is_plain(record):
        return plain
    return (
        *plain,
        as_json(record.mentions),
        as_json(record.attachments),
        None if record.reply_to is None else short_id(record.reply_to),
        None if record.thread is None else short_id(record.thread),
        None if record.edited_at is None else short_time(record.edited_at),
        record.edited_seq,
        as_json(record.reactions),
        as_json(record.previews),
        record.pinned_seq,
        None if record.as_of == record.seq else record.as_of,
        *thread_columns(record),
    )


def thread_columns(record: MessageRecord) -> Row:
    """Return what the message says of the thread that hangs under it; of most there is none."""
    if not record.replies:
        return (None, None, None, None)
    return (record.replies, record.last_reply_n, short_time(record.last_reply_at), as_json(record.repliers))


def is_plain(record: MessageRecord) -> bool:
    """Tell whether the message has nothing beyond the columns that each has."""
    return not (
        record.mentions
        or record.attachments
        or record.reply_to
        or record.thread
        or record.edited_seq
        or record.reactions
        or record.previews
        or record.pinned_seq
        or record.as_of != record.seq
    )


def changes_of_message(record: MessageRecord) -> Row:
    """Return the parameters of UPDATE_MESSAGE: all that can change, and the key of the message."""
    return (
        record.text,
        as_json(record.mentions),
        as_json(record.attachments),
        short_time(record.edited_at),
        record.edited_seq,
        record.deleted,
        as_json(record.reactions),
        as_json(record.previews),
        record.pinned_seq,
        record.as_of,
        *thread_columns(record),
        record.room_id,
        record.n,
    )


def message_of_row(row: Row) -> MessageRecord:
    """Return the message of MESSAGE_FIELDS."""
    return MessageRecord(
        row[0],
        row[1],
        full_id(row[2]),
        row[3],
        full_id(row[4]),
        full_person(row[5]),
        full_time(row[6]),
        row[7],
        bool(row[8]),
        NOBODY if row[9] is None else decode_mentions(row[9]),
        [] if row[10] is None else decode_attachments(row[10]),
        full_id_if(row[11]),
        full_id_if(row[12]),
        full_time_if(row[13]),
        row[14],
        {} if row[15] is None else decode_reactions(row[15]),
        [] if row[16] is None else decode_previews(row[16]),
        row[17],
        row[3] if row[18] is None else row[18],
        row[19] or 0,
        row[20] or 0,
        full_time_if(row[21]),
        [] if row[22] is None else decode_people(row[22]),
    )


def plain_message_of_row(row: Row) -> Message | None:
    """Return a message of MESSAGE_FIELDS as it is shown, if it is text alone and there, as most of a page are."""
    if row[8] or row[PLAIN_WIDTH:] != NOTHING_MORE:
        return None
    return Message(
        full_id(row[2]), row[0], row[3], row[1], full_id(row[4]), full_person(row[5]), row[7], full_time(row[6])
    )


def row_of_room(room: RoomRecord, *, key: int) -> Row:
    name = open_name(room)
    return (
        room.id,
        room.kind,
        room.name,
        room.topic,
        room.private,
        room.archived,
        room.retention_days,
        room.history,
        as_json(room.peers),
        room.member_count,
        room.head,
        room.n,
        room.active_at,
        room.trimmed_n,
        room.description,
        sort_key(room.name or ""),
        sort_key(room.topic),
        None if name is None else name.look,
        key,
    )


def room_of_row(row: Row) -> RoomRecord:
    return RoomRecord(
        row[0],
        row[1],
        row[2],
        row[3],
        bool(row[4]),
        bool(row[5]),
        row[6],
        row[7],
        None if row[8] is None else decode_people(row[8]),
        row[9],
        row[10],
        row[11],
        row[12],
        row[13],
        row[14],
    )
