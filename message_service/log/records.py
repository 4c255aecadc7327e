"""What the store keeps besides the log, as values: a room, a change of a membership, a message in its current state."""

from typing import Any

import msgspec

from chatflow.protocol.objects import (
    Attachment,
    HistoryRule,
    Mentions,
    Preview,
    RoomKind,
)
from chatflow.wire.log import InviteState


class RoomRecord(msgspec.Struct, frozen=True):
    """A room's settings and counts, true at `head`; `active_at` is when somebody last said something."""

    id: str
    kind: RoomKind
    name: str | None
    topic: str
    private: bool
    archived: bool
    retention_days: int | None
    history: HistoryRule
    peers: list[str] | None
    member_count: int
    head: int
    n: int
    active_at: str
    # Retention took the content of all messages up to this number.
    trimmed_n: int = 0
    description: str = ""


class MemberChange(msgspec.Struct, frozen=True, kw_only=True):
    """How an event changes one person's membership of a room: these fields take these values.

    Fields: is_member, role, joined_seq, joined_n, left_seq, banned, muted_until, added_at, declined.
    """

    user_id: str
    seq: int
    fields: dict[str, Any]
    # On joining, the person counts as having read what was there before.
    read_n: int | None = None


class InviteChange(msgspec.Struct, frozen=True, kw_only=True):
    """How an event changes one of the room's invitations: it is `made`, or used once, or revoked."""

    invite_id: str
    seq: int
    made: InviteState | None = None
    is_revoked: bool = False


class MessageRecord(msgspec.Struct, frozen=True):
    """A message in its current state. `as_of` is the last event folded into it, its text is from `edited_seq`."""

    room_id: str
    n: int
    id: str
    seq: int
    cid: str
    sender: str
    at: str
    text: str
    deleted: bool = False
    mentions: Mentions = Mentions()
    attachments: list[Attachment] = []
    reply_to: str | None = None
    thread: str | None = None
    edited_at: str | None = None
    edited_seq: int | None = None
    # emoji → how many people have put it; who did is kept in a row each.
    reactions: dict[str, int] = {}
    previews: list[Preview] = []
    pinned_seq: int | None = None
    as_of: int = 0
    # Of the thread that hangs under it: how many have replied, the last of them, and the first people.
    replies: int = 0
    last_reply_n: int = 0
    last_reply_at: str | None = None
    repliers: list[str] = []
    # emoji → people, where an older version wrote them here; they get their rows before the message is written again.
    unmoved: dict[str, list[str]] = {}


class StoredEvent(msgspec.Struct, frozen=True):
    """One event of the log, without messages' content, which is kept in one place only: the message's record.

    `target_n` is the number of the message that it is about, `detail` has the fields that its type adds.
    """

    room_id: str
    seq: int
    n: int
    type: str
    actor: str
    at: str
    id: str
    op: str
    target_n: int | None
    detail: dict[str, Any] | None


# Stands for the person in a mention row that is for everyone.
EVERYONE = "*"


def mentioned_keys(record: MessageRecord) -> list[str]:
    """Return the keys under which the message counts in mention badges; a deleted one has none."""
    if record.deleted or not record.mentions:
        return []
    if record.mentions.all or record.mentions.here:
        return [EVERYONE]
    return list(dict.fromkeys(record.mentions.users))
