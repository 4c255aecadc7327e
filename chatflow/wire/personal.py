"""What a gateway has message_service keep of a person in a room: what they wish to be told, threads, a hidden room."""

from typing import Literal

import msgspec

from chatflow.protocol.objects import Notify

# Behind every message that there will be, and still a number to every store.
HIDDEN_FOR_GOOD = 2**53 - 1


class NotifyWrite(msgspec.Struct, frozen=True, kw_only=True, tag="notify"):
    user_id: str
    room_id: str
    notify: Notify


class ThreadWrite(msgspec.Struct, frozen=True, kw_only=True, tag="thread"):
    """`id` is the message that the thread hangs on."""

    user_id: str
    room_id: str
    id: str
    following: bool


class HideWrite(msgspec.Struct, frozen=True, kw_only=True, tag="hide"):
    """Hide a direct room until somebody says something behind `seq`; without `seq`, show it again.

    `for_good`: whatever is said in it, until the person opens it themselves.
    """

    user_id: str
    room_id: str
    seq: int | None
    for_good: bool = False


PersonalWrite = NotifyWrite | ThreadWrite | HideWrite

# `not_direct`: a room of this kind is left, not hidden.
Outcome = Literal["done", "not_found", "not_direct"]


class PersonalAsk(msgspec.Struct, frozen=True):
    writes: list[PersonalWrite]


class PersonalAnswer(msgspec.Struct, frozen=True):
    """One outcome per write, in their order; what is done is durable."""

    outcomes: list[Outcome]
