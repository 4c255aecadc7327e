"""Reads and writes what people wish to be told of."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec
import structlog
from django.db.models import Count, Max

from chatflow.errors import UNREADABLE
from notification_service.deciding.preferences import Kinds, Levels, Preferences
from notification_service.stores.chunks import chunks
from notification_service.stores.database import Database
from notification_service.stores.models import StoredPreferences

log = structlog.get_logger(__name__)

COLUMNS = ("preferences", "wishes")
# What changes whenever anybody changes what they watch for: how many do, and when the last of them began.
Mark = tuple[int, str | None]
Wish = TypeVar("Wish", bound=msgspec.Struct)


class PreferencesStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, user_ids: Sequence[str]) -> dict[str, Preferences]:
        """Return the preferences of those of them who ever set any."""

        def work() -> dict[str, Preferences]:
            found: dict[str, Preferences] = {}
            for some in chunks(user_ids):
                rows = StoredPreferences.objects.filter(user_id__in=some).values_list("user_id", *COLUMNS)
                found |= {user_id: as_preferences(kinds, wishes, of=user_id) for user_id, kinds, wishes in rows}
            return found

        return await self._database.read(work)

    async def withholding_text(self, user_ids: Collection[str]) -> set[str]:
        """Return those of them whose pushes are to carry no text."""
        wishes = await self.of(sorted(user_ids))
        return {user_id for user_id, wished in wishes.items() if not wished.push.text}

    async def change(self, user_id: str, change: Callable[[Preferences], Preferences], *, now: str) -> Preferences:
        """Change one person's preferences from what they are, and return them; twice must be the same as once."""

        def work() -> Preferences:
            row = StoredPreferences.objects.select_for_update().filter(user_id=user_id).values_list(*COLUMNS).first()
            changed = change(Preferences() if row is None else as_preferences(*row, of=user_id))
            stored = StoredPreferences(
                user_id=user_id,
                preferences=msgspec.json.encode(changed.levels.in_app).decode(),
                wishes=msgspec.json.encode(changed).decode(),
                watching_since=behind_all(now) if changed.watches else None,
            )
            StoredPreferences.objects.bulk_create(
                [stored],
                update_conflicts=True,
                unique_fields=["user_id"],
                update_fields=[*COLUMNS, "watching_since"],
            )
            return changed

        return await self._database.transact(work)

    async def watching_mark(self) -> Mark:
        """Return what tells whether `watching` may answer otherwise than before."""
        watching = StoredPreferences.objects.filter(watching_since__isnull=False)
        counted = await self._database.read(lambda: watching.aggregate(count=Count("*"), last=Max("watching_since")))
        return counted["count"], counted["last"]

    async def watching(self) -> dict[str, Preferences]:
        """Return the preferences of all who watch for something."""
        rows = StoredPreferences.objects.filter(watching_since__isnull=False).values_list("user_id", *COLUMNS)
        found = await self._database.read(lambda: list(rows))
        return {user_id: as_preferences(kinds, wishes, of=user_id) for user_id, kinds, wishes in found}


def behind_all(now: str) -> str:
    """Return now, or what is behind everything that is noted, where another machine's clock is ahead."""
    last = StoredPreferences.objects.aggregate(last=Max("watching_since"))["last"]
    if last is None or last < now:
        return now
    return (datetime.fromisoformat(last) + timedelta(milliseconds=1)).isoformat(timespec="milliseconds")


def as_preferences(kinds: str, wishes: str | None, *, of: str) -> Preferences:
    """Return what is stored; the kinds stand by themselves, where a program from before the wishes changes them."""
    levels = Levels(in_app=read_or_default(kinds, Kinds(), of=of))
    return msgspec.structs.replace(read_or_default(wishes or "{}", Preferences(), of=of), levels=levels)


def read_or_default(text: str, default: Wish, *, of: str) -> Wish:
    """Return what the text says, or the default if it cannot be read: one broken row must not stop all notices."""
    try:
        return msgspec.json.decode(text, type=type(default))
    except UNREADABLE:
        log.warning("somebody's preferences cannot be read", user_id=of)
        return default
