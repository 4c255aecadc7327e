"""The ok answers to commands: the fields beside `ok: true`."""

import msgspec

from chatflow.protocol.objects import Room


class RoomReply(msgspec.Struct, frozen=True, omit_defaults=True):
    """To `room:create`, `room:direct` and `room:join`. The gateway adds `room` when it lets the socket in."""

    room_id: str
    seq: int
    duplicate: bool = False
    room: Room | None = None


class SeqReply(msgspec.Struct, frozen=True, omit_defaults=True):
    """To every other command: the seq of its event, or the head if there was nothing to change."""

    seq: int
    duplicate: bool = False
    # Only when an invitation was made.
    invite_id: str | None = None


class MessageReply(msgspec.Struct, frozen=True):
    """To `message:send`: the message is stored, under this number."""

    room_id: str
    seq: int
    n: int
    id: str
    at: str
    duplicate: bool
