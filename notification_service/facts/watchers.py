"""Who watches for what: people's keywords and those who follow every thread, kept in memory and read anew when changed.

What they watch for addresses nobody, so the log does not know whom it concerns.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import structlog

from chatflow.batches import batches
from chatflow.errors import ChatFlowError
from chatflow.presence.watchers_redis import WatcherKeys
from chatflow.protocol.objects import Reason
from notification_service.deciding.keywords import Keywords, fold_keyword
from notification_service.deciding.preferences import Preferences
from notification_service.stores.preferences import Mark, PreferencesStore

log = structlog.get_logger(__name__)

REFRESH_SECONDS = 1.0
# Two who change theirs in the same millisecond may leave a mark as it was.
READ_ANYWAY_SECONDS = 60.0
PEOPLE_AT_ONCE = 1000
NOBODY: frozenset[str] = frozenset()


class Watching(NamedTuple):
    """People whom a message concerns for one reason."""

    reason: Reason
    user_ids: list[str]


async def tell_watchers_forever(watchers: "Watchers", keys: WatcherKeys) -> None:
    """Let workers know who has keywords, until cancelled; once a second, since Redis may have lost it."""
    while True:
        try:
            await watchers.refresh()
            await keys.tell(watchers.with_keywords)
        except ChatFlowError as error:
            log.warning("who has keywords cannot be read", error=error.message)
        await asyncio.sleep(REFRESH_SECONDS)


class Watchers:
    def __init__(self, preferences: PreferencesStore, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._preferences = preferences
        self._clock = clock
        self._mark: Mark = (0, None)
        self._refreshed_at = float("-inf")
        self._read_at = float("-inf")
        self._keywords = Keywords({})
        self._of_all_threads: list[str] = []

    async def refresh(self) -> None:
        """Read who watches for what, if that may have changed, and not more often than once a second."""
        now = self._clock()
        if now - self._refreshed_at < REFRESH_SECONDS:
            return
        mark = await self._preferences.watching_mark()
        if mark != self._mark or now - self._read_at >= READ_ANYWAY_SECONDS:
            self._take(await self._preferences.watching())
            self._mark, self._read_at = mark, now
        self._refreshed_at = now

    @property
    def with_keywords(self) -> set[str]:
        """Everybody who has a keyword."""
        return {user_id for user_ids in self._keywords.people.values() for user_id in user_ids}

    def keywords_in(self, event: Mapping[str, Any] | None) -> dict[str, str]:
        """Return by person which of their keywords is in a new message."""
        if event is None or event["type"] != "message.created":
            return {}
        return self._keywords.find(event["message"].get("text") or "")

    def of(self, event: Mapping[str, Any], *, keywords: Mapping[str, str], but: Iterable[str]) -> list[Watching]:
        """Return whom a new message concerns beside those whom it addresses, a bounded number of people at a time."""
        message = event["message"]
        known = {event["actor"], *but}
        keywords = {user_id: keyword for user_id, keyword in sorted(keywords.items()) if user_id not in known}
        followers = self._of_all_threads if message.get("thread") is not None else []
        followers = [user_id for user_id in followers if user_id not in known and user_id not in keywords]
        return [
            *(Watching("keyword", list(some)) for some in batches(list(keywords), PEOPLE_AT_ONCE)),
            *(Watching("thread", list(some)) for some in batches(followers, PEOPLE_AT_ONCE)),
        ]

    def _take(self, watching: Mapping[str, Preferences]) -> None:
        people: dict[str, list[str]] = {}
        for user_id, wishes in watching.items():
            for keyword in wishes.keywords:
                people.setdefault(fold_keyword(keyword), []).append(user_id)
        self._keywords = Keywords(people)
        self._of_all_threads = sorted(user_id for user_id, wishes in watching.items() if wishes.threads == "all")
