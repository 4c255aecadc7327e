"""A person's own settings in a room, which message_service keeps: notify level, its place, threads, hiding."""

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from chatflow.protocol.objects import Notify

# After every message that there will ever be, and still a number to every store.
HIDDEN_FOR_GOOD = 2**53 - 1


class NotifyWrite(msgspec.Struct, frozen=True, kw_only=True, tag="notify"):
    user_id: str
    room_id: str
    notify: Notify


class MineWrite(msgspec.Struct, frozen=True, kw_only=True, tag="mine"):
    """Where the room stands in the person's list; what is left out stays."""

    user_id: str
    room_id: str
    favourite: bool | UnsetType = UNSET
    section: str | UnsetType | None = UNSET

    @property
    def given(self) -> dict[str, bool | str | None]:
        fields = {"favourite": self.favourite, "section": self.section}
        return {name: value for name, value in fields.items() if not isinstance(value, UnsetType)}


class ThreadWrite(msgspec.Struct, frozen=True, kw_only=True, tag="thread"):
    """`id` is the message under which the thread hangs."""

    user_id: str
    room_id: str
    id: str
    following: bool


class HideWrite(msgspec.Struct, frozen=True, kw_only=True, tag="hide"):
    """Hide a direct room until somebody says something after `seq`; without `seq`, show it again.

    `for_good` hides it whatever is said in it, until the person opens it themselves.
    """

    user_id: str
    room_id: str
    seq: int | None
    for_good: bool = False


class ThreadMark(msgspec.Struct, frozen=True):
    """How far a person has read a thread; `id` is the message under which it hangs."""

    user_id: str
    room_id: str
    id: str
    n: int


class ThreadReadRequest(msgspec.Struct, frozen=True):
    marks: list[ThreadMark]


class ThreadReadAnswer(msgspec.Struct, frozen=True):
    """Where each position is now; None for what the person may not read."""

    positions: list[int | None]


PersonalWrite = NotifyWrite | MineWrite | ThreadWrite | HideWrite

# `not_direct`: a room of this kind can be left, but not hidden.
Outcome = Literal["done", "not_found", "not_direct"]


class PersonalRequest(msgspec.Struct, frozen=True):
    writes: list[PersonalWrite]


class PersonalAnswer(msgspec.Struct, frozen=True):
    """One outcome per write, in their order; a write that is `done` is durable."""

    outcomes: list[Outcome]
