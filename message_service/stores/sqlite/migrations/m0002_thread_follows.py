"""What people say about following a thread."""

from message_service.stores.sqlite.migrations import executing

STATEMENTS = (
    # What people have said about following a thread, and when; whoever writes in one follows it without.
    """CREATE TABLE thread_follows (
        thread TEXT NOT NULL, user_id TEXT NOT NULL, following INTEGER NOT NULL, n INTEGER NOT NULL,
        PRIMARY KEY (thread, user_id)) WITHOUT ROWID""",
)

up = executing(STATEMENTS)
