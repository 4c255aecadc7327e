"""The outbox: what events are owed to whom, the receipt that clears it, and whom an event alerts."""

from typing import Any

import msgspec

from chatflow.protocol.objects import Notify, Reason

# The consumer that makes notices: notification_service.
ALERTS = "alerts"
# Everyone who is owed events. Each takes and clears its own; what an event is owed to is decided with the event, in
# `chat_service/deciding/rules/owed_consumers.py`.
CONSUMERS = (ALERTS,)


class Job(msgspec.Struct, frozen=True):
    """A consumer is owed this event. It carries no text: the process that takes the job reads the event."""

    room_id: str
    seq: int


class OwedRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Asks for the events that one consumer is owed, oldest first; age and partitions narrow the choice."""

    limit: int = 200
    older_than_seconds: float = 0.0
    partitions: list[int] | None = None
    consumer: str = ALERTS


class OwedAnswer(msgspec.Struct, frozen=True):
    jobs: list[Job]


# More than any room has members: a request without a limit is answered in one go.
EVERYBODY = 1_000_000


class Audience(msgspec.Struct, frozen=True, kw_only=True):
    """Narrows a question to these people; `otherwise` is what an event is to those whom it does not address."""

    user_ids: list[str]
    otherwise: Reason | None = None


class AlertDetailsRequest(msgspec.Struct, frozen=True):
    """Asks for what these jobs need, up to so many people; of the first job only people after `after`."""

    jobs: list[Job]
    after: str = ""
    people_at_most: int = EVERYBODY
    only: Audience | None = None


class AlertDetails(msgspec.Struct, frozen=True, kw_only=True):
    """All that is needed to find one job's recipients, read in one batch; `event` is None if it was redacted meanwhile.

    `next` means that there may be more: ask again for people after that one; an empty `next` is before the first.
    """

    job: Job
    room_kind: str
    room_name: str | None
    event: dict[str, Any] | None
    # The members whom the event addresses, with their read positions and notify levels.
    recipients: list["Recipient"]
    next: str | None = None


class Recipient(msgspec.Struct, frozen=True, kw_only=True):
    user_id: str
    reason: Reason
    read_seq: int
    notify: Notify
    # Only an @here concerns them: they are told only if they are here.
    only_if_here: bool = False


class AlertDetailsAnswer(msgspec.Struct, frozen=True):
    """The details in the order of the jobs; a job that is missing concerns nobody."""

    details: list[AlertDetails] = msgspec.field(name="facts")  # as programs that may run beside this one call it


class OwedClear(msgspec.Struct, frozen=True):
    jobs: list[Job]
    consumer: str = ALERTS


class OwedCleared(msgspec.Struct, frozen=True):
    """The receipt: none of these is owed to this consumer any more, whoever cleared it."""
