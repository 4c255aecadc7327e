"""The message store on MongoDB, or a server that speaks its protocol; it needs no transactions.

Beyond the port's guarantees: several processes may use one database without knowing of each other.
"""

import time
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor

from chatflow.ids import earliest_id_since
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
from message_service.stores.mongodb import (
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
from message_service.stores.mongodb import migrations as migrations_mongodb
from message_service.stores.mongodb.append import Appending
from message_service.stores.mongodb.database import MongoDatabase, unavailable_on_failure
from message_service.stores.mongodb.inbox import MongodbInbox
from message_service.stores.mongodb.projections import catch_up
from message_service.stores.mongodb.schema import MongodbMigrations
from message_service.stores.port import DirectoryOrder, InboxPage, MessagePage, OpenRoom, Reactor, Span, ThreadPage

# Inserts into different rooms run in parallel, because each waits for a majority.
INSERTS_AT_ONCE = 8
# The longest that a restart of a dead process may take.
LEFT_BEHIND_SECONDS = 15 * 60
ROOMS_PER_LOOK = 200


class MongodbStore:
    """See `message_service.stores.port.MessageStore`."""

    def __init__(self, url: str) -> None:
        self._db = MongoDatabase(url)
        self._pool = ThreadPoolExecutor(INSERTS_AT_ONCE, thread_name_prefix="inserts")
        self.migrating = Migrating(MongodbMigrations(self._db), migrations_in(migrations_mongodb))

    def append(
        self,
        runs: Sequence[Run],
        *,
        deadline: float,
        now: float | None = None,
        added_per_hour: int = 0,
        unique_names: bool = False,
    ) -> list[RunResult]:
        appending = Appending(
            self._db, runs, pool=self._pool, now=now, added_per_hour=added_per_hour, unique_names=unique_names
        )
        return appending.run(deadline=deadline)

    def load(self, wanted: Sequence[LoadRoom]) -> list[LoadedRoom]:
        with self._db.deciding():
            return history.load_rooms(self._db, wanted)

    def people(self, user_ids: Sequence[str], *, limit: int) -> list[PersonRooms]:
        with self._db.deciding():
            return people.rooms_of_people(self._db, user_ids, limit=limit)

    def rows(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[str, RoomRow]]:
        with self._db.deciding():
            return people.rows_of_pairs(self._db, pairs)

    def events(self, cursors: dict[str, int], *, limit: int, tail: bool) -> list[RoomEvents]:
        with self._db.deciding():
            return history.events_of_rooms(self._db, cursors, limit=limit, tail=tail)

    def recent_heads(self, *, since: float, partitions: Collection[int], limit: int) -> dict[str, int]:
        with self._db.deciding():
            earliest_id = earliest_id_since(since)
            return recent.recent_heads(self._db, earliest_id=earliest_id, partitions=partitions, limit=limit)

    def trims_due(self, *, time: RetentionTime, partitions: Collection[int], after: str, limit: int) -> TrimPage:
        with self._db.deciding():
            return retention.trims_due(self._db, time=time, partitions=partitions, after=after, limit=limit)

    def clock_mark(self) -> ClockMark | None:
        with self._db.deciding():
            return clock.kept_mark(self._db)

    def keep_clock_mark(self, mark: ClockMark) -> None:
        with self._db.reading():
            clock.keep_mark(self._db, mark)

    def versions(self, user_ids: Sequence[str]) -> dict[str, int]:
        with self._db.deciding():
            return people.versions_of(self._db, user_ids)

    def mark_read(self, marks: Sequence[ReadMark]) -> list[ReadPosition]:
        with self._db.reading():
            return read_positions.mark_read(self._db, marks)

    def write_personal(self, writes: Sequence[PersonalWrite]) -> list[Outcome]:
        with self._db.deciding():
            return personal.write_personal(self._db, writes)

    def read_threads(self, marks: Sequence[ThreadMark]) -> list[int | None]:
        with self._db.deciding():
            return threads.read_threads(self._db, marks)

    def threads_of(self, user_id: str, *, unread: bool, after: tuple[str, str] | None, limit: int) -> ThreadPage:
        with self._db.deciding():
            return threads.threads_of(self._db, user_id, unread=unread, after=after, limit=limit)

    def owed(self, *, limit: int, until: float, partitions: Sequence[int] | None, consumer: str = ALERTS) -> list[Job]:
        def read(at_most: int) -> list[Job]:
            return outbox_marks.owed_jobs(
                self._db, limit=at_most, until=until, partitions=partitions, consumer=consumer
            )

        with self._db.reading():
            # Asked each second, and mostly for nothing. A replaced primary may say so wrongly, for as long as it takes
            # to notice: then nothing is done, the job stays owed, and the next question finds it.
            if not read(1):
                return []
            self._db.fence()
            return read(limit)

    def clear_owed(self, jobs: Sequence[Job], *, consumer: str = ALERTS) -> None:
        with self._db.reading():
            outbox_marks.clear_owed(self._db, jobs, consumer=consumer)

    def owed_since(self, consumer: str) -> float | None:
        with self._db.reading():
            return outbox_marks.owed_since(self._db, consumer)

    def alert_details(
        self, jobs: Sequence[Job], *, after: str = "", limit: int = EVERYBODY, only: Audience | None = None
    ) -> list[AlertDetails]:
        with self._db.deciding():
            return outbox_marks.details_of_jobs(self._db, jobs, after=after, limit=limit, only=only)

    def rooms_of(self, user_id: str, *, after: tuple[str, str] | None, limit: int) -> list[tuple[str, RoomRow]]:
        with self._db.reading():
            return people.rows_of_person(self._db, user_id, after=after, limit=limit)

    def public_rooms(
        self, query: str, *, after: tuple[str, str] | None, limit: int, order: DirectoryOrder = "name"
    ) -> list[OpenRoom]:
        with self._db.reading():
            return rooms.open_rooms(self._db, query, after=after, limit=limit, order=order)

    def room(self, room_id: str) -> Room | None:
        with self._db.reading():
            return rooms.one_room(self._db, room_id)

    def members(self, room_id: str, *, after: str, limit: int) -> tuple[int, list[Member]]:
        with self._db.reading():
            return rooms.members_of(self._db, room_id, after=after, limit=limit)

    def invites(self, room_id: str) -> list[InviteState]:
        with self._db.reading():
            return rooms.invites_to(self._db, room_id)

    def messages(self, room_id: str, span: Span, *, viewer: str | None = None) -> MessagePage:
        with self._db.reading():
            return history.message_page(self._db, room_id, span, viewer=viewer)

    def message(self, room_id: str, message_id: str, *, viewer: str | None = None) -> Message | DeletedMessage | None:
        with self._db.reading():
            return history.one_message(self._db, room_id, message_id, viewer=viewer)

    def pins(self, room_id: str, *, floor: int, before: int | None = None, viewer: str | None = None) -> MessagePage:
        with self._db.reading():
            return history.pin_page(self._db, room_id, floor=floor, before=before, viewer=viewer)

    def thread(
        self, room_id: str, root_id: str, *, floor: int, after: int, limit: int, viewer: str | None = None
    ) -> MessagePage:
        with self._db.reading():
            return history.thread_page(self._db, room_id, root_id, floor=floor, after=after, limit=limit, viewer=viewer)

    def inbox(
        self, user_id: str, *, kinds: Collection[InboxKind], after: Place | None, limit: int, now: float
    ) -> InboxPage:
        with self._db.reading():
            return inbox_page(MongodbInbox(self._db), user_id, kinds=kinds, after=after, limit=limit, now=now)

    def finish(self, user_id: str, items: Sequence[DoneItem]) -> InboxDoneAnswer:
        with self._db.deciding():
            return finish_items(MongodbInbox(self._db), user_id, items)

    def reactors(
        self, room_id: str, message_id: str, emoji: str, *, after: tuple[int, str], limit: int
    ) -> list[Reactor]:
        with self._db.reading():
            return history.reactors_of(self._db, room_id, message_id, emoji, after=after, limit=limit)

    def migrate(self) -> None:
        with unavailable_on_failure():
            self._db.choose_read_concern()
            self.migrating.run()
        with self._db.deciding():
            self._finish_what_was_left()

    def _finish_what_was_left(self) -> None:
        """Fold what a dead process may have inserted and not folded; nobody else would look for it in time."""
        kept = clock.kept_mark(self._db)
        last = time.time() if kept is None else min(time.time(), kept.time)
        earliest_id = earliest_id_since(last - LEFT_BEHIND_SECONDS)
        changed = [str(room_id) for room_id in self._db.events.distinct("room_id", {"_id": {"$gte": earliest_id}})]
        for first in range(0, len(changed), ROOMS_PER_LOOK):
            catch_up(self._db, changed[first : first + ROOMS_PER_LOOK])

    def check(self) -> None:
        with unavailable_on_failure():
            self._db.ping()

    def close(self) -> None:
        self.migrating.close()
        self._pool.shutdown()
        self._db.close()
