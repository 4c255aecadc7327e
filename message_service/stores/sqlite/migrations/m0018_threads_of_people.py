"""Who follows which thread, how far they have read it, and when somebody last replied."""

from message_service.stores.sqlite.migrations import executing

OLDEST = 11
STATEMENTS = (
    """CREATE TABLE thread_people (
        user_id TEXT NOT NULL, thread TEXT NOT NULL, room_id TEXT NOT NULL, since_n INTEGER NOT NULL,
        said_n INTEGER NOT NULL, read_n INTEGER NOT NULL, last_n INTEGER NOT NULL, last_at TEXT NOT NULL,
        PRIMARY KEY (user_id, thread)) WITHOUT ROWID""",
    "CREATE INDEX threads_in_order ON thread_people (user_id, last_at, thread)",
    "CREATE INDEX people_of_threads ON thread_people (thread, said_n, since_n)",
)

up = executing(STATEMENTS)
