"""The messages on the bus: commands and answers, publications of events, and signals."""

from typing import Any

import msgspec

from chatflow.auth.principal import SYSTEM_PRINCIPAL, Principal
from chatflow.errors import ErrorBody
from chatflow.ids import SYSTEM
from chatflow.protocol.commands import AnyCommand
from chatflow.protocol.events import Event

EVENTS_CHANNEL = "events.{worker_id}"
COMMANDS_CHANNEL = "commands.{worker_id}"
REPLIES_CHANNEL = "replies.{gateway_id}"
SIGNALS_CHANNEL = "signals"
SIGNAL_BEATS_CHANNEL = "signals.beats"
JOBS_CHANNEL = "jobs"
# There is a fact about an account to poll. Programs from before account facts announce
# revocations there, which are facts too.
FACTS_CHANNEL = "revocations"


# What stands before an event's JSON in its packet.
PACKET_PREFIX = '42["event",'


class Command(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """A command on its way to the room's owner.

    `lane` is one connection's commands to one room; `number` counts them from 1 and `floor` is the lowest one that the
    gateway still waits for, so that an owner notices a hole. After `deadline` (wall-clock seconds) nobody waits.
    """

    op: str
    room_id: str
    actor: str
    body: AnyCommand
    lane: str
    number: int
    floor: int
    attempt: int
    deadline: float
    reply_to: str
    request_id: str
    # Who acts, according to their token; its id is also the `actor`. A gateway from before principals sends only that.
    principal: Principal | None = None

    @property
    def acting_principal(self) -> Principal:
        """Who acts. If only an id was sent, it is a member of the installation, or the system itself."""
        if self.principal is not None:
            return self.principal
        return SYSTEM_PRINCIPAL if self.actor == SYSTEM else Principal(self.actor)


class UnknownCommand(Command, frozen=True, kw_only=True, array_like=True):
    """A command that only another version understands; its sender and its place in the lane can be read."""

    body: msgspec.Raw  # type: ignore[assignment]
    principal: Any = None


class Reply(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """The room's answer to one command: an ok body as JSON object, or an error."""

    lane: str
    number: int
    op: str
    # JSON text of the ok answer without `ok`; None where `error` says why not.
    ok: str | None
    error: ErrorBody | None = None


class Hole(msgspec.Struct, frozen=True, kw_only=True, array_like=True, tag="hole"):
    """The owner lacks commands of a lane from this number on, and decides no later one until it has them."""

    lane: str
    missing: int


class Answers(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """The answers and holes of one flush of a worker, for one gateway."""

    worker_id: str
    epoch: str
    replies: list[Reply]
    holes: list[Hole] = []


# In place of the packet of an event that message_service cannot read: the event exists, but is sent to nobody.
NO_PACKET = ""


class Published(msgspec.Struct, frozen=True, array_like=True):
    """One event, encoded once: `packet` is the Socket.IO packet text that goes to every socket as it is."""

    room_id: str
    seq: int
    n: int
    type: str
    packet: str


class Publication(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What a worker publishes per flush, and each second as a heartbeat without events.

    `counter` rises by one with every publication of events of that epoch; a heartbeat repeats the last one. `heads`
    names rooms that changed in the last seconds, so that a gateway sees a loss in a room that has gone quiet.
    """

    worker_id: str
    epoch: str
    counter: int
    heartbeat: bool
    events: list[Published]
    heads: dict[str, int] = {}


def packet_of(event: Event) -> str:
    """Encode an event as the Engine.IO message that every socket in the room gets."""
    return f"{PACKET_PREFIX}{msgspec.json.encode(event).decode()}]"


def event_json(event: Published) -> msgspec.Raw:
    """Return the event out of its packet, as it is."""
    return msgspec.Raw(event.packet[len(PACKET_PREFIX) : -1].encode())


# Signals: messages without a seq.


class Count(msgspec.Struct, frozen=True, array_like=True):
    """The number of a publication of signals, which each sender counts from 1 and repeats each second.

    So a receiver notices a loss within a second or two. `sender` names one life of one process.
    """

    sender: str
    counter: int


class Countable(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A signal that may carry the count of its publication: the first one does, and an older gateway ignores it.

    Only workers and gateways count: they tell of rooms, and what is lost of that can be found out again.
    """

    count: Count | None = None


class RoomAppeared(Countable, frozen=True, tag="room_appeared"):
    """These people became members with this event; their sockets on every gateway are to show the room."""

    room_id: str
    user_ids: list[str]
    seq: int


class RoomHidden(Countable, frozen=True, tag="room_hidden"):
    """This person has left a direct room, which hides it on all their devices until its next message."""

    room_id: str
    user_id: str


class ReadMoved(Countable, frozen=True, tag="read_moved"):
    room_id: str
    user_id: str
    seq: int
    n: int
    # The connection that caused it, which is told by its ack instead.
    except_connection: str | None = None
    # As in `ReadPosition`: what has fewer moves than was told already is late.
    moves: int = 0


class ToPerson(Countable, frozen=True, tag="to_person"):
    """An event for all of a person's sockets: `notice`, `room:mine`."""

    user_id: str
    name: str
    payload: dict[str, Any]
    # The connection that caused it, which is told by its ack instead.
    except_connection: str | None = None


class TypingChanged(Countable, frozen=True, tag="typing_changed"):
    room_id: str
    user_id: str
    active: bool


class PresenceChanged(Countable, frozen=True, tag="presence_changed"):
    """How a person appears to others from now on."""

    user_id: str
    status: str
    # Of gateways of the version before; a later version removes it.
    text: str | None = None
    last_seen: str | None = None


class UserChanged(Countable, frozen=True, tag="user_changed"):
    user: dict[str, Any]


Signal = RoomAppeared | RoomHidden | ReadMoved | ToPerson | TypingChanged | PresenceChanged | UserChanged


class SignalCounter:
    """Counts what one process publishes on `signals`, also publications lost because the bus was away."""

    def __init__(self, sender: str) -> None:
        self._sender = sender
        self._counter = 0

    def encode(self, signals: list[Signal]) -> bytes:
        """Return the next publication."""
        self.pass_over()
        first = msgspec.structs.replace(signals[0], count=self.now)
        return msgspec.msgpack.encode([first, *signals[1:]])

    def pass_over(self) -> None:
        """Skip a number, so that gateways act as if a publication were lost: one may have been due that nobody sent."""
        self._counter += 1

    @property
    def now(self) -> Count:
        return Count(self._sender, self._counter)
