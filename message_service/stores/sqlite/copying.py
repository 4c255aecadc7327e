"""Copies a file of before step 11 into a new one, room by room: the log and messages in their short forms.

What else there is comes along as it is, and the steps that the file lacks are done to that, in the new file. They need
nothing of the log.
"""

import sqlite3
from collections.abc import Callable, Iterator

from message_service.stores.migrating import Progress
from message_service.stores.sqlite.forms import CREATED, short_id, short_op, short_person, short_time, short_type
from message_service.stores.sqlite.migrations.m0011_compact import INDEXES, TABLES

REACTIONS_STEP = 9
# Their rows are copied last, and in another form.
LOG = ("events", "messages")

ROOM_FIELDS = (
    "id, kind, name, topic, private, archived, retention_days, history, peers, member_count, head, n, active_at, "
    "trimmed_n, sort_key, topic_key"
)
COPY_ROOMS = (
    f"INSERT INTO main.rooms (key, {ROOM_FIELDS}) "  # noqa: S608
    f"SELECT row_number() OVER (ORDER BY id), {ROOM_FIELDS} FROM main.former_rooms ORDER BY id"
)


def or_null(function: str, column: str) -> str:
    """Call one of our functions only where there is something: a call costs more than all else about a column."""
    return f"CASE WHEN {column} IS NULL THEN NULL ELSE {function}({column}) END"


SAME = "m.id = e.id AND m.sender = e.actor AND m.at = e.at AND e.target_n = e.n"
COPY_EVENTS = f"""INSERT INTO main.events (room, seq, n, type, position, actor, at, id, target_n, detail)
    SELECT :key, e.seq, e.n, CASE e.type WHEN 'message.created' THEN {CREATED} ELSE short_type(e.type) END, e.rowid,
        CASE WHEN {SAME} THEN NULL ELSE short_id(e.actor) END,
        CASE WHEN {SAME} THEN NULL ELSE short_time(e.at) END, CASE WHEN {SAME} THEN NULL ELSE short_id(e.id) END,
        CASE WHEN {SAME} THEN NULL ELSE e.target_n END, e.detail
    FROM old.events AS e LEFT JOIN old.messages AS m
        ON e.type = 'message.created' AND m.room_id = e.room_id AND m.n = e.target_n
    WHERE e.room_id = :id ORDER BY e.seq"""  # noqa: S608
COPY_OPS = """INSERT INTO main.ops (room, op, seq)
    SELECT :key, short_op(actor, op), seq FROM old.events WHERE room_id = :id ORDER BY 2"""
# Messages of before step 8 name the people who reacted; they get rows, and are counted.
COUNTED = """CASE WHEN reactions LIKE '%[%' THEN (SELECT json_group_object(key, CASE type
    WHEN 'array' THEN json_array_length(value) ELSE value END) FROM json_each(reactions)) ELSE reactions END"""
COPY_MESSAGES = f"""INSERT INTO main.messages (room, n, id, seq, cid, sender, at, text, mentions, attachments, reply_to,
        thread, edited_at, edited_seq, deleted, reactions, previews, pinned_seq, as_of)
    SELECT :key, n, short_id(id), seq, short_id(cid), short_person(sender), short_time(at), text, mentions, attachments,
        {or_null("short_id", "reply_to")}, {or_null("short_id", "thread")}, {or_null("short_time", "edited_at")},
        edited_seq, deleted, {COUNTED}, previews, pinned_seq, nullif(as_of, seq)
    FROM old.messages WHERE room_id = :id ORDER BY n"""  # noqa: S608
MOVE_REACTIONS = """INSERT OR IGNORE INTO main.reactions (room_id, n, user_id, emoji, seq, at)
    SELECT m.room_id, m.n, p.value, e.key, p.key - json_array_length(e.value), NULL
    FROM old.messages AS m, json_each(m.reactions) AS e, json_each(e.value) AS p
    WHERE m.reactions LIKE '%[%' AND e.type = 'array'"""
# Somebody who took it off and put it back is dated by the last time.
LAST_PUT = """CREATE TEMP TABLE last_put AS
    SELECT room_id, target_n AS n, actor, detail ->> 'emoji' AS emoji, max(seq) AS seq, at
    FROM old.events WHERE type = 'reaction.added' GROUP BY 1, 2, 3, 4"""
DATE_REACTIONS = """UPDATE main.reactions AS r SET seq = p.seq, at = p.at FROM last_put AS p
    WHERE r.room_id = p.room_id AND r.n = p.n AND r.user_id = p.actor AND r.emoji = p.emoji AND r.seq <= p.seq"""
FORMER = (
    "DROP TABLE main.events",
    "DROP TABLE main.messages",
    "DROP INDEX main.open_rooms",
    "DROP INDEX main.rooms_with_retention",
    "ALTER TABLE rooms RENAME TO former_rooms",
)
IS_MOVED = "SELECT 1 FROM old.migrations WHERE number = ? AND finished_at IS NOT NULL"
NOTE_REACTIONS = """INSERT OR IGNORE INTO main.migrations (number, name, begun_at, oldest)
    VALUES (?, 'older_reactions', strftime('%Y-%m-%dT%H:%M:%S+00:00'), ?)"""
HAS_ALL = """SELECT (SELECT coalesce(sum(head), 0) = (SELECT count(*) FROM main.events) FROM old.rooms)
    AND (SELECT coalesce(sum(n), 0) = (SELECT count(*) FROM main.messages) FROM old.rooms)
    AND (SELECT count(*) FROM main.ops) = (SELECT count(*) FROM main.events)"""


def copy_all(db: sqlite3.Connection, *, bring_along: Callable[[], None]) -> Iterator[Progress]:
    """Copy `old` into `main`, which is empty; yields how many messages are copied, of how many.

    `bring_along` does the steps that `main` lacks, up to step 10.
    """
    add_functions(db)
    copy_all_but_the_log(db)
    bring_along()
    for statement in (*FORMER, *TABLES, COPY_ROOMS, "DROP TABLE former_rooms"):
        db.execute(statement)
    move_reactions(db)
    [total] = db.execute("SELECT coalesce(sum(n), 0) FROM old.rooms").fetchone()
    done = 0
    for key, room_id, n in db.execute("SELECT key, id, n FROM main.rooms ORDER BY key").fetchall():
        for statement in (COPY_EVENTS, COPY_OPS, COPY_MESSAGES):
            db.execute(statement, {"key": key, "id": room_id})
        done += n
        yield Progress(done, total)
    for statement in INDEXES:
        db.execute(statement)
        yield Progress(done, total)
    db.execute("UPDATE main.migrations SET finished_at = coalesce(finished_at, begun_at)")


def has_all(db: sqlite3.Connection) -> bool:
    """Tell whether each room has all events up to its head, and all messages that it counts."""
    return bool(db.execute(HAS_ALL).fetchone()[0])


def add_functions(db: sqlite3.Connection) -> None:
    db.create_function("short_id", 1, short_id, deterministic=True)
    db.create_function("short_person", 1, short_person, deterministic=True)
    db.create_function("short_time", 1, short_time, deterministic=True)
    db.create_function("short_type", 1, short_type, deterministic=True)
    db.create_function("short_op", 2, short_op, deterministic=True)


def copy_all_but_the_log(db: sqlite3.Connection) -> None:
    """Copy the schema, and the rows of all tables but those of the log."""
    made = db.execute("SELECT type, name, sql FROM old.sqlite_master WHERE sql IS NOT NULL ORDER BY rowid").fetchall()
    tables = [(name, sql) for kind, name, sql in made if kind == "table" and not name.startswith("sqlite_")]
    for name, sql in tables:
        db.execute(sql)
        if name not in LOG:
            db.execute(f'INSERT INTO main."{name}" SELECT * FROM old."{name}"')  # noqa: S608
    for kind, _, sql in made:
        if kind != "table":
            db.execute(sql)
    [version] = db.execute("PRAGMA old.user_version").fetchone()
    db.execute(f"PRAGMA main.user_version = {version}")


def move_reactions(db: sqlite3.Connection) -> None:
    """Do what step 9 has left."""
    if db.execute(IS_MOVED, (REACTIONS_STEP,)).fetchone() is None:
        db.execute(MOVE_REACTIONS)
        db.execute(LAST_PUT)
        db.execute(DATE_REACTIONS)
        db.execute(NOTE_REACTIONS, (REACTIONS_STEP, REACTIONS_STEP))
