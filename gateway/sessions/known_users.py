"""Looks up people's public profiles in user_service, many in one call, and caches them briefly."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable
from time import time
from typing import Any

import msgspec

from chatflow.errors import NotFound
from chatflow.http.service_client import ServiceClient, UnreadableAnswer
from chatflow.instants import write_instant
from chatflow.protocol.objects import User
from gateway.sessions.batching import CROWD_SECONDS, Batcher

# Clients learn of changed profiles by the event `user`; this cache only has to be nearly current.
REMEMBER_SECONDS = 30.0
REMEMBERED = 10_000
USERS_PER_CALL = 500


def without_what_is_over(user: User) -> User:
    """Return the profile as user_service would tell it now: a status ends by itself."""
    is_over = user.status is not None and user.status.until is not None and user.status.until <= write_instant(time())
    return msgspec.structs.replace(user, status=None) if is_over else user


def with_status_of_today(user: dict[str, Any]) -> dict[str, Any]:
    """Return the profile with its status as an object: a user_service of the version before has a text there."""
    status = user.get("status")
    return {**user, "status": {"text": status} if status else None} if isinstance(status, str) else user


class FoundUsers(msgspec.Struct):
    users: list[dict[str, Any]]


class KnownUsers:
    def __init__(self, users: ServiceClient) -> None:
        self._users = users
        self._remembered: OrderedDict[str, tuple[float, User]] = OrderedDict()
        self._batcher: Batcher[str, User | None] = Batcher(self._ask, limit=USERS_PER_CALL, pause=CROWD_SECONDS)

    async def access_user(self, user_id: str) -> User:
        """Return a person's public profile, or raise `not_found`."""
        now = asyncio.get_running_loop().time()
        if user_id in self._remembered:
            until, user = self._remembered[user_id]
            if now < until:
                return without_what_is_over(user)
        found = await self._batcher.submit(user_id)
        if found is None:
            raise NotFound("There is no such person.")
        self._remembered[user_id] = (now + REMEMBER_SECONDS, found)
        self._remembered.move_to_end(user_id)
        while len(self._remembered) > REMEMBERED:
            self._remembered.popitem(last=False)
        return found

    async def check_all(self, user_ids: Iterable[str]) -> None:
        """Raise `not_found` unless all of them exist."""
        await asyncio.gather(*(self.access_user(user_id) for user_id in set(user_ids)))

    def forget(self, user_id: str) -> None:
        self._remembered.pop(user_id, None)

    async def _ask(self, user_ids: list[str]) -> list[User | None]:
        asked = {"ids": list(dict.fromkeys(user_ids)), "with_status": True}
        answer = await self._users.post_json("/internal/users", asked, FoundUsers, idempotent=True)
        try:
            users = msgspec.convert(list(map(with_status_of_today, answer.users)), list[User])
        except msgspec.ValidationError as error:
            raise UnreadableAnswer("user_service gave an answer that cannot be read.") from error
        found = {user.id: user for user in users}
        return [found.get(user_id) for user_id in user_ids]
