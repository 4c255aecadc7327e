"""What a command's ack says when it is ok, beside `ok: true`."""

import msgspec

from chatflow.protocol.objects import Room


class RoomReply(msgspec.Struct, frozen=True, omit_defaults=True):
    """To create, direct and join. The gateway fills in `room` as it admits the socket."""

    room_id: str
    seq: int
    duplicate: bool = False
    room: Room | None = None


class SeqReply(msgspec.Struct, frozen=True, omit_defaults=True):
    """To every other command: the seq of its event, or the head where nothing was to change."""

    seq: int
    duplicate: bool = False
    # To the creation of an invite alone.
    invite_id: str | None = None


class MessageReply(msgspec.Struct, frozen=True):
    """To `message:send`: the message is durable, at this place."""

    room_id: str
    seq: int
    n: int
    id: str
    at: str
    duplicate: bool
