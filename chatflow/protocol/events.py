"""The events of a room's log: what happened in it, numbered by `seq`, from which clients compute all that they show."""

from typing import Any

import msgspec

from chatflow.protocol.objects import (
    DeletedMessage,
    Member,
    Mentions,
    Message,
    Preview,
    Role,
    Room,
    Target,
)


class LogEvent(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", omit_defaults=True):
    """The fields of every event: its room, its number, the count of messages up to it, who did it and when."""

    room_id: str
    seq: int
    n: int
    actor: str
    at: str

    @property
    def type(self) -> str:
        return str(self.__struct_config__.tag)


class MessageCreated(LogEvent, frozen=True, kw_only=True, tag="message.created"):
    message: Message


class RedactedCreated(LogEvent, frozen=True, kw_only=True, tag="message.created"):
    """The creation of a message that was deleted since, as it is read later: without the content."""

    message: DeletedMessage


class MessageEdited(LogEvent, frozen=True, kw_only=True, tag="message.edited"):
    id: str
    target: Target
    text: str
    mentions: Mentions
    edited_at: str


class WithheldEdit(LogEvent, frozen=True, kw_only=True, tag="message.edited"):
    """An edit as it is told to people who joined after the message, in a room that hides its past from newcomers."""

    id: str
    target: Target
    text: None
    mentions: Mentions
    edited_at: str


class MessageDeleted(LogEvent, frozen=True, kw_only=True, tag="message.deleted"):
    id: str
    target: Target


class ReactionAdded(LogEvent, frozen=True, kw_only=True, tag="reaction.added"):
    id: str
    target: Target
    emoji: str


class ReactionRemoved(LogEvent, frozen=True, kw_only=True, tag="reaction.removed"):
    id: str
    target: Target
    emoji: str


class MessagePinned(LogEvent, frozen=True, kw_only=True, tag="message.pinned"):
    id: str
    target: Target


class MessageUnpinned(LogEvent, frozen=True, kw_only=True, tag="message.unpinned"):
    id: str
    target: Target


class MemberJoined(LogEvent, frozen=True, kw_only=True, tag="member.joined"):
    user_id: str
    role: Role
    invite_id: str | None = None


class MemberLeft(LogEvent, frozen=True, kw_only=True, tag="member.left"):
    user_id: str


class MemberKicked(LogEvent, frozen=True, kw_only=True, tag="member.kicked"):
    user_id: str


class MemberBanned(LogEvent, frozen=True, kw_only=True, tag="member.banned"):
    user_id: str


class MemberUnbanned(LogEvent, frozen=True, kw_only=True, tag="member.unbanned"):
    user_id: str


class MemberMuted(LogEvent, frozen=True, kw_only=True, tag="member.muted"):
    """Muted until a time; null means unmuted, and `FOREVER` that there is no end."""

    user_id: str
    until: str | None


class MemberRole(LogEvent, frozen=True, kw_only=True, tag="member.role"):
    user_id: str
    role: Role


class RoomCreated(LogEvent, frozen=True, kw_only=True, tag="room.created"):
    """The first event of every room; it makes `members` its members."""

    room: Room
    members: list[Member]


class RoomUpdated(LogEvent, frozen=True, kw_only=True, tag="room.updated"):
    changes: dict[str, Any]


class InviteCreated(LogEvent, frozen=True, kw_only=True, tag="invite.created"):
    invite_id: str
    role: Role
    uses: int | None = None
    until: str | None = None


class InviteRevoked(LogEvent, frozen=True, kw_only=True, tag="invite.revoked"):
    invite_id: str


class RoomTrimmed(LogEvent, frozen=True, kw_only=True, tag="room.trimmed"):
    """Retention: the content of every message up to this number is gone."""

    through_n: int


class PreviewAdded(LogEvent, frozen=True, kw_only=True, tag="preview.added"):
    id: str
    target: Target
    preview: Preview


class WithheldPreview(LogEvent, frozen=True, kw_only=True, tag="preview.added"):
    """The same for a preview, which shows what a link in the message leads to."""

    id: str
    target: Target
    preview: None


# A mute without an end, as a time that sorts behind every other.
FOREVER = "9999-12-31T23:59:59.999Z"

Event = (
    MessageCreated
    | MessageEdited
    | MessageDeleted
    | ReactionAdded
    | ReactionRemoved
    | MessagePinned
    | MessageUnpinned
    | MemberJoined
    | MemberLeft
    | MemberKicked
    | MemberBanned
    | MemberUnbanned
    | MemberMuted
    | MemberRole
    | RoomCreated
    | RoomUpdated
    | InviteCreated
    | InviteRevoked
    | RoomTrimmed
    | PreviewAdded
)
# An event as it is told: its type may have two forms.
ToldEvent = Event | RedactedCreated | WithheldEdit | WithheldPreview
