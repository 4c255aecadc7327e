"""What one person wishes to be told of, and when; the level of each room is set apart from this, in the room."""

from typing import Annotated, Literal

import msgspec
from msgspec.structs import replace

from chatflow.protocol.objects import Reason
from notification_service.deciding.quiet_hours import Quiet

# Each reason is a kind of notice, which people can turn off.
Kind = Reason

KEYWORDS_AT_MOST = 30
KEYWORD_CHARACTERS = 64

Keyword = Annotated[str, msgspec.Meta(min_length=1, max_length=KEYWORD_CHARACTERS, pattern=r"^[^\x00-\x1f]*$")]
Keywords = Annotated[tuple[Keyword, ...], msgspec.Meta(max_length=KEYWORDS_AT_MOST)]
# `mine` are the threads that one takes part in or chose to follow, `all` is every thread of every room that one is in.
Threads = Literal["mine", "all"]


class Kinds(msgspec.Struct, frozen=True, kw_only=True):
    """Which kinds of notices a person wants."""

    mention: bool = True
    reply: bool = True
    direct: bool = True
    thread: bool = True
    invitation: bool = True
    keyword: bool = True

    def allow(self, kind: Kind) -> bool:
        allowed: bool = getattr(self, kind)
        return allowed


class Levels(msgspec.Struct, frozen=True, kw_only=True):
    """Which kinds of notices a person wants, by the channel that brings them."""

    in_app: Kinds = Kinds()


class Pushes(msgspec.Struct, frozen=True, kw_only=True):
    """What pushes to a person's devices may say, and mails; a device may be set to less."""

    text: bool = True


# `unread` is once it was unread for a while, `daily` and `weekly` in the morning if it is unread still.
MailMode = Literal["unread", "daily", "weekly", "none"]
DELAY_MINUTES_AT_MOST = 24 * 60


class Mails(msgspec.Struct, frozen=True, kw_only=True):
    """When a person is mailed what they have not read; the delay is for `unread`."""

    mode: MailMode = "unread"
    delay_minutes: Annotated[int, msgspec.Meta(ge=1, le=DELAY_MINUTES_AT_MOST)] = 10


class Preferences(msgspec.Struct, frozen=True, kw_only=True):
    """All that one person wishes; the defaults are what holds for whoever never said anything."""

    levels: Levels = Levels()
    keywords: Keywords = ()
    # No hours are set aside.
    quiet: Quiet | None = None
    threads: Threads = "mine"
    push: Pushes = Pushes()
    email: Mails = Mails()

    @property
    def watches(self) -> bool:
        """Whether events may concern the person that address nobody in particular."""
        return bool(self.keywords) or self.threads == "all"


def without_mails(before: Preferences) -> Preferences:
    return replace(before, email=replace(before.email, mode="none"))
