"""One room's history in memory, as compact columns that the invariants read."""

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.checker.records import (
    Admitted,
    Alerted,
    Answered,
    Applied,
    Folded,
    Moved,
    Outcome,
    Owed,
    Read,
    RoomRecord,
    Seen,
    Sent,
    Settled,
    Stamped,
    Whole,
)

# The person and the cid: a cid's scope is one person and one room.
Key = tuple[str, str]


@dataclass(slots=True)
class Attempt:
    connection: str
    sent_at: float
    outcome: Outcome = "info"
    seq: int | None = None
    duplicate: bool = False
    answered_at: float | None = None


@dataclass(slots=True)
class Send:
    """One message that a person wanted to send, with every attempt at it."""

    body: str
    attempts: list[Attempt]

    @property
    def acked_at(self) -> float | None:
        return min((a.answered_at for a in self.attempts if a.outcome == "ok" and a.answered_at), default=None)

    @property
    def acked_seq(self) -> int | None:
        return next((attempt.seq for attempt in self.attempts if attempt.outcome == "ok"), None)


class Content(NamedTuple):
    """The event at one seq, as the first observer saw it; only messages have `key` and `body`."""

    type: str
    key: Key | None
    body: str | None


class Membership(NamedTuple):
    """An event that changed who is in the room."""

    type: str
    subject: str | None
    members: list[str]


@dataclass(slots=True)
class LiveStream:
    """What one connection was handed live, in the order in which it came; an admission is the negative of its seq."""

    user: str
    steps: "array[int]" = field(default_factory=lambda: array("q"))


@dataclass(slots=True)
class View:
    """The seqs that one client applied, in order; a position that was set instead is negative."""

    user: str = ""
    steps: "array[int]" = field(default_factory=lambda: array("q"))
    settled_at: int | None = None


@dataclass(slots=True)
class RoomHistory:
    room_id: str
    sends: dict[Key, Send] = field(default_factory=dict)
    content: dict[int, Content] = field(default_factory=dict)
    # What contradicts `content`: another observer saw something else at the same seq.
    contradictions: list[tuple[int, str, Content]] = field(default_factory=list)
    final: set[int] = field(default_factory=set)
    whole_head: int | None = None
    membership: dict[int, Membership] = field(default_factory=dict)
    history_rules: set[str] = field(default_factory=set)
    streams: dict[str, LiveStream] = field(default_factory=dict)
    views: dict[str, View] = field(default_factory=dict)
    # What each person was given by sync and history.
    fetched: "dict[str, array[int]]" = field(default_factory=dict)
    reads: list[Read] = field(default_factory=list)
    folds: list[Folded] = field(default_factory=list)
    stamped: Stamped | None = None
    # (person, seq)
    owed: set[tuple[str, int]] = field(default_factory=set)
    alerted: set[tuple[str, int]] = field(default_factory=set)
    first_seen_at: dict[str, dict[int, float]] = field(default_factory=dict)

    @property
    def seq_by_key(self) -> Iterator[tuple[Key, int]]:
        return ((content.key, seq) for seq, content in self.content.items() if content.key is not None)


def load_room(room_id: str, records: Iterable[RoomRecord]) -> RoomHistory:
    """Fold a room's records into columns, in one pass."""
    room = RoomHistory(room_id)
    for record in records:
        match record:
            case Seen():
                note_seen(room, record)
            case Sent():
                note_sent(room, record)
            case Answered():
                note_answer(room, record)
            case Applied():
                room.views.setdefault(record.client, View()).steps.append(record.seq)
            case Admitted():
                stream = room.streams.setdefault(record.connection, LiveStream(record.user))
                stream.steps.append(-record.seq)
                room.views.setdefault(record.client, View()).user = record.user
            case Moved():
                room.views.setdefault(record.client, View()).steps.append(-record.seq)
            case Read():
                room.reads.append(record)
            case Whole():
                room.whole_head = record.head
            case Stamped():
                room.stamped = record
            case Settled():
                room.views.setdefault(record.client, View()).settled_at = record.position
            case Folded():
                room.folds.append(record)
            case Owed():
                room.owed.add((record.user, record.seq))
            case Alerted():
                room.alerted.add((record.user, record.seq))
    return room


def note_sent(room: RoomHistory, record: Sent) -> None:
    send = room.sends.setdefault((record.user, record.cid), Send(record.body, []))
    send.attempts.append(Attempt(record.connection, record.at))


def note_answer(room: RoomHistory, record: Answered) -> None:
    attempt = room.sends[record.user, record.cid].attempts[record.attempt]
    attempt.outcome = record.outcome
    attempt.seq = record.seq
    attempt.duplicate = record.duplicate
    attempt.answered_at = record.at


def note_seen(room: RoomHistory, record: Seen) -> None:
    note_content(room, record)
    if record.source == "live":
        room.streams.setdefault(record.connection, LiveStream(record.user)).steps.append(record.seq)
        room.first_seen_at.setdefault(record.client, {}).setdefault(record.seq, record.at)
    else:
        room.fetched.setdefault(record.user, array("q")).append(record.seq)
    if record.source == "history":
        room.final.add(record.seq)
    if record.applied:
        view = room.views.setdefault(record.client, View())
        view.user = record.user
        view.steps.append(record.seq)


def note_content(room: RoomHistory, record: Seen) -> None:
    key = (record.sender or "", record.cid) if record.cid is not None else None
    content = Content(record.type, key, None if record.changed else record.body)
    known = room.content.setdefault(record.seq, content)
    if known is content:
        note_membership(room, record)
    elif contradict(known, content):
        room.contradictions.append((record.seq, record.client, content))
    elif known.key is None or known.body is None:
        room.content[record.seq] = Content(known.type, known.key or key, known.body or content.body)


def note_membership(room: RoomHistory, record: Seen) -> None:
    if record.history_rule is not None:
        room.history_rules.add(record.history_rule)
    if record.subject is not None or record.members:
        room.membership[record.seq] = Membership(record.type, record.subject, record.members)


def contradict(one: Content, other: Content) -> bool:
    """An edited or deleted message counts as its original, so what is no longer shown contradicts nothing."""
    return (
        one.type != other.type
        or (one.key is not None and other.key is not None and one.key != other.key)
        or (one.body is not None and other.body is not None and one.body != other.body)
    )
