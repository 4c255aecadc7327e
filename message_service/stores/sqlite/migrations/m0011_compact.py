"""The log and the messages by number of room, in order of room, with ids and times in their short forms.

A room's messages stand side by side, so that a page of history reads few pages of the file. Their columns are in
`message_service/stores/sqlite/forms.py`. This is the one step that older programs cannot follow: where there is a log,
the file is written anew (`message_service/stores/sqlite/rebuilding.py`), and the old one is kept beside it.
"""

from message_service.stores.sqlite.database import SqliteConnections

ROOMS = """CREATE TABLE rooms (
    id TEXT PRIMARY KEY, key INTEGER NOT NULL, kind TEXT NOT NULL, name TEXT, topic TEXT NOT NULL,
    private INTEGER NOT NULL, archived INTEGER NOT NULL, retention_days INTEGER, history TEXT NOT NULL, peers TEXT,
    member_count INTEGER NOT NULL, head INTEGER NOT NULL, n INTEGER NOT NULL, active_at TEXT NOT NULL,
    trimmed_n INTEGER NOT NULL, sort_key TEXT NOT NULL, topic_key TEXT NOT NULL DEFAULT '') WITHOUT ROWID"""
# `position` is the order of arrival in all rooms. What a message that the event creates says as well is null.
EVENTS = """CREATE TABLE events (
    room INTEGER NOT NULL, seq INTEGER NOT NULL, n INTEGER NOT NULL, type NOT NULL, position INTEGER NOT NULL,
    actor, at, id, target_n INTEGER, detail TEXT, PRIMARY KEY (room, seq)) WITHOUT ROWID"""
# `op` is a digest of who it was and of their op: it is asked whether it is there, never which it is.
OPS = """CREATE TABLE ops (
    room INTEGER NOT NULL, op BLOB NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (room, op)) WITHOUT ROWID"""
# `as_of` is null while it is the message's own seq.
MESSAGES = """CREATE TABLE messages (
    room INTEGER NOT NULL, n INTEGER NOT NULL, id NOT NULL, seq INTEGER NOT NULL, cid NOT NULL, sender NOT NULL,
    at NOT NULL, text TEXT NOT NULL, mentions TEXT, attachments TEXT, reply_to, thread, edited_at, edited_seq INTEGER,
    deleted INTEGER NOT NULL, reactions TEXT, previews TEXT, pinned_seq INTEGER, as_of INTEGER,
    PRIMARY KEY (room, n)) WITHOUT ROWID"""
TABLES = (ROOMS, EVENTS, OPS, MESSAGES)
INDEXES = (
    "CREATE UNIQUE INDEX rooms_by_key ON rooms (key)",
    "CREATE INDEX open_rooms ON rooms (sort_key, id) WHERE kind = 'channel' AND NOT private AND NOT archived",
    "CREATE INDEX rooms_with_retention ON rooms (id) WHERE retention_days IS NOT NULL",
    "CREATE UNIQUE INDEX events_by_position ON events (position)",
    "CREATE UNIQUE INDEX messages_by_id ON messages (id)",
    "CREATE INDEX messages_in_threads ON messages (thread, n) WHERE thread IS NOT NULL",
    "CREATE INDEX deleted_messages ON messages (room, n) WHERE deleted",
    "CREATE INDEX pinned_messages ON messages (room, pinned_seq) WHERE pinned_seq IS NOT NULL",
)
FORMER = ("DROP TABLE rooms", "DROP TABLE events", "DROP TABLE messages")


def up(store: SqliteConnections) -> None:
    """Make the tables anew in a file that has no rooms."""
    with store.writing() as db:
        for statement in (*FORMER, *TABLES, *INDEXES):
            db.execute(statement)
        # There is nothing that a step in the background had left to do.
        db.execute("UPDATE migrations SET finished_at = coalesce(finished_at, begun_at)")
