"""The message store on SQLite: one file, one writing connection, and readers that never wait for it.

Beyond the port's guarantees: an append is one transaction for all its rooms, and one sync of the disk.
"""

import time
from collections.abc import Collection, Sequence

from chatflow.ids import earliest_id_since
from chatflow.protocol.events import MessageDeleted, MessageEdited, RoomTrimmed
from chatflow.protocol.objects import DeletedMessage, Member, Message, Room
from chatflow.wire.inbox import DoneItem, InboxDoneAnswer, InboxKind
from chatflow.wire.log import InviteState, LoadedRoom, LoadRoom, Run, RunResult
from chatflow.wire.outbox import ALERTS, EVERYBODY, AlertDetails, Audience, Job
from chatflow.wire.personal import Outcome, PersonalWrite, ThreadMark
from chatflow.wire.reads import PersonRooms, ReadMark, ReadPosition, RoomEvents, RoomRow
from message_service.log.inbox import Place
from message_service.retention.log_clock import ClockMark, RetentionTime
from message_service.retention.trims import TrimPage
from message_service.stores.inbox import finish_items, inbox_page
from message_service.stores.migrating import Migrating, migrations_in
from message_service.stores.port import DirectoryOrder, InboxPage, MessagePage, OpenRoom, Reactor, Span, ThreadPage
from message_service.stores.sizes import Sheet
from message_service.stores.sqlite import (
    clock,
    history,
    outbox_marks,
    people,
    personal,
    read_positions,
    recent,
    retention,
    rooms,
    threads,
)
from message_service.stores.sqlite import migrations as migrations_sqlite
from message_service.stores.sqlite.append import append_runs
from message_service.stores.sqlite.database import SqliteConnections
from message_service.stores.sqlite.inbox import SqliteInbox
from message_service.stores.sqlite.invites import living_invites
from message_service.stores.sqlite.schema import SqliteMigrations
from message_service.stores.sqlite.scrubbing import Scrubbing

TAKES_CONTENT = (MessageDeleted, MessageEdited, RoomTrimmed)


class SqliteStore:
    """See `message_service.stores.port.MessageStore`."""

    def __init__(self, path: str) -> None:
        self._db = SqliteConnections(path)
        self._scrubbing = Scrubbing(self._db)
        self.migrating = Migrating(SqliteMigrations(self._db), migrations_in(migrations_sqlite))

    def append(
        self,
        runs: Sequence[Run],
        *,
        deadline: float,
        now: float | None = None,
        added_per_hour: int = 0,
        unique_names: bool = False,
    ) -> list[RunResult]:
        try:
            with self._db.writing(deadline=deadline) as db:
                return append_runs(
                    db,
                    runs,
                    now=time.time() if now is None else now,
                    added_per_hour=added_per_hour,
                    unique_names=unique_names,
                )
        finally:
            # Also if nobody knows whether it was written.
            if any(takes_content(run) for run in runs):
                self._scrubbing.soon()

    def load(self, wanted: Sequence[LoadRoom]) -> list[LoadedRoom]:
        with self._db.reading() as db:
            return Sheet().take(history.load_room(db, room) for room in wanted)

    def people(self, user_ids: Sequence[str], *, limit: int) -> list[PersonRooms]:
        with self._db.reading() as db:
            return people.rooms_of_people(db, user_ids, limit=limit)

    def rows(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[str, RoomRow]]:
        with self._db.reading() as db:
            return people.rows_of_pairs(db, pairs)

    def events(self, cursors: dict[str, int], *, limit: int, tail: bool) -> list[RoomEvents]:
        with self._db.reading() as db:
            return history.events_of_rooms(db, cursors, limit=limit, tail=tail)

    def recent_heads(self, *, since: float, partitions: Collection[int], limit: int) -> dict[str, int]:
        with self._db.reading() as db:
            return recent.recent_heads(db, earliest_id=earliest_id_since(since), partitions=partitions, limit=limit)

    def trims_due(self, *, time: RetentionTime, partitions: Collection[int], after: str, limit: int) -> TrimPage:
        return retention.trims_due(self._db, time=time, partitions=partitions, after=after, limit=limit)

    def clock_mark(self) -> ClockMark | None:
        with self._db.reading() as db:
            return clock.kept_mark(db)

    def keep_clock_mark(self, mark: ClockMark) -> None:
        with self._db.writing() as db:
            clock.keep_mark(db, mark)

    def versions(self, user_ids: Sequence[str]) -> dict[str, int]:
        with self._db.reading() as db:
            return people.versions_of(db, user_ids)

    def mark_read(self, marks: Sequence[ReadMark]) -> list[ReadPosition]:
        with self._db.writing() as db:
            return read_positions.mark_read(db, marks)

    def write_personal(self, writes: Sequence[PersonalWrite]) -> list[Outcome]:
        with self._db.writing() as db:
            return personal.write_personal(db, writes)

    def read_threads(self, marks: Sequence[ThreadMark]) -> list[int | None]:
        with self._db.writing() as db:
            return threads.read_threads(db, marks)

    def threads_of(self, user_id: str, *, unread: bool, after: tuple[str, str] | None, limit: int) -> ThreadPage:
        with self._db.reading() as db:
            return threads.threads_of(db, user_id, unread=unread, after=after, limit=limit)

    def owed(self, *, limit: int, until: float, partitions: Sequence[int] | None, consumer: str = ALERTS) -> list[Job]:
        with self._db.reading() as db:
            return outbox_marks.owed_jobs(db, limit=limit, until=until, partitions=partitions, consumer=consumer)

    def clear_owed(self, jobs: Sequence[Job], *, consumer: str = ALERTS) -> None:
        with self._db.writing() as db:
            outbox_marks.clear_owed(db, jobs, consumer=consumer)

    def owed_since(self, consumer: str) -> float | None:
        with self._db.reading() as db:
            return outbox_marks.owed_since(db, consumer)

    def alert_details(
        self, jobs: Sequence[Job], *, after: str = "", limit: int = EVERYBODY, only: Audience | None = None
    ) -> list[AlertDetails]:
        with self._db.reading() as db:
            return outbox_marks.details_of_jobs(db, jobs, after=after, limit=limit, only=only)

    def rooms_of(self, user_id: str, *, after: tuple[str, str] | None, limit: int) -> list[tuple[str, RoomRow]]:
        with self._db.reading() as db:
            return people.rows_of_person(db, user_id, after=after, limit=limit)

    def public_rooms(
        self, query: str, *, after: tuple[str, str] | None, limit: int, order: DirectoryOrder = "name"
    ) -> list[OpenRoom]:
        with self._db.reading() as db:
            return rooms.open_rooms(db, query, after=after, limit=limit, order=order)

    def room(self, room_id: str) -> Room | None:
        with self._db.reading() as db:
            return rooms.one_room(db, room_id)

    def members(self, room_id: str, *, after: str, limit: int) -> tuple[int, list[Member]]:
        with self._db.reading() as db:
            return rooms.members_of(db, room_id, after=after, limit=limit)

    def invites(self, room_id: str) -> list[InviteState]:
        with self._db.reading() as db:
            return living_invites(db, room_id)

    def messages(self, room_id: str, span: Span, *, viewer: str | None = None) -> MessagePage:
        with self._db.reading() as db:
            return history.message_page(db, room_id, span, viewer=viewer)

    def message(self, room_id: str, message_id: str, *, viewer: str | None = None) -> Message | DeletedMessage | None:
        with self._db.reading() as db:
            return history.one_message(db, room_id, message_id, viewer=viewer)

    def pins(self, room_id: str, *, floor: int, before: int | None = None, viewer: str | None = None) -> MessagePage:
        with self._db.reading() as db:
            return history.pin_page(db, room_id, floor=floor, before=before, viewer=viewer)

    def thread(
        self, room_id: str, root_id: str, *, floor: int, after: int, limit: int, viewer: str | None = None
    ) -> MessagePage:
        with self._db.reading() as db:
            return history.thread_page(db, room_id, root_id, floor=floor, after=after, limit=limit, viewer=viewer)

    def inbox(
        self, user_id: str, *, kinds: Collection[InboxKind], after: Place | None, limit: int, now: float
    ) -> InboxPage:
        with self._db.reading() as db:
            return inbox_page(SqliteInbox(db), user_id, kinds=kinds, after=after, limit=limit, now=now)

    def finish(self, user_id: str, items: Sequence[DoneItem]) -> InboxDoneAnswer:
        with self._db.writing() as db:
            return finish_items(SqliteInbox(db), user_id, items)

    def reactors(
        self, room_id: str, message_id: str, emoji: str, *, after: tuple[int, str], limit: int
    ) -> list[Reactor]:
        with self._db.reading() as db:
            return history.reactors_of(db, room_id, message_id, emoji, after=after, limit=limit)

    def migrate(self) -> None:
        self.migrating.run()
        self._scrubbing.soon()

    def check(self) -> None:
        with self._db.reading() as db:
            db.execute("SELECT 1 FROM rooms LIMIT 1").fetchone()

    def close(self) -> None:
        self.migrating.close()
        self._scrubbing.close()
        self._db.close()


def takes_content(run: Run) -> bool:
    return any(step.entry is not None and isinstance(step.entry.event, TAKES_CONTENT) for step in run.steps)
