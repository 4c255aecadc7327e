"""The content of a command's ok answer."""

import msgspec

from chatflow.protocol.commands import AnyCommand, CreateInvite, CreateRoom, JoinRoom, OpenDirect, SendMessage
from chatflow.protocol.replies import MessageReply, RoomReply, SeqReply
from chatflow.wire.log import Entry, Known

encode = msgspec.json.Encoder().encode

ANSWERED_WITH_ROOM = (CreateRoom, OpenDirect, JoinRoom)


def reply_to_stored(command: AnyCommand, entry: Entry) -> str:
    """Describe the event that the command has just made."""
    event = entry.event
    if type(command) is SendMessage:
        reply = MessageReply(event.room_id, event.seq, event.n, entry.id, event.at, False)
        return encode(reply).decode()
    return other_reply(command, event.room_id, event.seq, duplicate=False, made_id=entry.id)


def reply_to_known(command: AnyCommand, room_id: str, known: Known) -> str:
    """Describe the event that the command made earlier."""
    if type(command) is SendMessage:
        return encode(MessageReply(room_id, known.seq, known.n, known.id, known.at, True)).decode()
    return other_reply(command, room_id, known.seq, duplicate=True, made_id=known.id)


def reply_unchanged(command: AnyCommand, room_id: str, *, head: int) -> str:
    """Say that there was nothing to change."""
    return other_reply(command, room_id, head, duplicate=False, made_id=None)


def other_reply(command: AnyCommand, room_id: str, seq: int, *, duplicate: bool, made_id: str | None) -> str:
    if isinstance(command, ANSWERED_WITH_ROOM):
        return encode(RoomReply(room_id, seq, duplicate)).decode()
    invite_id = made_id if isinstance(command, CreateInvite) else None
    return encode(SeqReply(seq, duplicate, invite_id)).decode()
