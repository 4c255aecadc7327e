"""The tables, as numbered steps that are applied at start; a step that was released is never changed."""

from notification_service.stores.database import Transaction

STEPS: list[list[str]] = [
    [
        # The id is derived from room, seq, person and channel: the primary key makes recording idempotent.
        """
        CREATE TABLE notices (
            id TEXT PRIMARY KEY,
            user_id TEXT NOT NULL,
            room_id TEXT NOT NULL,
            seq BIGINT NOT NULL,
            channel TEXT NOT NULL,
            kind TEXT NOT NULL,
            actor TEXT NOT NULL,
            at TEXT NOT NULL,
            recorded_at TEXT NOT NULL,
            suppressed TEXT,
            told SMALLINT NOT NULL DEFAULT 0,
            seen SMALLINT NOT NULL DEFAULT 0
        )
        """,
        "CREATE INDEX notices_inbox ON notices (user_id, at, id) WHERE suppressed IS NULL",
        "CREATE INDEX notices_suppressed ON notices (user_id, at, id) WHERE suppressed IS NOT NULL",
        "CREATE INDEX notices_age ON notices (recorded_at)",
        "CREATE TABLE preferences (user_id TEXT PRIMARY KEY, preferences TEXT NOT NULL)",
    ],
]


def apply_schema(transaction: Transaction) -> None:
    """Bring the tables to the newest step; processes that start at once do it one after the other."""
    transaction.lock_out_others()
    transaction.change("CREATE TABLE IF NOT EXISTS schema_steps (step INT PRIMARY KEY)")
    [(applied,)] = transaction.query("SELECT count(*) FROM schema_steps")
    for number, statements in enumerate(STEPS[applied:], start=applied + 1):
        for statement in statements:
            transaction.change(statement)
        transaction.change("INSERT INTO schema_steps (step) VALUES (?)", [number])
