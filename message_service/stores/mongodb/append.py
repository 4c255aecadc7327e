"""Appending on MongoDB: one ordered insert per room, whose success is the commit; the projections follow.

What a failed insert has written is never guessed from its error: the log is read again, by majority, and the run is
planned anew, with its own entries counting as already there.
"""

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from functools import partial
from types import MappingProxyType

from pymongo.errors import BulkWriteError

from chatflow.errors import Invalid, TimedOut, Unavailable
from chatflow.wire.log import Entry, Known, Run, RunResult
from message_service.log.additions import Additions, people_to_count, window_start
from message_service.log.admitting import admitting
from message_service.log.names import Names, names_a_room
from message_service.log.planning import Op, Plan, ops_of, plan_run
from message_service.log.projecting import project
from message_service.log.records import RoomRecord
from message_service.stores.mongodb.database import (
    Document,
    MongoDatabase,
    refuse_other_than_duplicates,
    unknown_on_failure,
)
from message_service.stores.mongodb.documents import document_of_entry
from message_service.stores.mongodb.history import find_known
from message_service.stores.mongodb.names import claim_of, release_names, rooms_named
from message_service.stores.mongodb.projections import apply, catch_up, head_of

# Each failed attempt means that another writer was faster, or that a majority has not yet confirmed our write.
ATTEMPTS = 10
# Keeps two jobs of one append in order in the outbox.
OWED_STEP_SECONDS = 1e-6


class Appending:
    """One append; `run` is called once."""

    def __init__(
        self,
        db: MongoDatabase,
        runs: Sequence[Run],
        *,
        pool: Executor,
        added_per_hour: int,
        unique_names: bool,
        now: float | None = None,
    ) -> None:
        if len({run.room_id for run in runs}) != len(runs):
            raise Invalid("An append has one run per room.")
        self._db = db
        self._runs = {run.room_id: run for run in runs}
        self._pool = pool
        self._added_per_hour = added_per_hour
        self._now = time.time() if now is None else now
        self._unique_names = unique_names and any(
            step.entry is not None and names_a_room(step.entry.event) for run in runs for step in run.steps
        )
        self._plans: dict[str, Plan] = {}
        # By id of the entry.
        self._claims: dict[str, Document] = {}

    def run(self, *, deadline: float) -> list[RunResult]:
        with self._db.reading():
            # The unique index checks an entry's op; a check's op has to be looked up.
            rooms = self._plan_surely(list(self._runs), every_op=False)
        if time.time() >= deadline:
            raise Unavailable("The deadline passed before anything was written.")
        with unknown_on_failure(), self._db.session():
            lost = self._write(list(self._runs), rooms)
            for _ in range(ATTEMPTS):
                if not lost:
                    return self._results()
                release_names(self._db, self._claims_in(lost))
                again = [*lost, *self._refused_for(lost)]
                lost = self._write(again, self._plan_surely(again, every_op=True))
        raise TimedOut("The store could not tell in time what was written.")

    def _plan_surely(self, room_ids: Sequence[str], *, every_op: bool) -> dict[str, RoomRecord]:
        """Plan, and plan those rooms anew behind a fence into which nothing is to be written.

        An entry that gets its number proves that the log was read to its end. Otherwise nothing would, and nothing
        proves that another room still has its name.
        """
        rooms = self._plan(room_ids, every_op=every_op)
        unsure = [room_id for room_id in room_ids if not self._is_sure(self._plans[room_id])]
        if not unsure:
            return rooms
        self._db.fence()
        sure = [room_id for room_id in room_ids if room_id not in unsure]
        return rooms | self._plan(unsure, every_op=every_op, beside=sure, before=rooms)

    def _is_sure(self, plan: Plan) -> bool:
        return bool(plan.fresh) and plan.stopped_by != "name"

    def _refused_for(self, lost: Sequence[str]) -> list[str]:
        """Return the rooms that were refused a name because one of these was to get it, which has not."""
        refusals = {room_id: plan.refusal for room_id, plan in self._plans.items() if room_id not in lost}
        return [room_id for room_id, refusal in refusals.items() if refusal is not None and refusal.holder in lost]

    def _plan(
        self,
        room_ids: Sequence[str],
        *,
        every_op: bool,
        beside: Sequence[str] = (),
        before: Mapping[str, RoomRecord] = MappingProxyType({}),
    ) -> dict[str, RoomRecord]:
        """Plan these rooms, after those `beside` them that are planned already, and that are in `before`."""
        rooms = catch_up(self._db, room_ids)
        runs = [self._runs[room_id] for room_id in room_ids]
        known = find_ops(self._db, runs, every_op=every_op)
        additions = self._find_additions(runs)
        names = Names({**before, **rooms}, find_holders=partial(rooms_named, self._db)) if self._unique_names else None
        admit = admitting(additions, names)
        for room_id in beside:
            for entry in self._plans[room_id].fresh:
                admit(entry)
        for run in runs:
            head = head_of(rooms.get(run.room_id))
            stored = find_stored(self._db, run) if head > run.expected_head else {}
            self._plans[run.room_id] = plan_run(
                run, head=head, stored=stored, known=known.get(run.room_id, ()), admit=admit
            )
        if names is not None:
            self._claims |= {entry_id: claim_of(self._db, claim) for entry_id, claim in names.claims.items()}
        return rooms

    def _claims_in(self, room_ids: Sequence[str]) -> list[Document]:
        """Return what these rooms were to claim."""
        fresh = [entry.id for room_id in room_ids for entry in self._plans[room_id].fresh]
        return [claim for entry_id in fresh if (claim := self._claims.get(entry_id))]

    def _find_additions(self, runs: Sequence[Run]) -> Additions:
        """Read into which rooms others have put people; other appends that are under way do not count yet."""
        now = self._now
        people = people_to_count(runs) if self._added_per_hour else []
        wanted = {"user_id": {"$in": people}, "added_at": {"$gt": window_start(now)}}
        fields = {"user_id": 1, "room_id": 1, "added_at": 1}
        documents = self._db.memberships.find(wanted, fields) if people else ()
        found = [(one["user_id"], one["room_id"], one["added_at"]) for one in documents]
        return Additions(found, per_hour=self._added_per_hour, now=now)

    def _write(self, room_ids: Sequence[str], rooms: dict[str, RoomRecord]) -> list[str]:
        """Insert the fresh entries and fold them; return the rooms in which something stood in the way."""
        since = self._now
        fresh = {room_id: self._plans[room_id].fresh for room_id in room_ids if self._plans[room_id].fresh}
        written = dict(
            zip(fresh, self._pool.map(lambda entries: self._insert(entries, since), fresh.values()), strict=True)
        )
        self._db.advance()
        done = [room_id for room_id, is_written in written.items() if is_written]
        if done:
            projections = [project(rooms.get(room_id), fresh[room_id]) for room_id in done]
            entries = [entry for room_id in done for entry in fresh[room_id]]
            if not apply(self._db, rooms, projections, entries=entries):
                catch_up(self._db, done)
        return [room_id for room_id, is_written in written.items() if not is_written]

    def _insert(self, entries: Sequence[Entry], since: float) -> bool:
        documents = [
            document_of_entry(entry, since=since + number * OWED_STEP_SECONDS, claim=self._claims.get(entry.id))
            for number, entry in enumerate(entries)
        ]
        try:
            with self._db.session():
                self._db.events.insert_many(documents, ordered=True)
        except BulkWriteError as error:
            refuse_other_than_duplicates(error)
            return False
        return True

    def _results(self) -> list[RunResult]:
        stopped = [(room_id, *plan.op) for room_id, plan in self._plans.items() if plan.op is not None]
        known: dict[tuple[str, str, str], Known] = find_known(self._db, stopped) if stopped else {}
        return [
            RunResult(
                room_id=room_id,
                applied=plan.applied,
                head=plan.head,
                stopped_by=plan.stopped_by,
                known=known.get((room_id, *plan.op)) if plan.op is not None else None,
                retry_after=None if plan.refusal is None else plan.refusal.retry_after,
                holder=None if plan.refusal is None else plan.refusal.holder,
            )
            for room_id, plan in ((room_id, self._plans[room_id]) for room_id in self._runs)
        ]


def find_ops(db: MongoDatabase, runs: Sequence[Run], *, every_op: bool) -> dict[str, set[Op]]:
    """Return those of the runs' ops that are in the log, by room."""
    asked = [
        {"room_id": run.room_id, "actor": actor, "op": op}
        for run in runs
        if every_op or any(step.check is not None for step in run.steps)
        for actor, op in ops_of(run)
    ]
    known: dict[str, set[Op]] = {}
    if asked:
        for found in db.events.find({"$or": asked}, {"room_id": 1, "actor": 1, "op": 1}):
            known.setdefault(found["room_id"], set()).add((found["actor"], found["op"]))
    return known


def find_stored(db: MongoDatabase, run: Run) -> dict[int, str]:
    """Return the ids of the events that are stored at the numbers of the run's entries."""
    numbers = {"$gt": run.expected_head, "$lte": run.expected_head + len(run.steps)}
    return {
        found["seq"]: found["_id"] for found in db.events.find({"room_id": run.room_id, "seq": numbers}, {"seq": 1})
    }
