"""Decides whom events are told to: asks what is known of the people, a portion at a time, and makes their notices."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from chatflow.http.service_client import ServiceClient
from chatflow.presence.focus_redis import Focused
from chatflow.presence.keys_redis import Found
from chatflow.wire.outbox import AlertDetails, AlertDetailsAnswer, AlertDetailsRequest, Audience, Job
from notification_service.deciding.making_notices import EVERYBODY_AWAY, blocks_nobody, make_notices
from notification_service.deciding.notices import Notice
from notification_service.facts.watchers import NOBODY, Watchers, Watching
from notification_service.stores.preferences import PreferencesStore

DETAILS_TIMEOUT_SECONDS = 5.0


async def nothing_in_focus(_: Sequence[Focused]) -> set[Focused]:
    return set()


async def everybody_away(_: Sequence[str]) -> Found:
    return EVERYBODY_AWAY


class Decider:
    def __init__(
        self,
        *,
        preferences: PreferencesStore,
        watchers: Watchers,
        message_service: ServiceClient,
        in_focus: Callable[[Sequence[Focused]], Awaitable[set[Focused]]] = nothing_in_focus,
        presence: Callable[[Sequence[str]], Awaitable[Found]] = everybody_away,
        blocks: Callable[[str, str], bool] = blocks_nobody,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._preferences = preferences
        self._message_service = message_service
        self._in_focus = in_focus
        self._presence = presence
        self._blocks = blocks
        self._clock = clock
        self._watchers = watchers

    async def decide(self, details: Sequence[AlertDetails]) -> AsyncIterator[list[Notice]]:
        """Yield the notices of these details, and then of who watches for what they are about."""
        await self._watchers.refresh()
        keywords: dict[Job, dict[str, str]] = {}
        for detail in details:
            keywords[detail.job] = self._watchers.keywords_in(detail.event)
            # Many long texts one after the other must not keep the others of this process waiting.
            await asyncio.sleep(0)
        yield await self._decided(details, keywords)
        for detail in details:
            # On an event's last page, so that whoever it addresses on an earlier one is told of that.
            if detail.next is None and detail.event is not None and detail.event["type"] == "message.created":
                addressed = [recipient.user_id for recipient in detail.recipients]
                for watching in self._watchers.of(detail.event, keywords=keywords[detail.job], but=addressed):
                    yield await self._decided(await self._watched(detail, watching), keywords, watching)

    async def _watched(self, detail: AlertDetails, watching: Watching) -> list[AlertDetails]:
        """Return the event's details with those who watch for it and may be told of it."""
        answer = await self._message_service.call(
            "/internal/alerts",
            AlertDetailsRequest(
                jobs=[detail.job], only=Audience(user_ids=watching.user_ids, otherwise=watching.reason)
            ),
            AlertDetailsAnswer,
            timeout_seconds=DETAILS_TIMEOUT_SECONDS,
        )
        # A program from before audiences answers with everybody whom the event addresses.
        asked = set(watching.user_ids)
        recipients = [one for found in answer.details for one in found.recipients if one.user_id in asked]
        return [msgspec.structs.replace(detail, recipients=recipients)]

    async def _decided(
        self,
        details: Sequence[AlertDetails],
        keywords: Mapping[Job, Mapping[str, str]],
        watching: Watching | None = None,
    ) -> list[Notice]:
        concerned = sorted({recipient.user_id for detail in details for recipient in detail.recipients})
        places = [(detail.job.room_id, recipient.user_id) for detail in details for recipient in detail.recipients]
        preferences = await self._preferences.of(concerned)
        in_focus = await self._in_focus(places)
        presence = await self._presence(concerned)
        now = self._clock()
        return [
            notice
            for detail in details
            for notice in make_notices(
                detail,
                preferences=preferences,
                now=now,
                in_focus=in_focus,
                presence=presence,
                blocks=self._blocks,
                keywords=keywords[detail.job],
                by_all_threads=watching.user_ids if watching is not None and watching.reason == "thread" else NOBODY,
            )
        ]
