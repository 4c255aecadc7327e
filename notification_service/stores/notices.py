"""Writes of notices: recorded once each, marked as told and as seen, and forgotten when they are old or too many."""
# ruff: noqa: S608 - what is put into statements are words of ours; values are parameters

from collections.abc import Collection, Sequence

import msgspec

from notification_service.deciding.notices import Notice, Preferences
from notification_service.stores.database import Database, Row, Transaction
from notification_service.stores.parameters import chunks, marks
from notification_service.stores.reading import COLUMNS, as_notice

# Per person; whoever comes back after a year wants the newest.
INBOX_LIMIT = 1000


class Store:
    """Each method is one transaction, and repeating it changes nothing more."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(self, notices: Sequence[Notice], *, now: str) -> list[Notice]:
        """Record what is not recorded yet, and return those of them whom nobody told yet."""
        # Sorted, so that two processes that record the same jobs wait for each other instead of locking up.
        rows = [(*msgspec.structs.astuple(notice), now) for notice in sorted(notices, key=lambda notice: notice.id)]

        def work(transaction: Transaction) -> list[Row]:
            transaction.change_many(
                f"INSERT INTO notices ({COLUMNS}, recorded_at) VALUES ({marks(rows[0])}) ON CONFLICT DO NOTHING", rows
            )
            untold: list[Row] = []
            for ids in chunks([row[0] for row in rows]):
                untold += transaction.query(
                    f"SELECT {COLUMNS} FROM notices WHERE id IN ({marks(ids)}) AND suppressed IS NULL AND told = 0", ids
                )
            return untold

        if not rows:
            return []
        return [as_notice(row) for row in await self._database.transact(work)]

    async def mark_told(self, notices: Sequence[Notice]) -> None:
        def work(transaction: Transaction) -> None:
            for ids in chunks(sorted(notice.id for notice in notices)):
                transaction.change(f"UPDATE notices SET told = 1 WHERE id IN ({marks(ids)})", ids)

        if notices:
            await self._database.transact(work)

    async def mark_seen(
        self, user_id: str, *, ids: Sequence[str] | None = None, in_room: tuple[str, int] | None = None
    ) -> int:
        """Mark notices of a person as seen, and return how many: some, or a room's up to an event, or all."""
        if ids is not None and not ids:
            return 0
        where, parameters = "user_id = ? AND suppressed IS NULL AND seen = 0", [user_id, *(ids or ()), *(in_room or ())]
        if ids is not None:
            where += f" AND id IN ({marks(ids)})"
        if in_room is not None:
            where += " AND room_id = ? AND seq <= ?"
        return await self._database.transact(
            lambda transaction: transaction.change(f"UPDATE notices SET seen = 1 WHERE {where}", parameters)
        )

    async def set_preferences(self, user_id: str, preferences: Preferences) -> None:
        text = msgspec.json.encode(preferences).decode()
        await self._database.transact(
            lambda transaction: transaction.change(
                "INSERT INTO preferences (user_id, preferences) VALUES (?, ?) "
                "ON CONFLICT (user_id) DO UPDATE SET preferences = excluded.preferences",
                [user_id, text],
            )
        )

    async def forget_older(self, *, recorded_before: str, limit: int) -> int:
        """Forget some of what is too old, and return how many; fewer than `limit` means that nothing is left."""
        return await self._database.transact(
            lambda transaction: transaction.change(
                "DELETE FROM notices WHERE id IN "
                "(SELECT id FROM notices WHERE recorded_at < ? ORDER BY recorded_at LIMIT ?)",
                [recorded_before, limit],
            )
        )

    async def shorten_inboxes(self, user_ids: Collection[str]) -> None:
        """Keep the newest notices of each of these people, told and suppressed ones counted apart."""

        def work(transaction: Transaction) -> None:
            for user_id in sorted(user_ids):
                for kept in ("suppressed IS NULL", "suppressed IS NOT NULL"):
                    own = f"FROM notices WHERE user_id = ? AND {kept}"
                    transaction.change(
                        f"DELETE {own} AND (at, id) < (SELECT at, id {own} ORDER BY at DESC, id DESC LIMIT 1 OFFSET ?)",
                        [user_id, user_id, INBOX_LIMIT - 1],
                    )

        await self._database.transact(work)
