"""How an event changes the message that it is about, and what people get to see of a message; all pure."""

from collections.abc import Iterable
from typing import Any, assert_never

from msgspec.structs import replace

from chatflow.protocol import events
from chatflow.protocol.objects import NAMED_PER_THREAD, DeletedMessage, Mentions, Message, Reaction
from chatflow.wire.log import MessageState
from message_service.log.records import MessageRecord

# The events that change one message, besides its creation. The creation of a reply changes the one above its thread.
AboutMessage = (
    events.MessageCreated
    | events.MessageEdited
    | events.MessageDeleted
    | events.ReactionAdded
    | events.ReactionRemoved
    | events.MessagePinned
    | events.MessageUnpinned
    | events.PreviewAdded
)


def created_record(event: events.MessageCreated) -> MessageRecord:
    message = event.message
    return MessageRecord(
        id=message.id,
        room_id=event.room_id,
        seq=event.seq,
        n=event.n,
        cid=message.cid,
        sender=message.sender,
        at=message.at,
        text=message.text,
        mentions=message.mentions,
        attachments=message.attachments,
        reply_to=message.reply_to,
        thread=message.thread,
        as_of=event.seq,
    )


def message_changed(event: AboutMessage) -> str:
    """Return the id of the message that the event changes."""
    return str(event.message.thread) if isinstance(event, events.MessageCreated) else event.id


def fold_message(record: MessageRecord, event: AboutMessage, *, is_put: bool = False) -> MessageRecord:
    """Return the message after an event about it; an event that it already contains changes nothing.

    `is_put` says, for a reaction, whether this person had put this emoji on the message before the event.
    """
    if event.seq <= record.as_of:
        return record
    record = replace(record, as_of=event.seq)
    match event:
        case events.MessageCreated():
            return count_reply(record, event)
        case events.MessageDeleted():
            return without_content(replace(record, deleted=True, pinned_seq=None))
        case _ if record.deleted:
            return record
        case events.MessageEdited():
            return replace(
                record, text=event.text, mentions=event.mentions, edited_at=event.edited_at, edited_seq=event.seq
            )
        case events.ReactionAdded():
            return record if is_put else count_reaction(record, event.emoji, by=1)
        case events.ReactionRemoved():
            return count_reaction(record, event.emoji, by=-1) if is_put else record
        case events.MessagePinned():
            return replace(record, pinned_seq=event.seq)
        case events.MessageUnpinned():
            return replace(record, pinned_seq=None)
        case events.PreviewAdded():
            others_previews = [preview for preview in record.previews if preview.url != event.preview.url]
            return replace(record, previews=[*others_previews, event.preview])
        case _ as never:
            assert_never(never)


def count_reaction(record: MessageRecord, emoji: str, *, by: int) -> MessageRecord:
    counts = record.reactions | {emoji: record.reactions.get(emoji, 0) + by}
    return replace(record, reactions={name: count for name, count in counts.items() if count > 0})


def count_reply(record: MessageRecord, reply: events.MessageCreated) -> MessageRecord:
    return replace(
        record,
        replies=record.replies + 1,
        last_reply_n=reply.n,
        last_reply_at=reply.at,
        repliers=first_people([*record.repliers, reply.message.sender]),
    )


def first_people(user_ids: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(user_ids))[:NAMED_PER_THREAD]


def without_content(record: MessageRecord) -> MessageRecord:
    """Keep the message without its content: its place, sender, time, and whom it addressed."""
    return replace(
        record, text="", attachments=[], reactions={}, unmoved={}, previews=[], edited_at=None, edited_seq=None
    )


def is_gone(record: MessageRecord, *, trimmed_n: int) -> bool:
    """Tell whether the content is gone, by a deletion or by the room's retention."""
    return record.deleted or record.n <= trimmed_n


def public_message(record: MessageRecord, *, trimmed_n: int, reactions: list[Reaction]) -> Message | DeletedMessage:
    """Return the message as history, search, pins and threads show it."""
    if is_gone(record, trimmed_n=trimmed_n):
        return replace(skeleton(record, mentions=None), **thread_under(record))
    # Not all have names here: of a call with more than 15 names Python makes a dict, at four times the cost.
    message = Message(
        record.id,
        record.room_id,
        record.seq,
        record.n,
        record.cid,
        record.sender,
        record.text,
        record.at,
        mentions=record.mentions,
        edited_at=record.edited_at,
        attachments=record.attachments,
        reply_to=record.reply_to,
        thread=record.thread,
        reactions=reactions,
        previews=record.previews,
    )
    return replace(message, **thread_under(record)) if record.replies else message


def thread_under(record: MessageRecord) -> dict[str, Any]:
    """Return what a message says of the thread that hangs under it, if there is one."""
    if not record.replies:
        return {}
    return {"replies": record.replies, "last_reply_at": record.last_reply_at, "repliers": record.repliers}


def skeleton(record: MessageRecord, *, mentions: Mentions | None) -> DeletedMessage:
    return DeletedMessage(
        id=record.id,
        seq=record.seq,
        n=record.n,
        sender=record.sender,
        at=record.at,
        deleted=True,
        mentions=mentions,
        reply_to=record.reply_to,
        thread=record.thread,
    )


def message_state(record: MessageRecord, *, trimmed_n: int, reactions: dict[str, list[str]]) -> MessageState:
    """Return what rules ask about the message; to them, one whose content is gone is deleted.

    `reactions` are only those of the people who were asked about.
    """
    return MessageState(
        id=record.id,
        seq=record.seq,
        n=record.n,
        sender=record.sender,
        text=record.text,
        at=record.at,
        mentions=record.mentions,
        deleted=is_gone(record, trimmed_n=trimmed_n),
        thread=record.thread,
        reactions=reactions,
        counts=record.reactions,
    )
