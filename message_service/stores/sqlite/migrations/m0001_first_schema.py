"""The rooms, the log, the messages, and who is in which room."""

from message_service.stores.sqlite.migrations import executing

STATEMENTS = (
    """CREATE TABLE rooms (
        id TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT, topic TEXT NOT NULL, private INTEGER NOT NULL,
        archived INTEGER NOT NULL, retention_days INTEGER, history TEXT NOT NULL, peers TEXT,
        member_count INTEGER NOT NULL, head INTEGER NOT NULL, n INTEGER NOT NULL, active_at TEXT NOT NULL,
        trimmed_n INTEGER NOT NULL, invites TEXT, sort_key TEXT NOT NULL) WITHOUT ROWID""",
    # The directory, by name.
    "CREATE INDEX open_rooms ON rooms (sort_key, id) WHERE kind = 'channel' AND NOT private AND NOT archived",
    # The log. Content of messages is not in it but in `messages`, once, so that a deletion leaves no copy.
    """CREATE TABLE events (
        room_id TEXT NOT NULL, seq INTEGER NOT NULL, n INTEGER NOT NULL, type TEXT NOT NULL, actor TEXT NOT NULL,
        at TEXT NOT NULL, id TEXT NOT NULL, op TEXT NOT NULL, target_n INTEGER, detail TEXT,
        PRIMARY KEY (room_id, seq))""",
    "CREATE UNIQUE INDEX events_by_op ON events (room_id, actor, op)",
    """CREATE TABLE messages (
        room_id TEXT NOT NULL, n INTEGER NOT NULL, id TEXT NOT NULL, seq INTEGER NOT NULL, cid TEXT NOT NULL,
        sender TEXT NOT NULL, at TEXT NOT NULL, text TEXT NOT NULL, mentions TEXT, attachments TEXT, reply_to TEXT,
        thread TEXT, edited_at TEXT, edited_seq INTEGER, deleted INTEGER NOT NULL, reactions TEXT, previews TEXT,
        pinned_seq INTEGER, as_of INTEGER NOT NULL, PRIMARY KEY (room_id, n))""",
    "CREATE UNIQUE INDEX messages_by_id ON messages (id)",
    "CREATE INDEX messages_in_threads ON messages (thread, n) WHERE thread IS NOT NULL",
    "CREATE INDEX deleted_messages ON messages (room_id, n) WHERE deleted",
    "CREATE INDEX pinned_messages ON messages (room_id, pinned_seq) WHERE pinned_seq IS NOT NULL",
    # Whom the messages address as they stand now; user_id '*' is everyone.
    """CREATE TABLE mentions (
        room_id TEXT NOT NULL, user_id TEXT NOT NULL, n INTEGER NOT NULL,
        PRIMARY KEY (room_id, user_id, n)) WITHOUT ROWID""",
    """CREATE TABLE memberships (
        room_id TEXT NOT NULL, user_id TEXT NOT NULL, is_member INTEGER NOT NULL DEFAULT 0,
        role TEXT NOT NULL DEFAULT 'member', joined_seq INTEGER NOT NULL DEFAULT 0,
        joined_n INTEGER NOT NULL DEFAULT 0, left_seq INTEGER, banned INTEGER NOT NULL DEFAULT 0, muted_until TEXT,
        read_seq INTEGER NOT NULL DEFAULT 0, read_n INTEGER NOT NULL DEFAULT 0, hidden_n INTEGER,
        notify_level TEXT NOT NULL DEFAULT 'all', notify_muted_until TEXT,
        PRIMARY KEY (room_id, user_id)) WITHOUT ROWID""",
    "CREATE INDEX rooms_of_people ON memberships (user_id) WHERE is_member",
    "CREATE TABLE people (user_id TEXT PRIMARY KEY, rooms_version INTEGER NOT NULL) WITHOUT ROWID",
    """CREATE TABLE owed (
        room_id TEXT NOT NULL, seq INTEGER NOT NULL, since REAL NOT NULL, partition INTEGER NOT NULL,
        PRIMARY KEY (room_id, seq)) WITHOUT ROWID""",
    "CREATE INDEX owed_by_age ON owed (since)",
)

up = executing(STATEMENTS)
