"""The objects of the public protocol, the same in every answer, event and page."""

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

RoomKind = Literal["channel", "group", "direct"]
Role = Literal["owner", "moderator", "member", "reader"]
NotifyLevel = Literal["all", "mentions", "none"]
HistoryRule = Literal["all", "joined"]
# Why somebody is told of an event, and so what kind of notice it is.
Reason = Literal["mention", "reply", "direct", "thread", "invitation", "keyword"]
# Of an account in the whole installation; the `Role` above is somebody's role in a room.
AccountKind = Literal["person", "bot"]
AccountRole = Literal["owner", "admin", "member", "guest"]


class Mentions(msgspec.Struct, frozen=True):
    """Whom a text mentions, as the server read it."""

    users: list[str] = []
    all: bool = False
    here: bool = False

    def __bool__(self) -> bool:
        return bool(self.users or self.all or self.here)

    def concern(self, user_id: str) -> bool:
        """Tell whether this counts in that person's mention badge; @here counts like @all."""
        return self.all or self.here or user_id in self.users


class Target(msgspec.Struct, frozen=True, omit_defaults=True):
    """The message that an event is about, with what is needed to count unread messages and mentions."""

    seq: int
    n: int
    sender: str
    mentions: Mentions
    # Only on edits: whom the text mentioned before.
    mentions_before: Mentions | None = None


# A message names at most so many people for each reaction; a page of its own names them all.
NAMED_PER_REACTION = 50


class Reaction(msgspec.Struct, frozen=True):
    """An emoji on a message: how many people put it, the first of them, and whether the person who asks did."""

    emoji: str
    user_ids: list[str]
    # Programs from before reactions were counted name everybody and have no count.
    count: int = 0
    mine: bool | UnsetType = UNSET


class Attachment(msgspec.Struct, frozen=True, omit_defaults=True):
    id: str
    name: str
    type: str
    size: int
    width: int | None = None
    height: int | None = None


class Preview(msgspec.Struct, frozen=True, omit_defaults=True):
    url: str
    title: str
    text: str | None = None
    image: str | None = None


class Message(msgspec.Struct, frozen=True):
    """What a person wrote, as history, search, pins, threads and `message.created` carry it."""

    id: str
    room_id: str
    seq: int
    n: int
    cid: str
    sender: str
    text: str
    at: str
    mentions: Mentions = Mentions()
    edited_at: str | None = None
    deleted: bool = False
    attachments: list[Attachment] = []
    reply_to: str | None = None
    thread: str | None = None
    reactions: list[Reaction] = []
    previews: list[Preview] = []
    # Only of a message under which a thread hangs, and never in events: how many replies there are, deleted ones too,
    # when the last one was, and the first people who wrote in it.
    replies: int | UnsetType = UNSET
    last_reply_at: str | UnsetType = UNSET
    repliers: list[str] | UnsetType = UNSET


# So many people of a thread are named with the message under which it hangs.
NAMED_PER_THREAD = 5


class DeletedMessage(msgspec.Struct, frozen=True, omit_defaults=True):
    """What stays of a deleted message, its place in a thread too; `mentions` only inside events."""

    id: str
    seq: int
    n: int
    sender: str
    at: str
    deleted: Literal[True]
    mentions: Mentions | None = None
    reply_to: str | None = None
    thread: str | None = None
    replies: int | UnsetType = UNSET
    last_reply_at: str | UnsetType = UNSET
    repliers: list[str] | UnsetType = UNSET


AnyMessage = Message | DeletedMessage


class Notify(msgspec.Struct, frozen=True):
    level: NotifyLevel = "all"
    muted_until: str | None = None


class Member(msgspec.Struct, frozen=True, omit_defaults=True):
    user_id: str
    role: Role = "member"


class Room(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A room. The fields from `role` on are about the person who asks, and absent if nobody in particular asks."""

    id: str
    kind: RoomKind
    # These have no default, so that they are always written: a value that equals its default is left out.
    name: str | None
    topic: str
    private: bool
    archived: bool
    member_count: int
    head: int
    n: int
    retention_days: int | None
    history: HistoryRule
    peers: list[str] | None = None
    # What a room is for, in several lines if need be; absent where nobody has said so.
    description: str = ""
    role: Role | None = None
    read_seq: int | None = None
    unread: int | None = None
    mentions: int | None = None
    notify: Notify | None = None
    favourite: bool | None = None
    # The part of one's own list in which the room stands; absent where it is in none.
    section: str | None = None
    # Until then the person may not write here; absent where nothing keeps them from it, and past is over.
    muted_until: str | None = None


class PersonStatus(msgspec.Struct, frozen=True, omit_defaults=True):
    """What somebody says of themselves for now; whoever shows it takes it away at `until`."""

    emoji: str | None = None
    text: str | None = None
    until: str | None = None


class User(msgspec.Struct, frozen=True):
    id: str
    username: str
    display_name: str
    avatar: str | None = None
    status: PersonStatus | None = None
    bot: bool = False
    deactivated: bool = False
    kind: AccountKind = "person"
    role: AccountRole = "member"
    title: str | None = None


class Profile(User, frozen=True):
    """One's own user object, with what nobody else is shown."""

    locale: str | None = None
    time_zone: str | None = None
    # The address that mail goes to; until there is one, the one that waits for its confirmation.
    email: str | None = None
    email_confirmed: bool = False
    # The one that waits. It takes the place of the other once the link that was sent there is followed.
    email_pending: str | None = None
    # Whether a mail server said that the one that waits does not exist.
    email_refused: bool = False
