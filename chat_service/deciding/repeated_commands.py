"""Repeated commands: one that the log already knows gets its first result, or a conflict if it now differs."""

from collections.abc import Callable
from typing import Any

from msgspec import UNSET

from chat_service.deciding.rules.instants import read_instant
from chat_service.deciding.rules.marks import clean_emoji
from chat_service.deciding.rules.text import clean_description, clean_name, clean_text, clean_topic
from chatflow.errors import Conflict, ErrorBody, Invalid
from chatflow.protocol import commands, events
from chatflow.protocol.commands import (
    AnyCommand,
    CreateRoom,
    DeclineRoom,
    InviteMember,
    MuteMember,
    SendMessage,
    UpdateRoom,
)
from chatflow.protocol.events import FOREVER, Event, MessageCreated, RoomCreated, RoomUpdated
from chatflow.wire.log import Entry, Known

TYPE_OF_EVENT: dict[type[Event], str] = {kind: str(kind.__struct_config__.tag) for kind in Event.__args__}

MADE_BY: dict[type[AnyCommand], type[Event]] = {
    commands.CreateRoom: events.RoomCreated,
    commands.OpenDirect: events.RoomCreated,
    commands.JoinRoom: events.MemberJoined,
    commands.LeaveRoom: events.MemberLeft,
    commands.DeclineRoom: events.MemberLeft,
    commands.InviteMember: events.MemberJoined,
    commands.KickMember: events.MemberKicked,
    commands.BanMember: events.MemberBanned,
    commands.UnbanMember: events.MemberUnbanned,
    commands.ChangeRole: events.MemberRole,
    commands.MuteMember: events.MemberMuted,
    commands.UpdateRoom: events.RoomUpdated,
    commands.CreateInvite: events.InviteCreated,
    commands.RevokeInvite: events.InviteRevoked,
    commands.SendMessage: events.MessageCreated,
    commands.EditMessage: events.MessageEdited,
    commands.DeleteMessage: events.MessageDeleted,
    commands.AddReaction: events.ReactionAdded,
    commands.RemoveReaction: events.ReactionRemoved,
    commands.PinMessage: events.MessagePinned,
    commands.UnpinMessage: events.MessageUnpinned,
    commands.TrimRoom: events.RoomTrimmed,
}

# The fields of a command that its event repeats, besides a message's attachments.
REPEATED = (
    *("id", "text", "reply_to", "thread", "emoji", "user_id", "role", "invite_id", "until"),
    *("kind", "name", "topic", "description", "archived", "retention_days", "history"),
)


def known_from(entry: Entry) -> Known:
    """Return the first result of a command whose event has just been stored."""
    event = entry.event
    return Known(
        op=entry.op,
        type=TYPE_OF_EVENT[type(event)],
        id=entry.id,
        seq=event.seq,
        n=event.n,
        at=event.at,
        body=said_in(event) | ({"declined": True} if entry.declined else {}),
    )


def said_in(event: Event) -> dict[str, Any]:
    """Return what the command said, in the form in which the log would answer it."""
    if type(event) is MessageCreated:
        message = event.message
        return {
            "text": message.text,
            "reply_to": message.reply_to,
            "thread": message.thread,
            "attachments": [attachment.id for attachment in message.attachments],
        }
    if isinstance(event, RoomUpdated):
        return event.changes
    if isinstance(event, RoomCreated):
        room = {name: getattr(event.room, name) for name in (*REPEATED, "private") if hasattr(event.room, name)}
        return room | {"members": [member.user_id for member in event.members]}
    return {name: getattr(event, name) for name in REPEATED if hasattr(event, name)}


def find_conflict(command: AnyCommand, known: Known) -> ErrorBody | None:
    """Return an error if this command differs from the one that is known by its op."""
    if known.type != TYPE_OF_EVENT[MADE_BY[type(command)]]:
        return DIFFERENT
    if known.body is None:
        return None
    if isinstance(command, SendMessage):
        attachments = list(dict.fromkeys(command.attachments))
        if known.body.get("attachments", attachments) != attachments:
            return DIFFERENT
    if isinstance(command, CreateRoom) and not founds_the_same(command, known.body):
        return DIFFERENT
    if known.body.get("declined", False) != isinstance(command, DeclineRoom):
        return DIFFERENT
    if isinstance(command, UpdateRoom) and known.body.get("private", command.private) != command.private:
        return DIFFERENT
    for name in REPEATED:
        is_said = name in known.body and hasattr(command, name) and not is_left_open(command, name)
        if is_said and known.body[name] != said_by(command, name):
            return DIFFERENT
    return None


def founds_the_same(command: CreateRoom, said: dict[str, Any]) -> bool:
    """Compare foundings apart from other commands: a group is always private, and its founder always a member."""
    founder, *others = said["members"]
    members = [user_id for user_id in dict.fromkeys(command.members) if user_id != founder]
    is_private = command.private or command.kind == "group"
    return members == others and is_private is said["private"]


def is_left_open(command: AnyCommand, name: str) -> bool:
    """Tell whether the command left this field of the event for the room to fill."""
    return isinstance(command, InviteMember) and name == "role" and command.role is UNSET


def said_by(command: AnyCommand, name: str) -> Any:
    """Return a field as this command's event would repeat it; an invalid value is returned as it is."""
    value = getattr(command, name)
    if isinstance(command, MuteMember) and value is UNSET:
        return FOREVER
    try:
        return CLEANERS[name](value) if name in CLEANERS and isinstance(value, str) else value
    except Invalid:
        return value


CLEANERS: dict[str, Callable[[str], str]] = {
    "text": clean_text,
    "name": clean_name,
    "topic": clean_topic,
    "description": clean_description,
    "emoji": clean_emoji,
    "until": lambda until: read_instant(until, field="until"),
}
DIFFERENT = Conflict("Another command was sent with this cid before.").body
