"""The public REST API for what a person wishes to be told of, and when."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
from aiohttp import web
from msgspec import UNSET, UnsetType

from chatflow.http.answers import json_response
from chatflow.http.bodies import read_body
from chatflow.http.documented import documented
from notification_service.deciding.keywords import tidied
from notification_service.deciding.preferences import Keywords, Kinds, Levels, Mails, Preferences, Pushes, Threads
from notification_service.deciding.quiet_hours import Quiet, check_zone
from notification_service.request_tokens import RequestTokens

if TYPE_CHECKING:
    # It needs Django to be set up, which whoever only lists the routes does without.
    from notification_service.stores.preferences import PreferencesStore


class WishedKinds(Kinds, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Kinds in a request, where unknown ones are refused. In what is stored they are ignored."""


class WishedLevels(Levels, frozen=True, kw_only=True, forbid_unknown_fields=True):
    in_app: WishedKinds = WishedKinds()


class WishedQuiet(Quiet, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Hours of quiet in a request."""


class WishedPushes(Pushes, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What pushes may say, in a request."""


class WishedMails(Mails, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When one is mailed, in a request."""


class PreferencesBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is given takes the place of what was; what is left out stays, so a client need not know of all there is."""

    levels: WishedLevels | UnsetType = UNSET
    keywords: Keywords | UnsetType = UNSET
    quiet: WishedQuiet | UnsetType | None = UNSET
    threads: Threads | UnsetType = UNSET
    push: WishedPushes | UnsetType = UNSET
    email: WishedMails | UnsetType = UNSET

    def change(self, before: Preferences) -> Preferences:
        """Return the preferences with what is given; raises Invalid where it makes no sense."""
        given = {name: getattr(self, name) for name in self.__struct_fields__ if getattr(self, name) is not UNSET}
        if "keywords" in given:
            given["keywords"] = tidied(given["keywords"])
        if isinstance(self.quiet, Quiet):
            check_zone(self.quiet.zone)
        return msgspec.structs.replace(before, **given)


async def look_at_nothing(_: str) -> None:
    """No mails wait for anybody."""


class PreferencesApi:
    """`on_email` is told of a person who wishes for other mails than before."""

    def __init__(
        self,
        *,
        tokens: RequestTokens,
        preferences: "PreferencesStore",
        on_email: Callable[[str], Awaitable[None]] = look_at_nothing,
    ) -> None:
        self._tokens = tokens
        self._preferences = preferences
        self._on_email = on_email

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/notifications/preferences", self.show_preferences),
            web.put("/api/notifications/preferences", self.change_preferences),
        ]

    @documented("show_preferences", "What one wishes to be told of.", tag="notifications", answers={200: Preferences})
    async def show_preferences(self, request: web.Request) -> web.Response:
        user_id = (await self._tokens.principal_of(request.headers.get("Authorization", ""))).user_id
        wishes = await self._preferences.of([user_id])
        return json_response(wishes.get(user_id, Preferences()))

    @documented(
        "change_preferences",
        "Say what one wishes to be told of; what is left out stays as it is.",
        tag="notifications",
        body=PreferencesBody,
        answers={200: Preferences},
    )
    async def change_preferences(self, request: web.Request) -> web.Response:
        user_id = (await self._tokens.principal_of(request.headers.get("Authorization", ""))).user_id
        body = await read_body(request, PreferencesBody)
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        changed = await self._preferences.change(user_id, body.change, now=now)
        if body.email is not UNSET:
            await self._on_email(user_id)
        return json_response(changed)
