"""Appending on SQLite: everything of one append is one transaction and one sync of the disk."""

import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain

from msgspec.structs import replace

from chatflow.errors import Invalid
from chatflow.ids import partition_of
from chatflow.wire.log import Entry, Known, Run, RunResult
from message_service.log.additions import Addition, Additions, people_to_count, window_start
from message_service.log.admitting import admitting
from message_service.log.names import Names
from message_service.log.planning import Op, Plan, Refusal, ops_of, plan_run
from message_service.log.projecting import Projection, project
from message_service.log.records import RoomRecord
from message_service.stores.sqlite.database import insert_rows
from message_service.stores.sqlite.documents import (
    INSERT_EVENT,
    INSERT_OP,
    INSERT_PLAIN_EVENT,
    MOVE_ROOM,
    WRITE_ROOM,
    encode,
    row_of_event,
    row_of_op,
    row_of_room,
)
from message_service.stores.sqlite.forms import full_id_if, short_op
from message_service.stores.sqlite.lookups import ITS_MESSAGE, find_known, keys_of, known_ops, rooms_by_id
from message_service.stores.sqlite.names import rooms_named
from message_service.stores.sqlite.projections import apply_projections

STORED = (
    "SELECT e.seq, coalesce(e.id, m.id) FROM rooms AS r CROSS JOIN events AS e ON e.room = r.key "  # noqa: S608
    f"{ITS_MESSAGE} WHERE r.id = ? AND e.seq > ? AND e.seq <= ?"
)


def append_runs(
    db: sqlite3.Connection, runs: Sequence[Run], *, now: float, added_per_hour: int, unique_names: bool
) -> list[RunResult]:
    """Plan the runs, write what is new, and return what became of each; the caller makes it one transaction."""
    rooms = rooms_by_id(db, [run.room_id for run in runs])
    found = find_additions(db, people_to_count(runs), since=window_start(now)) if added_per_hour else []
    keys = keys_of(db, [run.room_id for run in runs])
    additions = Additions(found, per_hour=added_per_hour, now=now)
    names = Names(rooms, find_holders=partial(rooms_named, db)) if unique_names else None
    plans = plan_runs(db, runs, rooms, keys=keys, admit=admitting(additions, names))
    projections = write_entries(db, runs, plans, rooms, keys=keys, now=now)
    apply_projections(db, projections, keys=keys)
    known = find_first_results(db, runs, plans)
    return [
        RunResult(
            room_id=run.room_id,
            applied=plan.applied,
            head=plan.head,
            stopped_by=plan.stopped_by,
            known=known.get((run.room_id, *plan.op)) if plan.op is not None else None,
            retry_after=None if plan.refusal is None else plan.refusal.retry_after,
            holder=None if plan.refusal is None else plan.refusal.holder,
        )
        for run, plan in zip(runs, plans, strict=True)
    ]


def plan_runs(
    db: sqlite3.Connection,
    runs: Sequence[Run],
    rooms: dict[str, RoomRecord],
    *,
    keys: dict[str, int],
    admit: Callable[[Entry], Refusal | None],
) -> list[Plan]:
    if len({run.room_id for run in runs}) != len(runs):
        raise Invalid("An append has one run per room.")
    known = find_ops(db, runs, keys=keys)
    plans = []
    for run in runs:
        room = rooms.get(run.room_id)
        head = 0 if room is None else room.head
        stored = find_stored(db, run) if head > run.expected_head else {}
        plans.append(plan_run(run, head=head, stored=stored, known=known.get(run.room_id, ()), admit=admit))
    return plans


def find_ops(db: sqlite3.Connection, runs: Sequence[Run], *, keys: dict[str, int]) -> dict[str, set[Op]]:
    """Return those of the runs' ops that are in the log, by room."""
    asked = [
        (keys[run.room_id], short_op(actor, op), run.room_id, (actor, op)) for run in runs for actor, op in ops_of(run)
    ]
    known = known_ops(db, [(room, op) for room, op, _, _ in asked])
    found: dict[str, set[Op]] = {}
    if known:
        for room, short, room_id, op in asked:
            if (room, bytes(short)) in known:
                found.setdefault(room_id, set()).add(op)
    return found


def find_additions(db: sqlite3.Connection, user_ids: Sequence[str], *, since: str) -> list[Addition]:
    """Return into which rooms others put these people, and when."""
    if not user_ids:
        return []
    return db.execute(
        "SELECT m.user_id, m.room_id, m.added_at FROM json_each(?) AS j CROSS JOIN memberships AS m "
        "ON m.user_id = j.value AND m.added_at > ?",
        (encode(user_ids).decode(), since),
    ).fetchall()


def find_stored(db: sqlite3.Connection, run: Run) -> dict[int, str]:
    """Return the ids of the events that are stored at the numbers of the run's entries."""
    rows = db.execute(STORED, (run.room_id, run.expected_head, run.expected_head + len(run.steps)))
    # One whose message is lost is nobody's.
    return {seq: full_id_if(event_id) or "" for seq, event_id in rows}


def write_entries(
    db: sqlite3.Connection,
    runs: Sequence[Run],
    plans: Sequence[Plan],
    rooms: dict[str, RoomRecord],
    *,
    keys: dict[str, int],
    now: float,
) -> list[Projection]:
    """Write the rooms and the entries to the log; return the projection of each room that changed."""
    fresh: list[Entry] = list(chain.from_iterable(plan.fresh for plan in plans))
    projections = [
        project(rooms.get(run.room_id), plan.fresh) for run, plan in zip(runs, plans, strict=True) if plan.fresh
    ]
    write_rooms(db, [projection.room for projection in projections], before=rooms, keys=keys)
    [last] = db.execute("SELECT coalesce(max(position), 0) FROM events").fetchone()
    rows = [
        row_of_event(entry, room=keys[entry.event.room_id], position=position)
        for position, entry in enumerate(fresh, start=last + 1)
    ]
    insert_rows(db, rows, plain=INSERT_PLAIN_EVENT, whole=INSERT_EVENT)
    db.executemany(INSERT_OP, [row_of_op(entry, room=keys[entry.event.room_id]) for entry in fresh])
    owed = [
        (entry.event.room_id, entry.event.seq, consumer, now, partition_of(entry.event.room_id))
        for entry in fresh
        for consumer in entry.consumers
    ]
    db.executemany("INSERT INTO outbox (room_id, seq, consumer, since, partition) VALUES (?, ?, ?, ?, ?)", owed)
    return projections


def write_rooms(
    db: sqlite3.Connection, rooms: Sequence[RoomRecord], *, before: dict[str, RoomRecord], keys: dict[str, int]
) -> None:
    """Write only the counts of a room where nothing else has changed, as in nearly every append."""
    moved, changed = [], []
    for room in rooms:
        old = before.get(room.id)
        if old is not None and replace(old, head=room.head, n=room.n, active_at=room.active_at) == room:
            moved.append((room.head, room.n, room.active_at, room.id))
        else:
            changed.append(row_of_room(room, key=keys[room.id]))
    db.executemany(MOVE_ROOM, moved)
    db.executemany(WRITE_ROOM, changed)


def find_first_results(
    db: sqlite3.Connection, runs: Sequence[Run], plans: Sequence[Plan]
) -> dict[tuple[str, str, str], Known]:
    asked = [(run.room_id, *plan.op) for run, plan in zip(runs, plans, strict=True) if plan.op is not None]
    return find_known(db, asked) if asked else {}
