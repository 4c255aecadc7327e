"""The records of a history: what each client asked, was answered and was shown, one room to a file, a record a line."""

from typing import Any, Literal

import msgspec

# ok: acked. fail: rejected. not_tried: this attempt did nothing. info: nobody knows, it may appear 0 or 1 times.
Outcome = Literal["ok", "fail", "not_tried", "info"]
Source = Literal["live", "sync", "history"]


class Record(msgspec.Struct, kw_only=True, tag_field="op", omit_defaults=True, gc=False):
    """`at` is the machine's monotonic clock, so that the records of several processes compare."""

    at: float


class Sent(Record, kw_only=True, tag="send"):
    """A `message:send` leaves the client; a retry is a further attempt of the same cid."""

    client: str
    user: str
    connection: str
    cid: str
    attempt: int
    body: str


class Answered(Record, kw_only=True, tag="answer"):
    """How that attempt ended; none at all means `info`."""

    client: str
    user: str
    cid: str
    attempt: int
    outcome: Outcome
    code: str | None = None
    seq: int | None = None
    duplicate: bool = False


class Seen(Record, kw_only=True, tag="see"):
    """An event reached a client. `applied`: it became part of what the client shows, now."""

    client: str
    user: str
    connection: str
    seq: int
    type: str
    source: Source
    applied: bool = False
    # Of messages: who wrote what; `changed` when edited or deleted since, so that the body is another.
    sender: str | None = None
    cid: str | None = None
    body: str | None = None
    changed: bool = False
    # Of membership events: whom they concern, and what else the fold needs.
    subject: str | None = None
    members: list[str] = []
    history_rule: str | None = None


class Applied(Record, kw_only=True, tag="apply"):
    """An event that had come early became part of what the client shows."""

    client: str
    seq: int


class Admitted(Record, kw_only=True, tag="admit"):
    """The server told this connection where its live events start: at `seq` + 1."""

    client: str
    user: str
    connection: str
    seq: int


class Moved(Record, kw_only=True, tag="move"):
    """The client's position was set, not reached: at its first sight of the room, or by an explicit reset."""

    client: str
    seq: int
    why: Literal["start", "reset"]


class Read(Record, kw_only=True, tag="read"):
    """A read that was asked for at `at` answered what is true at `head`."""

    client: str
    user: str
    head: int


class Whole(Record, kw_only=True, tag="whole"):
    """The whole log was read, after everything: its events 1 to `head` are in this history with source `history`."""

    head: int


class Stamped(Record, kw_only=True, tag="stamp"):
    """What the times in the whole log say, by the seqs of events that are stamped or trimmed as none should be."""

    # Earlier than the event before it.
    falls: list[int] = []
    # Farther from the true time than clocks are apart.
    wrong: list[int] = []
    # Retention took something, though everything is younger than it takes.
    trims: list[int] = []


class Settled(Record, kw_only=True, tag="settle"):
    """This client was there to the end and stands at `position`."""

    client: str
    position: int


class Folded(Record, kw_only=True, tag="fold"):
    """What a client's fold over the events says of the room, and what a fresh look says at the same seq."""

    client: str
    seq: int
    folded: dict[str, Any]
    fresh: dict[str, Any]


class Owed(Record, kw_only=True, tag="owe"):
    """A message was acked at `seq` that has to alert this person, somehow, some time."""

    user: str
    seq: int


class Alerted(Record, kw_only=True, tag="alert"):
    """The person's inbox has an alert about the event at `seq`, or says why it was kept back."""

    user: str
    seq: int


class FaultBegan(Record, kw_only=True, tag="fault"):
    """Of the run, not of a room: something was broken on purpose."""

    fault: str


class FaultHealed(Record, kw_only=True, tag="heal"):
    fault: str


RoomRecord = (
    Sent | Answered | Seen | Applied | Admitted | Moved | Read | Whole | Stamped | Settled | Folded | Owed | Alerted
)
RunRecord = FaultBegan | FaultHealed

encode_line = msgspec.json.Encoder().encode
decode_room_record = msgspec.json.Decoder(RoomRecord).decode
decode_run_record = msgspec.json.Decoder(RunRecord).decode
