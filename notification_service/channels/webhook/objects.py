"""What people are told of outgoing webhooks, and what they may say of them."""

from typing import Annotated

import msgspec

from notification_service.deciding.hooks import EventType, Hook, PauseReason, State

Url = Annotated[str, msgspec.Meta(max_length=1024, pattern=r"^[!-~]+$")]
Events = Annotated[list[EventType], msgspec.Meta(min_length=1, max_length=20)]


class AddOutgoingBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where events of the room are to be sent, and which."""

    url: Url
    events: Events


class ChangeOutgoingBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is left out stays as it is."""

    url: Url | None = None
    events: Events | None = None


class ResumeOutgoingBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether what has happened meanwhile is left out."""

    skip: bool = False


class OutgoingMade(msgspec.Struct, frozen=True):
    """What is sent is signed with the secret, which is shown only now."""

    id: str
    secret: str


class OutgoingSecret(msgspec.Struct, frozen=True):
    """The new secret, which is shown only now. The one before signs too for a day."""

    secret: str


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook as it stands. Its address took all that it wants up to `delivered_seq`, an event of the room."""

    id: str
    url: str
    events: list[str]
    # Whoever it acts as: what they may not read is not sent.
    by: str
    created_at: str
    state: State
    reason: PauseReason | None
    delivered_seq: int
    # When it took something last.
    delivered_at: str | None
    # How often in a row it took nothing, what went wrong last, and when the next try is.
    failures: int
    error: str
    next_at: str | None


class Outgoings(msgspec.Struct, frozen=True):
    """All of a room, the oldest first; there are ten at most."""

    items: list[Outgoing]


class OutgoingTried(msgspec.Struct, frozen=True):
    """Whether the address took the trial, and else what went wrong."""

    delivered: bool
    error: str


def outgoing_of(hook: Hook) -> Outgoing:
    return Outgoing(
        id=hook.id,
        url=hook.url,
        events=list(hook.events),
        by=hook.user_id,
        created_at=hook.created_at,
        state=hook.state,
        reason=hook.reason,
        delivered_seq=hook.seq,
        delivered_at=hook.delivered_at,
        failures=hook.failures,
        error=hook.error,
        next_at=hook.due_at if hook.state == "active" and hook.failures else None,
    )
