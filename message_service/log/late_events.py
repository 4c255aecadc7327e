"""Events told after the fact: to gateways as packets, to workers as the first result of a known op.

A late event has the current text and attachments, but its own mentions as they were, and neither reactions nor
previews, which later events bring. So anyone who folds the log, from wherever they begin, ends at the same state.
"""

from collections.abc import Callable
from typing import Any

import msgspec
import structlog

from chatflow.errors import UNREADABLE
from chatflow.protocol.events import Event, MessageCreated, RedactedCreated
from chatflow.protocol.objects import Mentions, Message
from chatflow.wire.bus import NO_PACKET, Published, packet_of
from chatflow.wire.log import Entry, Known
from message_service.log.folding import is_gone, skeleton
from message_service.log.records import MessageRecord, StoredEvent

log = structlog.get_logger(__name__)

COMMON_FIELDS = ("type", "room_id", "seq", "n", "actor", "at")
# Fields that the log keeps and nobody is told: only the person themselves may tell that they declined.
PRIVATE_FIELDS = ("declined",)
NOBODY = Mentions()


def stored_event(entry: Entry) -> StoredEvent:
    """Return what the log keeps of a new event."""
    event = entry.event
    return StoredEvent(
        room_id=event.room_id,
        seq=event.seq,
        n=event.n,
        type=event.type,
        actor=event.actor,
        at=event.at,
        id=entry.id,
        op=entry.op,
        target_n=target_n(event),
        detail={**(detail_of(event) or {}), "declined": True} if entry.declined else detail_of(event),
    )


def target_n(event: Event) -> int | None:
    if type(event) is MessageCreated:
        return event.n
    target = getattr(event, "target", None)
    return None if target is None else int(target.n)


def detail_of(event: Event) -> dict[str, Any] | None:
    """Return the fields that this type of event adds, without a message's content."""
    if type(event) is MessageCreated:
        mentions = event.message.mentions
        return {"mentions": msgspec.to_builtins(mentions)} if mentions else None
    detail = {name: value for name, value in msgspec.to_builtins(event).items() if name not in COMMON_FIELDS}
    if "text" in detail:
        # Keeps the field's place, so that a late event is served exactly like a live one.
        detail["text"] = ""
    return detail


def published(event: StoredEvent, message: MessageRecord | None, *, trimmed_n: int) -> Published:
    """Return the event as gateways send it; `message` is the one that it creates or edits."""
    return Published(event.room_id, event.seq, event.n, event.type, late_packet(event, message, trimmed_n=trimmed_n))


def published_or_unreadable(
    read: Callable[[], tuple[StoredEvent, MessageRecord | None]], *, place: tuple[str, int, int, str], trimmed_n: int
) -> Published:
    """Return the event as gateways send it, or one without a packet if what is stored of it cannot be read.

    One bad event then costs its room that event: the caller knows that it exists, and the others are told as ever.
    """
    try:
        return published(*read(), trimmed_n=trimmed_n)
    except (*UNREADABLE, LookupError, TypeError, ValueError, AttributeError) as error:
        room_id, seq, n, kind = place
        # Without a traceback: everyone who reads across this event comes here.
        log.error("a stored event cannot be read", room_id=room_id, seq=seq, type=kind, error=repr(error))
        return Published(room_id, seq, n, kind, NO_PACKET)


def late_packet(event: StoredEvent, message: MessageRecord | None, *, trimmed_n: int) -> str:
    if event.type == "message.created":
        return packet_of(late_created(event, access_content(event, message), trimmed_n=trimmed_n))  # type: ignore[arg-type]
    return f'42["event",{msgspec.json.encode(late_fields(event, message, trimmed_n=trimmed_n)).decode()}]'


def late_event(event: StoredEvent, message: MessageRecord | None, *, trimmed_n: int) -> dict[str, Any]:
    """Return the event as a plain object."""
    if event.type == "message.created":
        created = late_created(event, access_content(event, message), trimmed_n=trimmed_n)
        fields: dict[str, Any] = msgspec.to_builtins(created)
        return fields
    return late_fields(event, message, trimmed_n=trimmed_n)


def late_created(event: StoredEvent, message: MessageRecord, *, trimmed_n: int) -> MessageCreated | RedactedCreated:
    mentions = msgspec.convert(event.detail["mentions"], Mentions) if event.detail else NOBODY
    if is_gone(message, trimmed_n=trimmed_n):
        return RedactedCreated(
            room_id=event.room_id,
            seq=event.seq,
            n=event.n,
            actor=event.actor,
            at=event.at,
            message=skeleton(message, mentions=mentions),
        )
    then = Message(
        message.id,
        event.room_id,
        event.seq,
        event.n,
        message.cid,
        message.sender,
        message.text,
        message.at,
        mentions=mentions,
        edited_at=message.edited_at,
        attachments=message.attachments,
        reply_to=message.reply_to,
        thread=message.thread,
    )
    return MessageCreated(room_id=event.room_id, seq=event.seq, n=event.n, actor=event.actor, at=event.at, message=then)


def late_fields(event: StoredEvent, message: MessageRecord | None, *, trimmed_n: int) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "type": event.type,
        "room_id": event.room_id,
        "seq": event.seq,
        "n": event.n,
        "actor": event.actor,
        "at": event.at,
        **{name: value for name, value in (event.detail or {}).items() if name not in PRIVATE_FIELDS},
    }
    if event.type == "message.edited":
        now = access_content(event, message)
        fields["text"] = "" if is_gone(now, trimmed_n=trimmed_n) else now.text
    return fields


def access_content(event: StoredEvent, message: MessageRecord | None) -> MessageRecord:
    """Return the message of an event that cannot be told without it; a missing one is a fault of ours."""
    if message is None:
        raise LookupError(f"event {event.seq} of {event.room_id} has lost its message")
    return message


def known_of(event: StoredEvent, message: MessageRecord | None, *, trimmed_n: int) -> Known:
    """Return an op's first result. `body` is what the command said, under these names:

    message.created text, reply_to, thread, attachments (ids) · message.edited id, text · message.deleted, .pinned,
    .unpinned id · reaction.* id, emoji · member.joined user_id, role, invite_id · member.left, .kicked, .banned,
    .unbanned user_id, and declined where it is so · member.muted user_id, until · member.role user_id, role ·
    room.created kind, name, topic, description, private, retention_days, history, members (ids) · room.updated the
    changes · invite.created role, uses, until · invite.revoked invite_id · room.trimmed through_n · preview.added id,
    url.
    It is None if the text has changed or gone since, because then nobody can tell any more.
    """
    gone = message is not None and is_gone(message, trimmed_n=trimmed_n)
    body: dict[str, Any] | None
    if event.type == "message.created":
        now = access_content(event, message)
        body = None if gone or now.edited_seq is not None else said_in_message(now)
    elif event.type == "message.edited":
        now = access_content(event, message)
        detail = event.detail or {}
        body = None if gone or now.edited_seq != event.seq else {"id": detail["id"], "text": now.text}
    else:
        body = said_in(event)
    return Known(op=event.op, type=event.type, id=event.id, seq=event.seq, n=event.n, at=event.at, body=body)


def said_in_message(message: MessageRecord) -> dict[str, Any]:
    return {
        "text": message.text,
        "reply_to": message.reply_to,
        "thread": message.thread,
        "attachments": [attachment.id for attachment in message.attachments],
    }


def said_in(event: StoredEvent) -> dict[str, Any]:
    detail = event.detail or {}
    if (said := SAID.get(event.type)) is not None:
        return said(detail)
    # `target` is what the log knows of the message, not what anybody said.
    return {name: value for name, value in detail.items() if name != "target"}


def said_at_creation(detail: dict[str, Any]) -> dict[str, Any]:
    room = detail["room"]
    names = ("kind", "name", "topic", "private", "retention_days", "history")
    said = {name: room[name] for name in names} | {"description": room.get("description", "")}
    return said | {"members": [member["user_id"] for member in detail["members"]]}


def said_at_joining(detail: dict[str, Any]) -> dict[str, Any]:
    return {"user_id": detail["user_id"], "role": detail["role"], "invite_id": detail.get("invite_id")}


def said_of_invite(detail: dict[str, Any]) -> dict[str, Any]:
    return {"role": detail["role"], "uses": detail.get("uses"), "until": detail.get("until")}


SAID: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "room.created": said_at_creation,
    "room.updated": lambda detail: dict(detail["changes"]),
    "member.joined": said_at_joining,
    "invite.created": said_of_invite,
    "preview.added": lambda detail: {"id": detail["id"], "url": detail["preview"]["url"]},
}
