"""A worker's requests to the room log: appending what it decided, and loading what it needs to decide."""

from typing import Any, Literal

import msgspec

from chatflow.protocol.events import Event
from chatflow.protocol.objects import Attachment, Mentions, Role, Room
from chatflow.wire.outbox import ALERTS


class Entry(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One event as the log keeps it, `id` fixed before the first try; (room, seq) and (room, actor, op) are unique."""

    id: str
    op: str
    # Whether alerts are owed it; the other consumers of the outbox stand in `owed_to`.
    owed: bool
    event: Event
    # What only the store keeps of a command: an invitation's hash, or the invitation that was used to join.
    secret_hash: str | None = None
    # On leaving: others cannot add this person again.
    declined: bool = False
    owed_to: list[str] = []

    @property
    def consumers(self) -> list[str]:
        """Return the consumers of the outbox that are owed this event."""
        return [ALERTS, *self.owed_to] if self.owed else self.owed_to


class Check(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """Stands in a run for a command that makes no event, because it is refused or changes nothing.

    It writes nothing. It applies if all steps before it do and its op is not in the log; then its answer may be sent.
    """

    actor: str
    op: str


class Step(msgspec.Struct, frozen=True, array_like=True):
    """What one command comes to in a run: either an entry or a check."""

    entry: Entry | None
    check: Check | None = None


class Run(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """Steps in one room, in order; they apply if `expected_head` is the head, or its own events stand there already."""

    room_id: str
    expected_head: int
    steps: list[Step]


class Append(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    deadline: float
    runs: list[Run]
    # Whether the worker knows what `stopped_by: "name"` says. For one that does not, names are not looked at.
    unique_names: bool = False


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """The event that a known op made. `body` is what the command said, or None if an edit has changed that since."""

    op: str
    type: str
    id: str
    seq: int
    n: int
    at: str
    body: dict[str, Any] | None


class RunResult(msgspec.Struct, frozen=True, kw_only=True):
    """How many of the run's first steps apply, and what stopped the next one, if not all do.

    `head`: another event is stored at its number, so the room has to be loaded again. `op`: its op is in the log, with
    `known` as its first result. `added`: others put a person into too many rooms lately, and may do so again in
    `retry_after` seconds. `name`: the channel `holder` has the name that this one was to have.
    """

    room_id: str
    applied: int = msgspec.field(name="held")  # as programs that may run beside this one call it
    head: int
    stopped_by: Literal["head", "op", "added", "name"] | None = None
    known: Known | None = None
    retry_after: float | None = None
    holder: str | None = None


class AppendAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One result per run, in their order. A whole append past its deadline answers `unavailable` instead, unwritten.

    `now` is the log's time (wall-clock seconds), which workers stamp events with; None comes from an older program.
    """

    results: list[RunResult]
    now: float | None = None


class LoadRoom(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker needs before it decides. With `snapshot` false only the messages and the files are looked up."""

    room_id: str
    snapshot: bool = True
    message_ids: list[str] = []
    # (message, person) whose reactions are asked for.
    reactors: list[tuple[str, str]] = []
    # (uploader, file)
    files: list[tuple[str, str]] = []


class Load(msgspec.Struct, frozen=True, kw_only=True):
    deadline: float
    rooms: list[LoadRoom]
    # Whether the answer may leave out rooms if it would be too large; an older worker needs them all.
    in_parts: bool = False


class MemberState(msgspec.Struct, frozen=True):
    """A person's membership of a room, as far as rules ask about it."""

    user_id: str
    role: Role
    joined_seq: int
    muted_until: str | None = None


class InviteState(msgspec.Struct, frozen=True):
    invite_id: str
    secret_hash: str
    role: Role
    created_by: str
    uses_left: int | None = None
    until: str | None = None
    # How often it was used, as the store counts it; workers do not ask.
    used: int = 0


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """A room's settings, members, roles, bans, pins and invitations at `head`."""

    room: Room
    members: list[MemberState]
    banned: list[str] = []
    pins: list[str] = []
    invites: list[InviteState] = []
    # People muted while they are away stay muted when they return.
    muted: dict[str, str] = {}
    # Readers who left are readers again when they return.
    away_readers: list[str] = []
    # People who declined the room and have not come by themselves since.
    declined: list[str] = []
    # Retention took the content of all messages up to this number.
    trimmed_n: int = 0
    # The time of the last event; the next one is stamped no earlier.
    at: str = ""


class MessageState(msgspec.Struct, frozen=True, kw_only=True):
    """A message as far as rules ask about it, true at the answer's head."""

    id: str
    seq: int
    n: int
    sender: str
    text: str
    at: str
    mentions: Mentions
    deleted: bool
    thread: str | None
    # emoji → which of the people who were asked about have put it
    reactions: dict[str, list[str]]
    # emoji → how many people have put it
    counts: dict[str, int] = {}


class LoadedRoom(msgspec.Struct, frozen=True, kw_only=True):
    """`head` 0 and no snapshot means that the room does not exist yet."""

    room_id: str
    head: int
    n: int
    snapshot: Snapshot | None = None
    messages: list[MessageState] = []
    # (uploader, file), of those that were asked about and exist.
    files: list[tuple[str, Attachment]] = []


class LoadAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`now` is as in an append's answer. If the request allows it, some rooms may be missing, never all: ask again."""

    rooms: list[LoadedRoom]
    now: float | None = None
