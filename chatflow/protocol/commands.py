"""What a client may ask of a room's log: one struct for each command, with a limit for each field."""

from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import UNSET, Meta, UnsetType

from chatflow.errors import Invalid
from chatflow.ids import is_uuid
from chatflow.protocol.characters import refuse_piled_marks
from chatflow.protocol.objects import HistoryRule, Role

TEXT_LENGTH = 8_000
NAME_LENGTH = 80
TOPIC_LENGTH = 250
DESCRIPTION_LENGTH = 2_000

Id = Annotated[str, Meta(min_length=36, max_length=36)]
# Some stores end a text at a NUL, and would take two cids for one.
Cid = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\x00]*$")]
Text = Annotated[str, Meta(max_length=TEXT_LENGTH)]
Name = Annotated[str, Meta(min_length=1, max_length=NAME_LENGTH)]
Topic = Annotated[str, Meta(max_length=TOPIC_LENGTH)]
Description = Annotated[str, Meta(max_length=DESCRIPTION_LENGTH)]
# The largest integer that every client and store can represent.
Seq = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Emoji = Annotated[str, Meta(min_length=1, max_length=64)]
Instant = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$")]
RetentionDays = Annotated[int, Meta(ge=1, le=3650)]
# Enough for founding a room; more people join by themselves or by a link.
Ids = Annotated[list[Id], Meta(max_length=100)]


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """A request to write to a room's log; the room's owner decides it."""

    cid: Cid | None = None


class CreateRoom(Command, frozen=True, kw_only=True, tag="room:create"):
    """Make a channel or a group, with these people in it."""

    cid: Cid
    kind: Literal["channel", "group"]
    name: Name
    topic: Topic = ""
    private: bool = False
    members: Ids = []
    retention_days: RetentionDays | None = None
    history: HistoryRule = "all"
    description: Description = ""


class OpenDirect(Command, frozen=True, kw_only=True, tag="room:direct"):
    """Open the direct room with these people; the same people get the same room."""

    user_ids: Annotated[list[Id], Meta(min_length=1, max_length=15)]


class JoinRoom(Command, frozen=True, kw_only=True, tag="room:join"):
    """Come into an open channel, or into any room by an invitation."""

    room_id: Id | None = None
    invite: Annotated[str, Meta(max_length=200)] | None = None


class LeaveRoom(Command, frozen=True, kw_only=True, tag="room:leave"):
    """Leave a room. A direct room is only hidden until its next message."""

    room_id: Id


class DeclineRoom(Command, frozen=True, kw_only=True, tag="room:decline"):
    """Leave, so that nobody else can add the person again; a direct room stays hidden, whatever is said in it."""

    room_id: Id


class InviteMember(Command, frozen=True, kw_only=True, tag="room:invite"):
    """Bring somebody in at once. Without `role`, who was here before comes as they left, anybody else as a member."""

    room_id: Id
    user_id: Id
    role: Role | UnsetType = UNSET


class KickMember(Command, frozen=True, kw_only=True, tag="room:kick"):
    """Take somebody out of a room; they may come back."""

    room_id: Id
    user_id: Id


class BanMember(Command, frozen=True, kw_only=True, tag="room:ban"):
    """Take somebody out of a room, and keep them out."""

    room_id: Id
    user_id: Id


class UnbanMember(Command, frozen=True, kw_only=True, tag="room:unban"):
    """Let somebody who was banned come back."""

    room_id: Id
    user_id: Id


class ChangeRole(Command, frozen=True, kw_only=True, tag="room:role"):
    """Give somebody another role in the room."""

    room_id: Id
    user_id: Id
    role: Role


class MuteMember(Command, frozen=True, kw_only=True, tag="room:mute"):
    """Let somebody read and not write. Without `until` the mute has no end; with null it is lifted."""

    room_id: Id
    user_id: Id
    until: Instant | UnsetType | None = UNSET


class UpdateRoom(Command, frozen=True, kw_only=True, tag="room:update"):
    """Change what a room is called and how it is kept; what is left out stays."""

    room_id: Id
    name: Name | UnsetType = UNSET
    topic: Topic | UnsetType = UNSET
    archived: bool | UnsetType = UNSET
    private: bool | UnsetType = UNSET
    retention_days: RetentionDays | UnsetType | None = UNSET
    history: HistoryRule | UnsetType = UNSET
    description: Description | UnsetType = UNSET


class CreateInvite(Command, frozen=True, kw_only=True, tag="invite:create"):
    """Comes by REST; the gateway passes on only the hash of the secret."""

    room_id: Id
    role: Role = "member"
    uses: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    until: Instant | None = None
    secret_hash: Annotated[str, Meta(max_length=64)] = ""


class RevokeInvite(Command, frozen=True, kw_only=True, tag="invite:revoke"):
    room_id: Id
    invite_id: Id


class SendMessage(Command, frozen=True, kw_only=True, tag="message:send"):
    """Say something. What one connection sends to a room keeps its order."""

    room_id: Id
    cid: Cid
    text: Text
    reply_to: Id | None = None
    thread: Id | None = None
    attachments: Annotated[list[Id], Meta(max_length=10)] = []


class EditMessage(Command, frozen=True, kw_only=True, tag="message:edit"):
    """Change the text of one's own message, within the time for that."""

    room_id: Id
    id: Id
    text: Text


class DeleteMessage(Command, frozen=True, kw_only=True, tag="message:delete"):
    """Take a message back; its content is gone for everybody."""

    room_id: Id
    id: Id


class AddReaction(Command, frozen=True, kw_only=True, tag="reaction:add"):
    """Put an emoji on a message; again is no error and adds nothing."""

    room_id: Id
    id: Id
    emoji: Emoji


class RemoveReaction(Command, frozen=True, kw_only=True, tag="reaction:remove"):
    """Take one's emoji from a message."""

    room_id: Id
    id: Id
    emoji: Emoji


class PinMessage(Command, frozen=True, kw_only=True, tag="message:pin"):
    """Pin a message to its room."""

    room_id: Id
    id: Id


class UnpinMessage(Command, frozen=True, kw_only=True, tag="message:unpin"):
    """Unpin a message."""

    room_id: Id
    id: Id


class TrimRoom(Command, frozen=True, kw_only=True, tag="room:trim"):
    """Only the system sends this: messages up to this one are too old by this setting."""

    room_id: Id
    through_n: Annotated[int, Meta(ge=1)]
    retention_days: RetentionDays


AnyCommand = (
    CreateRoom
    | OpenDirect
    | JoinRoom
    | LeaveRoom
    | DeclineRoom
    | InviteMember
    | KickMember
    | BanMember
    | UnbanMember
    | ChangeRole
    | MuteMember
    | UpdateRoom
    | CreateInvite
    | RevokeInvite
    | SendMessage
    | EditMessage
    | DeleteMessage
    | AddReaction
    | RemoveReaction
    | PinMessage
    | UnpinMessage
    | TrimRoom
)


Request = TypeVar("Request", bound=msgspec.Struct)


def read_request(kind: type[Request], payload: object) -> Request:
    """Turn a client's payload into its struct, or raise `invalid` naming the field that is wrong."""
    if not isinstance(payload, dict):
        raise Invalid("The payload must be an object.")
    tag = kind.__struct_config__.tag
    try:
        request = msgspec.convert({**payload, "type": tag}, kind)
    except msgspec.ValidationError as error:
        raise Invalid(str(error)) from None
    check_ids(request)
    check_texts(request)
    return request


def check_ids(request: msgspec.Struct) -> None:
    """Refuse an id in any other spelling than ours: two spellings of one room would be two rooms."""
    for name in request.__struct_fields__:
        value = getattr(request, name)
        if (name == "id" or name.endswith("_id")) and value is not None and not is_uuid(value):
            raise Invalid(f"Not an id - at `$.{name}`")
        if name in ("user_ids", "members", "attachments", "rooms") and not all(map(is_uuid, value)):
            raise Invalid(f"Not an id - at `$.{name}`")


def check_texts(request: msgspec.Struct) -> None:
    """Refuse a text here that would take long to normalise, before it can delay the owner of a room."""
    for name in request.__struct_fields__:
        value = getattr(request, name)
        if isinstance(value, str):
            refuse_piled_marks(value, field=name)
