"""Reads of notices: a person's inbox in pages, one notice with its reason, and what people wish to be told."""
# ruff: noqa: S608 - what is put into statements are words of ours; values are parameters

import msgspec
import structlog

from chatflow.errors import UNREADABLE, NotFound
from notification_service.deciding.notices import Kind, Notice, Preferences, Suppressed
from notification_service.stores.database import Database, Row, Transaction
from notification_service.stores.parameters import Id, chunks, marks

log = structlog.get_logger(__name__)

NOTICE_FIELDS = Notice.__struct_fields__
COLUMNS = ", ".join(NOTICE_FIELDS)
# More than this many are "999+" to anyone.
UNREAD_COUNTED = 1000


class Place(msgspec.Struct, frozen=True, array_like=True):
    """Where a page begins, and which way it goes from there."""

    at: Id
    id: Id
    newer: bool = False


class Item(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A notice as its person sees it."""

    id: str
    kind: Kind
    room_id: str
    seq: int
    actor: str
    at: str
    seen: bool
    suppressed: Suppressed | None = None


class Inbox:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, user_id: str, *, suppressed: bool, place: Place | None, limit: int) -> list[Item]:
        """Return one page, newest first, with one more item than the limit if there are any behind it."""
        compare, order = (">", "ASC") if place is not None and place.newer else ("<", "DESC")
        where = f"user_id = ? AND suppressed IS {'NOT NULL' if suppressed else 'NULL'}"
        parameters: list[object] = [user_id]
        if place is not None:
            where, parameters = f"{where} AND (at, id) {compare} (?, ?)", [user_id, place.at, place.id]
        rows = await self._database.read(
            lambda transaction: transaction.query(
                f"SELECT {COLUMNS}, seen FROM notices WHERE {where} ORDER BY at {order}, id {order} LIMIT ?",
                [*parameters, limit + 1],
            )
        )
        return [as_item(row) for row in rows]

    async def unread(self, user_id: str) -> int:
        """Count what was not seen, up to a bound."""
        [(count,)] = await self._database.read(
            lambda transaction: transaction.query(
                "SELECT count(*) FROM (SELECT 1 FROM notices "
                "WHERE user_id = ? AND suppressed IS NULL AND seen = 0 LIMIT ?) AS counted",
                [user_id, UNREAD_COUNTED],
            )
        )
        return int(count)

    async def access_notice(self, notice_id: str, *, user_id: str) -> Notice:
        """Return the person's own notice; anyone else's is not there."""
        if "\0" in notice_id:
            raise NotFound  # some databases take none in a text
        rows = await self._database.read(
            lambda transaction: transaction.query(
                f"SELECT {COLUMNS} FROM notices WHERE id = ? AND user_id = ?", [notice_id, user_id]
            )
        )
        if not rows:
            raise NotFound
        return as_notice(rows[0])

    async def preferences_of(self, user_ids: list[str]) -> dict[str, Preferences]:
        """Return what those of them wish who ever said so."""

        def work(transaction: Transaction) -> list[Row]:
            found: list[Row] = []
            for some in chunks(user_ids):
                found += transaction.query(
                    f"SELECT user_id, preferences FROM preferences WHERE user_id IN ({marks(some)})", some
                )
            return found

        wishes = await self._database.read(work)
        return {user_id: read_preferences(text, user_id=user_id) for user_id, text in wishes}


def read_preferences(text: str, *, user_id: str) -> Preferences:
    """Whoever wishes what cannot be read is told of everything, and keeps nobody else from being told."""
    try:
        return msgspec.json.decode(text, type=Preferences)
    except UNREADABLE:
        log.warning("somebody's preferences cannot be read", user_id=user_id)
        return Preferences()


def as_notice(row: Row) -> Notice:
    return Notice(**dict(zip(NOTICE_FIELDS, row, strict=True)))


def as_item(row: Row) -> Item:
    notice, seen = as_notice(row[:-1]), row[-1]
    return Item(
        id=notice.id,
        kind=notice.kind,
        room_id=notice.room_id,
        seq=notice.seq,
        actor=notice.actor,
        at=notice.at,
        seen=bool(seen),
        suppressed=notice.suppressed,
    )
