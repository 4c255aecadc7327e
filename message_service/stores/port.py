"""The message store: the room logs and what is folded from them. A port with an adapter per server.

Guarantees of every adapter:
- A room's log has the seqs 1, 2, 3… without a gap; (room, seq) and (room, actor, op) are unique, for ever.
- What `append` answers as held is durable, and every later read on any process shows it, projections included.
- What a read answers about a room is true at the `head` that comes with it, as if nothing had happened since.
- After a crash at any point the next call finds either nothing of a step or all of it, and completes the projections.
- Errors: `unavailable` is raised only if nothing was written, `timeout` if it is unknown; `invalid` for what no correct
  caller asks. Nothing else is expected to be raised.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from chatflow.protocol.objects import DeletedMessage, Member, Message, Room
from chatflow.wire.log import LoadedRoom, LoadRoom, Run, RunResult
from chatflow.wire.outbox import EVERYBODY, AlertFacts, Job
from chatflow.wire.personal import Outcome, PersonalWrite
from chatflow.wire.reads import PersonRooms, ReadMark, ReadPosition, RoomEvents, RoomRow
from message_service.retention.log_clock import ClockMark, RetentionTime
from message_service.retention.trims import TrimPage


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Which messages of a room are asked for, by seq, never below `floor`; exactly one direction, or the latest."""

    limit: int
    floor: int = 0
    before: int | None = None
    after: int | None = None
    around: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePage:
    """Messages in the order of seq, true at `head`; whether there are more before the first and behind the last.

    What an answer carries is bounded, so a page may hold less than was asked for, but never nothing of something.
    """

    items: list[Message | DeletedMessage]
    head: int
    has_before: bool
    has_after: bool
    # Of pins: the place behind which the next page begins.
    next_pin: int | None = None


class Reactor(NamedTuple):
    """Who put an emoji on a message; when, where the log has been asked for it yet."""

    seq: int
    user_id: str
    at: str | None


class MessageStore(Protocol):
    """Safe to call from any thread."""

    def append(
        self, runs: Sequence[Run], *, deadline: float, now: float | None = None, added_per_hour: int = 0
    ) -> list[RunResult]:
        """Append runs of different rooms; one result per run, in their order, and no run touches another's room.

        A run is refused whole (`head`) unless it follows on the stored head or its own entries already stand in their
        slots, in which case they count as just written. Steps hold in order and the first that fails fails all behind
        it: by `head` if its slot holds another entry, by `op` (with the first result) if its op is in the log, by
        `added` if others would put a person into more than `added_per_hour` rooms within an hour (0 is no limit). Past
        the deadline (wall-clock seconds) nothing is written and `unavailable` raised. What is owed is owed since `now`.
        """

    def load(self, asks: Sequence[LoadRoom]) -> list[LoadedRoom]:
        """Return per room what was asked for; messages that do not exist are left out.

        Rooms that would make one answer too large are left out too, but never all of them.
        """

    def people(self, user_ids: Sequence[str], *, limit: int) -> list[PersonRooms]:
        """Return each person's rooms, most recently active first, at most `limit` as rows, all of them by head.

        Of very many rows in one answer some are left out too, and `more` says so.

        Rooms that the person hides now are rows by themselves, again at most `limit`, and nowhere else.

        The version is read first: whoever compares it later asks once too often rather than once too rarely.
        """

    def rows(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[str, RoomRow]]:
        """Return (user, row) for each (user, room) that is a membership."""

    def events(self, cursors: dict[str, int], *, limit: int, tail: bool) -> list[RoomEvents]:
        """Return events behind each cursor, oldest first, or the newest of each room; at most `limit` per room.

        The whole answer is bounded too, but never empty where there is an event to tell. An unknown room has head 0.
        """

    def recent_heads(self, *, since: float, partitions: Collection[int], limit: int) -> dict[str, int]:
        """Return the heads of rooms in these partitions with an event decided since (wall-clock seconds).

        Of more than `limit` rooms those that changed last; what it costs depends on the time only.
        """

    def trims_due(self, *, time: RetentionTime, partitions: Collection[int], after: str, limit: int) -> TrimPage:
        """Announce what rooms of these partitions keep past their retention, of `limit` rooms behind an id.

        Return what has been announced for the grace period and is still to go, a bounded number of messages per room.
        """

    def clock_mark(self) -> ClockMark | None:
        """Return what was kept of the log's time, by any process."""

    def keep_clock_mark(self, mark: ClockMark) -> None:
        """Keep it, durably, in place of the one before."""

    def versions(self, user_ids: Sequence[str]) -> dict[str, int]:
        """Return the number that changes whenever a person's list of rooms does; 0 for nobody known."""

    def mark_read(self, marks: Sequence[ReadMark]) -> list[ReadPosition]:
        """Move positions forward, clamped to the head, and answer where each stands, durably."""

    def write_personal(self, writes: Sequence[PersonalWrite]) -> list[Outcome]:
        """Keep what people set for themselves, durably; one outcome per write, in their order."""

    def owed(self, *, limit: int, until: float, partitions: Sequence[int] | None) -> list[Job]:
        """Return events owed since before `until` (wall-clock seconds; infinity: all), oldest first."""

    def clear_owed(self, jobs: Sequence[Job]) -> None:
        """Let these be owed no more; clearing twice is clearing once."""

    def alert_facts(self, jobs: Sequence[Job], *, after: str = "", limit: int = EVERYBODY) -> list[AlertFacts]:
        """Return per job that names an event whom it may alert, of those who were members by then and still are.

        People come by their ids; `limit` of them are looked at, those of the first job from behind `after` on. What is
        left says so by its `next`.
        """

    # What people page through.

    def rooms_of(self, user_id: str, *, after: tuple[str, str] | None, limit: int) -> list[tuple[str, RoomRow]]:
        """Return (active_at, row) of rooms not hidden, most recently active first, from behind (active_at, room id)."""

    def public_rooms(self, query: str, *, after: tuple[str, str] | None, limit: int) -> list[tuple[str, Room]]:
        """Return (sort key, room) of open channels whose name or topic contains the query, by name."""

    def room(self, room_id: str) -> Room | None:
        """Return the room as nobody in particular sees it."""

    def members(self, room_id: str, *, after: str, limit: int) -> tuple[int, list[Member]]:
        """Return the head, and members by user id from behind `after`."""

    # A `viewer` is told with each reaction whether it is theirs too.

    def messages(self, room_id: str, span: Span, *, viewer: str | None = None) -> MessagePage: ...

    def message(
        self, room_id: str, message_id: str, *, viewer: str | None = None
    ) -> Message | DeletedMessage | None: ...

    def pins(self, room_id: str, *, floor: int, before: int | None = None, viewer: str | None = None) -> MessagePage:
        """Return the pinned messages from `floor` on, last pinned first, from behind the place of an earlier page."""

    def thread(
        self, room_id: str, root_id: str, *, floor: int, after: int, limit: int, viewer: str | None = None
    ) -> MessagePage:
        """Return the replies in a thread behind a seq, oldest first."""

    def reactors(
        self, room_id: str, message_id: str, emoji: str, *, after: tuple[int, str], limit: int
    ) -> list[Reactor]:
        """Return who put an emoji on a message, in their order, from behind a place (seq, person)."""

    # Life.

    def migrate(self) -> None:
        """Bring the schema up to date; call it once before anything else."""

    def check(self) -> None:
        """Raise `unavailable` if the store cannot be reached."""

    def close(self) -> None: ...
