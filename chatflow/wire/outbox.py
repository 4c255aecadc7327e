"""The alerts that are owed: jobs, who is to be told, and the receipt that clears them."""

from typing import Any, Literal

import msgspec

from chatflow.protocol.objects import Notify

# Why somebody may have to be told of an event.
Reason = Literal["mention", "reply", "direct", "thread", "invitation"]


class Job(msgspec.Struct, frozen=True):
    """An alert may be owed for this event. No text: whoever takes it reads the event."""

    room_id: str
    seq: int


class OwedAsk(msgspec.Struct, frozen=True, kw_only=True):
    """Owed events, oldest first. Age and partitions narrow it."""

    limit: int = 200
    older_than_seconds: float = 0.0
    partitions: list[int] | None = None


class OwedAnswer(msgspec.Struct, frozen=True):
    jobs: list[Job]


# More than any room has members: who names no bound is answered at once.
EVERYBODY = 1_000_000


class AlertFactsAsk(msgspec.Struct, frozen=True):
    """What is to be known of these jobs, up to so many people; of the first job from behind a person on."""

    jobs: list[Job]
    after: str = ""
    people_at_most: int = EVERYBODY


class AlertFacts(msgspec.Struct, frozen=True, kw_only=True):
    """All that expanding one job into recipients needs, read in one batch; `event` None: it was redacted meanwhile.

    `next` tells that there may be more: ask again from behind that person; empty is from the beginning.
    """

    job: Job
    room_kind: str
    room_name: str | None
    event: dict[str, Any] | None
    # Members who are addressed, with their read position and what they wish to be told.
    recipients: list["Recipient"]
    next: str | None = None


class Recipient(msgspec.Struct, frozen=True, kw_only=True):
    user_id: str
    reason: Reason
    read_seq: int
    notify: Notify
    # Nothing but an @here concerns them: who is away is not told.
    only_if_here: bool = False


class AlertFactsAnswer(msgspec.Struct, frozen=True):
    """In the order of the jobs; one that is not among them concerns nobody."""

    facts: list[AlertFacts]


class OwedClear(msgspec.Struct, frozen=True):
    jobs: list[Job]


class OwedCleared(msgspec.Struct, frozen=True):
    """The receipt: none of these is owed any more, whoever cleared it."""
