"""Converts records to rows of SQLite and back; empty lists and mappings are NULL, nested values are JSON."""

from typing import Any

import msgspec

from chatflow.protocol.objects import Attachment, Mentions, Preview
from message_service.log.records import MessageRecord, RoomRecord, StoredEvent
from message_service.stores.sort_keys import sort_key

Row = tuple[Any, ...]

EVENT_COLUMNS = "room_id, seq, n, type, actor, at, id, op, target_n, detail"
MESSAGE_COLUMNS = (
    "room_id, n, id, seq, cid, sender, at, text, mentions, attachments, reply_to, thread, edited_at, edited_seq, "
    "deleted, reactions, previews, pinned_seq, as_of"
)
ROOM_COLUMNS = (
    "id, kind, name, topic, private, archived, retention_days, history, peers, member_count, head, n, active_at, "
    "trimmed_n"
)

INSERT_EVENT = f"INSERT INTO events ({EVENT_COLUMNS}) VALUES ({', '.join('?' * 10)})"  # noqa: S608
INSERT_MESSAGE = f"INSERT INTO messages ({MESSAGE_COLUMNS}) VALUES ({', '.join('?' * 19)})"  # noqa: S608
UPDATE_MESSAGE = (
    "UPDATE messages SET text = ?, mentions = ?, attachments = ?, edited_at = ?, edited_seq = ?, deleted = ?, "
    "reactions = ?, previews = ?, pinned_seq = ?, as_of = ? WHERE room_id = ? AND n = ?"
)
# No REPLACE: that would empty the columns of a newer version.
WRITE_ROOM = (
    f"INSERT INTO rooms ({ROOM_COLUMNS}, sort_key, topic_key) VALUES ({', '.join('?' * 16)}) "  # noqa: S608
    "ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, name = excluded.name, topic = excluded.topic, "
    "private = excluded.private, archived = excluded.archived, retention_days = excluded.retention_days, "
    "history = excluded.history, peers = excluded.peers, member_count = excluded.member_count, head = excluded.head, "
    "n = excluded.n, active_at = excluded.active_at, trimmed_n = excluded.trimmed_n, sort_key = excluded.sort_key, "
    "topic_key = excluded.topic_key"
)

encode = msgspec.json.Encoder().encode
decode_detail = msgspec.json.Decoder(dict[str, Any]).decode
decode_mentions = msgspec.json.Decoder(Mentions).decode
decode_attachments = msgspec.json.Decoder(list[Attachment]).decode
# Older versions wrote the people into the message itself.
decode_reactions = msgspec.json.Decoder(dict[str, int | list[str]]).decode
decode_previews = msgspec.json.Decoder(list[Preview]).decode
decode_peers = msgspec.json.Decoder(list[str]).decode

NOBODY = Mentions()


def as_json(value: Any) -> str | None:
    return encode(value).decode() if value else None


def row_of_event(event: StoredEvent) -> Row:
    return (
        event.room_id,
        event.seq,
        event.n,
        event.type,
        event.actor,
        event.at,
        event.id,
        event.op,
        event.target_n,
        None if event.detail is None else encode(event.detail).decode(),
    )


def event_of_row(row: Row) -> StoredEvent:
    return StoredEvent(
        room_id=row[0],
        seq=row[1],
        n=row[2],
        type=row[3],
        actor=row[4],
        at=row[5],
        id=row[6],
        op=row[7],
        target_n=row[8],
        detail=None if row[9] is None else decode_detail(row[9]),
    )


def row_of_message(record: MessageRecord) -> Row:
    return (
        record.room_id,
        record.n,
        record.id,
        record.seq,
        record.cid,
        record.sender,
        record.at,
        record.text,
        as_json(record.mentions),
        as_json(record.attachments),
        record.reply_to,
        record.thread,
        record.edited_at,
        record.edited_seq,
        record.deleted,
        as_json(record.reactions),
        as_json(record.previews),
        record.pinned_seq,
        record.as_of,
    )


def changes_of_message(record: MessageRecord) -> Row:
    """Return the parameters of UPDATE_MESSAGE: all that can change, and the key of the message."""
    return (
        record.text,
        as_json(record.mentions),
        as_json(record.attachments),
        record.edited_at,
        record.edited_seq,
        record.deleted,
        as_json(record.reactions),
        as_json(record.previews),
        record.pinned_seq,
        record.as_of,
        record.room_id,
        record.n,
    )


def message_of_row(row: Row) -> MessageRecord:
    reactions: dict[str, int | list[str]] = {} if row[15] is None else decode_reactions(row[15])
    unmoved = {emoji: people for emoji, people in reactions.items() if isinstance(people, list)}
    return MessageRecord(
        room_id=row[0],
        n=row[1],
        id=row[2],
        seq=row[3],
        cid=row[4],
        sender=row[5],
        at=row[6],
        text=row[7],
        mentions=NOBODY if row[8] is None else decode_mentions(row[8]),
        attachments=[] if row[9] is None else decode_attachments(row[9]),
        reply_to=row[10],
        thread=row[11],
        edited_at=row[12],
        edited_seq=row[13],
        deleted=bool(row[14]),
        reactions={emoji: len(one) if isinstance(one, list) else one for emoji, one in reactions.items()},
        unmoved=unmoved,
        previews=[] if row[16] is None else decode_previews(row[16]),
        pinned_seq=row[17],
        as_of=row[18],
    )


def row_of_room(room: RoomRecord) -> Row:
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
        sort_key(room.name or ""),
        sort_key(room.topic),
    )


def room_of_row(row: Row) -> RoomRecord:
    return RoomRecord(
        id=row[0],
        kind=row[1],
        name=row[2],
        topic=row[3],
        private=bool(row[4]),
        archived=bool(row[5]),
        retention_days=row[6],
        history=row[7],
        peers=None if row[8] is None else decode_peers(row[8]),
        member_count=row[9],
        head=row[10],
        n=row[11],
        active_at=row[12],
        trimmed_n=row[13],
    )
