"""What a person has done with their inbox, on its way to message_service and back."""

from typing import Literal

import msgspec

from chatflow.wire.reads import ReadPosition

InboxKind = Literal["mention", "thread", "unread"]


class DoneItem(msgspec.Struct, frozen=True):
    """One item of the inbox, by its place in the log."""

    room_id: str
    seq: int
    kind: InboxKind = "mention"


class InboxDoneRequest(msgspec.Struct, frozen=True):
    user_id: str
    items: list[DoneItem]


class ThreadRead(msgspec.Struct, frozen=True):
    """How far the person has read a thread now; `id` is the message under which it hangs."""

    room_id: str
    id: str
    n: int


class InboxDoneAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What became of it, to be told to the person's devices; items that the person may not read are left out."""

    mentions: list[DoneItem] = []
    threads: list[ThreadRead] = []
    reads: list[ReadPosition] = []
