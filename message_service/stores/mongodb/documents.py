"""Converts records to MongoDB documents and back.

The document of an event that creates a message carries the message in its current state, so that one insert is enough
to say something. Sub-documents that only some documents have (`badge`, `gone`, `pin`, `in_thread`, `owed`, `claim`) are
there for sparse indexes.
"""

from typing import Any

import msgspec

from chatflow.ids import partition_of
from chatflow.protocol.events import Event, MessageCreated, MessageEdited
from chatflow.protocol.objects import Attachment, Mentions, Preview
from chatflow.wire.log import Entry
from message_service.log.folding import created_record
from message_service.log.late_events import NOBODY, stored_event
from message_service.log.records import MessageRecord, RoomRecord, StoredEvent, mentioned_keys

Document = dict[str, Any]

EVENT_KINDS: dict[str, Any] = {str(kind.__struct_config__.tag): kind for kind in Event.__args__}


def document_of_entry(entry: Entry, *, since: float, claim: Document | None = None) -> Document:
    event = entry.event
    stored = stored_event(entry)
    document: Document = {
        "_id": stored.id,
        "room_id": stored.room_id,
        "seq": stored.seq,
        "n": stored.n,
        "type": stored.type,
        "actor": stored.actor,
        "at": stored.at,
        "op": stored.op,
    }
    if stored.target_n is not None:
        document["target_n"] = stored.target_n
    if stored.detail is not None:
        document["detail"] = stored.detail
    if consumers := entry.consumers:
        document["owed"] = {"to": consumers, "since": since, "partition": partition_of(stored.room_id)}
    if claim:
        document["claim"] = claim
    if entry.secret_hash is not None:
        document["secret_hash"] = entry.secret_hash
    if isinstance(event, MessageEdited):
        # Until it is folded into the message.
        document["text"] = event.text
    if isinstance(event, MessageCreated):
        record = created_record(event)
        document["message_n"] = event.n
        document["message"] = message_fields(record)
        document |= index_fields(record)[0]
        if record.thread is not None:
            document["in_thread"] = {"id": record.thread, "n": record.n}
    return document


def message_fields(record: MessageRecord) -> Document:
    """Return the message without what its event's document already says; of most threads there is none under it."""
    thread: Document = {
        "replies": record.replies,
        "last_reply_n": record.last_reply_n,
        "last_reply_at": record.last_reply_at,
        "repliers": record.repliers,
    }
    return {
        "id": record.id,
        "cid": record.cid,
        "text": record.text,
        "at": record.at,
        "mentions": msgspec.to_builtins(record.mentions) if record.mentions else None,
        "attachments": msgspec.to_builtins(record.attachments),
        "reply_to": record.reply_to,
        "thread": record.thread,
        "edited_at": record.edited_at,
        "edited_seq": record.edited_seq,
        "deleted": record.deleted,
        # A list, because an emoji is not a safe name for a field.
        "reactions": [{"emoji": emoji, "count": count} for emoji, count in record.reactions.items()],
        "previews": msgspec.to_builtins(record.previews),
        "pinned_seq": record.pinned_seq,
        "as_of": record.as_of,
        **(thread if record.replies else {}),
    }


def index_fields(record: MessageRecord) -> tuple[Document, Document]:
    """Return which sub-documents for indexes the message has, and which it has not (for $set and $unset)."""
    keys = [f"{record.room_id}:{key}" for key in mentioned_keys(record)]
    fields: Document = {
        "badge": {"keys": keys, "n": record.n} if keys else None,
        "gone": {"room_id": record.room_id, "n": record.n} if record.deleted else None,
        "pin": {"room_id": record.room_id, "seq": record.pinned_seq} if record.pinned_seq is not None else None,
    }
    present = {name: value for name, value in fields.items() if value is not None}
    return present, {name: "" for name in fields if name not in present}


def changes_of_message(old: MessageRecord, new: MessageRecord) -> Document:
    """Return the update from the old message to the new; unchanged fields are not overwritten."""
    before, after = message_fields(old), message_fields(new)
    present, absent = index_fields(new)
    changed = {f"message.{name}": value for name, value in after.items() if value != before.get(name)}
    if old.unmoved:
        changed["message.reactions"] = after["reactions"]
    return {"$set": changed | present, "$unset": absent}


def record_of(document: Document) -> MessageRecord | None:
    """Return the message that the event created, in its current state."""
    message = document.get("message")
    if message is None:
        return None
    mentions = message["mentions"]
    # Older versions wrote the people into the message itself.
    unmoved = {one["emoji"]: list(one["user_ids"]) for one in message["reactions"] if "user_ids" in one}
    return MessageRecord(
        id=message["id"],
        room_id=document["room_id"],
        seq=document["seq"],
        n=document["n"],
        cid=message["cid"],
        sender=document["actor"],
        at=message["at"],
        text=message["text"],
        mentions=NOBODY if mentions is None else msgspec.convert(mentions, Mentions),
        attachments=msgspec.convert(message["attachments"], list[Attachment]),
        reply_to=message["reply_to"],
        thread=message["thread"],
        edited_at=message["edited_at"],
        edited_seq=message["edited_seq"],
        deleted=message["deleted"],
        reactions={
            one["emoji"]: one["count"] if "count" in one else len(one["user_ids"]) for one in message["reactions"]
        },
        unmoved=unmoved,
        previews=msgspec.convert(message["previews"], list[Preview]),
        pinned_seq=message["pinned_seq"],
        as_of=message["as_of"],
        replies=message.get("replies", 0),
        last_reply_n=message.get("last_reply_n", 0),
        last_reply_at=message.get("last_reply_at"),
        repliers=list(message.get("repliers", ())),
    )


def access_record(document: Document) -> MessageRecord:
    record = record_of(document)
    if record is None:
        raise LookupError(f"event {document['seq']} of {document['room_id']} is no message")
    return record


def event_of(document: Document) -> StoredEvent:
    return StoredEvent(
        room_id=document["room_id"],
        seq=document["seq"],
        n=document["n"],
        type=document["type"],
        actor=document["actor"],
        at=document["at"],
        id=document["_id"],
        op=document["op"],
        target_n=document.get("target_n"),
        detail=document.get("detail"),
    )


def entry_of(document: Document) -> Entry:
    """Return the appended entry for projecting; content that later events took is missing from it."""
    stored = event_of(document)
    fields: Document = {
        "type": stored.type,
        "room_id": stored.room_id,
        "seq": stored.seq,
        "n": stored.n,
        "actor": stored.actor,
        "at": stored.at,
    }
    if stored.type == "message.created":
        record = access_record(document)
        fields["message"] = {
            "id": record.id,
            "room_id": record.room_id,
            "seq": record.seq,
            "n": record.n,
            "cid": record.cid,
            "sender": record.sender,
            "text": record.text,
            "at": record.at,
            "reply_to": record.reply_to,
            "thread": record.thread,
            "mentions": msgspec.to_builtins(record.mentions),
        }
    else:
        fields |= stored.detail or {}
    if "text" in document:
        fields["text"] = document["text"]
    return Entry(
        id=stored.id,
        op=stored.op,
        owed=False,
        event=msgspec.convert(fields, EVENT_KINDS[stored.type]),
        secret_hash=document.get("secret_hash"),
        declined=bool((stored.detail or {}).get("declined")),
    )


def document_of_room(room: RoomRecord, *, sort_key: str, topic_key: str, look_key: str) -> Document:
    """Return the room's document; its log is projected up to `applied_seq`, its head while nobody writes."""
    document: Document = msgspec.to_builtins(room)
    document["_id"] = document.pop("id")
    document["applied_seq"] = document.pop("head")
    is_open = room.kind == "channel" and not room.private and not room.archived
    return document | {"is_open": is_open, "sort_key": sort_key, "topic_key": topic_key, "look_key": look_key}


def room_of(document: Document) -> RoomRecord:
    return RoomRecord(
        id=document["_id"],
        kind=document["kind"],
        name=document["name"],
        topic=document["topic"],
        private=document["private"],
        archived=document["archived"],
        retention_days=document["retention_days"],
        history=document["history"],
        peers=document["peers"],
        member_count=document["member_count"],
        head=document["applied_seq"],
        n=document["n"],
        active_at=document["active_at"],
        trimmed_n=document["trimmed_n"],
        # Older documents do not have this field.
        description=document.get("description", ""),
    )
