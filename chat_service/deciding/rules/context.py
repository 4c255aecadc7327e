"""What a rule may know beside the room's state: who asks, when, and what the command names."""

from collections.abc import Mapping
from typing import Protocol

import msgspec

from chatflow.auth.principal import Principal
from chatflow.protocol.objects import Attachment
from chatflow.wire.log import MessageState


class MessageLookup(Protocol):
    """The messages that commands name, as they stand at the state's head."""

    def get(self, message_id: str, /) -> MessageState | None: ...

    def put_by(self, message_id: str, user_id: str, /) -> frozenset[str]:
        """Return the emoji that this person has put on the message."""


class BlocksUnknown(Exception):
    """It was not told yet who blocks whom: what depends on it stays undecided."""


class Blocks(Protocol):
    """Who blocks whom, as user_service told last."""

    def blocks(self, user_id: str, other_id: str, /) -> bool:
        """Tell whether this person blocks the other, or raise BlocksUnknown."""


# A struct, as one is made for every command and a frozen dataclass takes several times as long to make.
class Context(msgspec.Struct, frozen=True, kw_only=True):
    """One command's circumstances. `new_id` is for what the command makes; `at` is the time, as RFC 3339 in UTC."""

    principal: Principal
    at: str
    new_id: str
    messages: MessageLookup
    blocked: Blocks
    edit_window_seconds: int
    # Of the files that the command names, those which the actor uploaded.
    files: Mapping[str, Attachment] = {}

    @property
    def actor(self) -> str:
        """The id of who acts."""
        return self.principal.user_id
