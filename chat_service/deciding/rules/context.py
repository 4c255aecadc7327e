"""What a rule may know beside the room's state: who asks, when, and what the command names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One command's circumstances. `new_id` is for what the command makes; `at` is the time, as RFC 3339 in UTC."""

    principal: Principal
    at: str
    new_id: str
    messages: MessageLookup
    blocked: Blocks
    edit_window_seconds: int
    # Of the files that the command names, those which the actor uploaded.
    files: Mapping[str, Attachment] = field(default_factory=dict)

    @property
    def actor(self) -> str:
        """The id of who acts."""
        return self.principal.user_id
