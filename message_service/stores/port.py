"""The message store: the room logs and what is folded from them. A port with one adapter per server.

Guarantees of every adapter:
- A room's log has the seqs 1, 2, 3… without a gap; (room, seq) and (room, actor, op) are unique, for ever.
- What `append` reports as applied is durable, and every later read on any process shows it, projections included.
- What a read tells of a room is true at the `head` that comes with it, as if nothing had happened since.
- After a crash at any point, the next call finds either nothing of a step or all of it, and completes projections.
- Errors: `unavailable` is raised only if nothing was written, `timeout` if that is unknown; `invalid` for requests that
  no correct caller makes. No other error is expected.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from chatflow.protocol.objects import DeletedMessage, Member, Message, Room
from chatflow.wire.inbox import DoneItem, InboxDoneAnswer, InboxKind
from chatflow.wire.log import InviteState, LoadedRoom, LoadRoom, Run, RunResult
from chatflow.wire.outbox import ALERTS, EVERYBODY, AlertDetails, Audience, Job
from chatflow.wire.personal import Outcome, PersonalWrite, ThreadMark
from chatflow.wire.reads import PersonRooms, ReadMark, ReadPosition, RoomEvents, RoomRow
from message_service.log.inbox import Place, Why
from message_service.retention.log_clock import ClockMark, RetentionTime
from message_service.retention.trims import TrimPage


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Asks for messages of a room by seq, never below `floor`, in exactly one direction or the latest."""

    limit: int
    floor: int = 0
    before: int | None = None
    after: int | None = None
    around: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePage:
    """Messages in the order of seq, true at `head`; whether there are more before the first and after the last.

    The size of an answer is limited, so a page may hold less than was asked for, but never nothing if there is any.
    """

    items: list[Message | DeletedMessage]
    head: int
    has_before: bool
    has_after: bool
    # For pins: the place after which the next page begins.
    next_pin: int | None = None
    # For a thread that the viewer follows: up to which number they have read it.
    thread_read_n: int | None = None


DirectoryOrder = Literal["name", "activity", "members"]


class OpenRoom(NamedTuple):
    """A channel of the directory, and when somebody last said something in it, or made it."""

    # Where it stands in the order that was asked for.
    key: str
    room: Room
    active_at: str


class Reactor(NamedTuple):
    """A person who put an emoji on a message, and when, if the log was already asked for that."""

    seq: int
    user_id: str
    at: str | None


# So many rows of a person's threads are looked at for one page, and so many unread replies are counted.
THREADS_LOOKED_AT = 200
UNREAD_REPLIES_COUNTED = 100


class FoundThread(NamedTuple):
    """A thread that somebody follows; `last` is its newest reply."""

    room_id: str
    root: Message | DeletedMessage
    last: Message | DeletedMessage | None
    replies: int
    # Replies by others that the person has not read.
    unread: int
    # When the last reply was, by which the list is in order.
    at: str = ""


class InboxItem(NamedTuple):
    """One item of a person's inbox; the message is None where its content is gone."""

    kind: InboxKind
    why: Why
    room_id: str
    seq: int
    at: str
    message: Message | None
    # The message under which a thread hangs.
    thread: str | None = None
    # Of a room: its counts. Of a thread: its unread replies.
    unread: int | None = None
    mentions: int | None = None


class InboxPage(NamedTuple):
    items: list[InboxItem]
    # The place after which the next page begins.
    next: Place | None


class ThreadPage(NamedTuple):
    items: list[FoundThread]
    # The place after which the next page begins: when the last reply was, and the root's id.
    next: tuple[str, str] | None


class MessageStore(Protocol):
    """Reads and writes the log and its projections; safe to call from any thread."""

    def append(
        self,
        runs: Sequence[Run],
        *,
        deadline: float,
        now: float | None = None,
        added_per_hour: int = 0,
        unique_names: bool = False,
    ) -> list[RunResult]:
        """Append runs of different rooms; one result per run, in their order; each run changes its own room only.

        A run is refused whole (`head`) unless it follows the stored head or its own entries are stored already; then
        they count as just written. Steps apply in order, and none applies after one that was stopped: by `head` if
        another event has its number, by `op` (with the first result) if its op is in the log, by `added` if
        others would put a person into more than `added_per_hour` rooms in an hour (0 is no limit), by `name` if with
        `unique_names` an open channel would get the name of another one, its `holder`, also if both come at once. Past
        the deadline (wall-clock seconds) nothing is written and `unavailable` is raised. What is new is owed to its
        consumers since `now`.
        """

    def load(self, wanted: Sequence[LoadRoom]) -> list[LoadedRoom]:
        """Return what was asked for, by room; messages that do not exist are left out.

        Rooms that would make one answer too large are also left out, but never all of them.
        """

    def people(self, user_ids: Sequence[str], *, limit: int) -> list[PersonRooms]:
        """Return each person's rooms, most recently active first, at most `limit` as rows, all of them by head.

        If one answer would have very many rows, some of them are left out too, and `more` says so.

        Rooms that the person currently hides are rows of their own, again at most `limit`, and nowhere else.

        The version is read first, so that a later comparison asks once too often rather than once too rarely.
        """

    def rows(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[str, RoomRow]]:
        """Return (user, row) for each (user, room) that is a membership."""

    def events(self, cursors: dict[str, int], *, limit: int, tail: bool) -> list[RoomEvents]:
        """Return events after each cursor, oldest first, or each room's newest; at most `limit` per room.

        The whole answer is limited too, but never empty if there is an event to tell. An unknown room has head 0.
        """

    def recent_heads(self, *, since: float, partitions: Collection[int], limit: int) -> dict[str, int]:
        """Return the heads of rooms in these partitions with an event decided since then (wall-clock seconds).

        If there are more than `limit`, those that changed last; the cost depends on the time only.
        """

    def trims_due(self, *, time: RetentionTime, partitions: Collection[int], after: str, limit: int) -> TrimPage:
        """Announce what rooms of these partitions keep past their retention, of `limit` rooms after an id.

        Return what has been announced for the grace period and is still due, a limited number of messages per room.
        """

    def clock_mark(self) -> ClockMark | None:
        """Return the stored mark of the log's time, by whichever process."""

    def keep_clock_mark(self, mark: ClockMark) -> None:
        """Store it durably, in place of the one before."""

    def versions(self, user_ids: Sequence[str]) -> dict[str, int]:
        """Return a number that changes whenever the person's list of rooms does; 0 for an unknown person."""

    def mark_read(self, marks: Sequence[ReadMark]) -> list[ReadPosition]:
        """Move positions forward, or set them where the mark says so, and return where each one is, durably.

        No position is past the head, nor before what its person may read. `moves` says which of two answers is newer.
        """

    def write_personal(self, writes: Sequence[PersonalWrite]) -> list[Outcome]:
        """Store people's own settings, durably; one outcome per write, in their order."""

    def read_threads(self, marks: Sequence[ThreadMark]) -> list[int | None]:
        """Move how far people have read threads forward, durably; return where it is, None for what one may not read.

        Of somebody who does not follow the thread nothing is kept.
        """

    def owed(self, *, limit: int, until: float, partitions: Sequence[int] | None, consumer: str = ALERTS) -> list[Job]:
        """Return events owed to a consumer since before `until` (wall-clock seconds; infinity: all), oldest first."""

    def clear_owed(self, jobs: Sequence[Job], *, consumer: str = ALERTS) -> None:
        """Clear a consumer's jobs: it is owed them no more, the others are. Twice is the same as once."""

    def owed_since(self, consumer: str) -> float | None:
        """Return since when a consumer is owed its oldest event (wall-clock seconds); None if it is owed nothing."""

    def alert_details(
        self, jobs: Sequence[Job], *, after: str = "", limit: int = EVERYBODY, only: Audience | None = None
    ) -> list[AlertDetails]:
        """Return for each job that names an event whom it may alert: people who were members by then and still are.

        People come in the order of their ids; `limit` of them are looked at, those of the first job after `after`.
        `next` says where to go on.
        """

    # What people page through.

    def rooms_of(self, user_id: str, *, after: tuple[str, str] | None, limit: int) -> list[tuple[str, RoomRow]]:
        """Return (active_at, row) of rooms not hidden, most recently active first, after (active_at, room id)."""

    def public_rooms(
        self, query: str, *, after: tuple[str, str] | None, limit: int, order: DirectoryOrder = "name"
    ) -> list[OpenRoom]:
        """Return open channels whose name or topic contains the query, after (key, room id) in their order.

        By activity the last active come first, by members the largest. A room that moves meanwhile may be left out of
        the pages, or come twice.
        """

    def room(self, room_id: str) -> Room | None:
        """Return the room without anything personal."""

    def members(self, room_id: str, *, after: str, limit: int) -> tuple[int, list[Member]]:
        """Return the head, and members by user id after `after`."""

    def invites(self, room_id: str) -> list[InviteState]:
        """Return the room's invitations in the order in which they were made; some may be over by their time."""

    # If there is a `viewer`, each reaction says whether it is also theirs.

    def messages(self, room_id: str, span: Span, *, viewer: str | None = None) -> MessagePage: ...

    def message(
        self, room_id: str, message_id: str, *, viewer: str | None = None
    ) -> Message | DeletedMessage | None: ...

    def pins(self, room_id: str, *, floor: int, before: int | None = None, viewer: str | None = None) -> MessagePage:
        """Return the pinned messages from `floor` on, last pinned first, after the place of an earlier page."""

    def thread(
        self, room_id: str, root_id: str, *, floor: int, after: int, limit: int, viewer: str | None = None
    ) -> MessagePage:
        """Return the replies in a thread after a seq, oldest first, and whether the viewer follows it."""

    def threads_of(self, user_id: str, *, unread: bool, after: tuple[str, str] | None, limit: int) -> ThreadPage:
        """Return the threads that a person follows and may read, newest reply first, after a place.

        Who begins a thread follows it, who writes in it or is named in it, and who chose to; nobody who chose not to,
        until they write in it again. A page may have few items, or none, with more behind it.
        """

    def inbox(
        self, user_id: str, *, kinds: Collection[InboxKind], after: Place | None, limit: int, now: float
    ) -> InboxPage:
        """Return what is open for a person, newest first, after a place; what is read or done is not open.

        A page may have few items, or none, with more behind it. `now` (wall-clock seconds) says what is muted.
        """

    def finish(self, user_id: str, items: Sequence[DoneItem]) -> InboxDoneAnswer:
        """Take items out of a person's inbox, durably; what they may not read is left out, and twice is as once.

        A mention is kept as done, and no position moves; a room is read up to the item, and a thread is, too.
        """

    def reactors(
        self, room_id: str, message_id: str, emoji: str, *, after: tuple[int, str], limit: int
    ) -> list[Reactor]:
        """Return who put an emoji on a message, in their order, after a place (seq, person)."""

    # Lifecycle.

    def migrate(self) -> None:
        """Bring the schema up to date; call it once before anything else."""

    def check(self) -> None:
        """Raise `unavailable` if the store cannot be reached."""

    def close(self) -> None: ...
