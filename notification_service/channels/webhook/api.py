"""The public REST API of outgoing webhooks, for the moderators and owners of a room.

Whoever changes a webhook is the one whom it acts as from then on: nobody sends anywhere what they may not read.
"""

import re
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from aiohttp import web

from chatflow.errors import Archived, Forbidden, NotFound
from chatflow.http.answers import json_response
from chatflow.http.bodies import read_body
from chatflow.http.documented import documented
from chatflow.http.outbound import OutboundGuard
from chatflow.ids import new_id
from chatflow.instants import write_instant
from chatflow.protocol.objects import Room
from notification_service.channels.trials import TRIAL_SECONDS, Trials
from notification_service.channels.webhook.objects import (
    AddOutgoingBody,
    ChangeOutgoingBody,
    Outgoing,
    OutgoingMade,
    Outgoings,
    OutgoingSecret,
    OutgoingTried,
    ResumeOutgoingBody,
    outgoing_of,
)
from notification_service.channels.webhook.reading import HookReader
from notification_service.channels.webhook.sender import HookSender
from notification_service.channels.webhook.signing import message_id_of_trial, new_secret
from notification_service.deciding.hooks import MAY_HAVE_HOOKS, WELL, Hook
from notification_service.request_tokens import RequestTokens

if TYPE_CHECKING:
    # It needs Django to be set up, which whoever only lists the routes does without.
    from notification_service.stores.hooks import Hooks

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
OUTGOING = "/api/rooms/{room_id}/outgoing"
# Long enough to change it over on the other side.
FORMER_SECRET_SECONDS = 24 * 3600.0
INTO_A_HOOK = {
    name: {"room_id": "$request.path.room_id", "hook_id": "/items/0/id"}
    for name in ("change_outgoing", "resume_outgoing", "rotate_outgoing_secret", "test_outgoing", "remove_outgoing")
}


class HooksApi:
    def __init__(
        self,
        *,
        tokens: RequestTokens,
        hooks: "Hooks",
        reader: HookReader,
        sender: HookSender,
        guard: OutboundGuard,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._tokens = tokens
        self._hooks = hooks
        self._reader = reader
        self._sender = sender
        self._guard = guard
        self._clock = clock
        self._trials = Trials()

    def routes(self) -> list[web.RouteDef]:
        one = f"{OUTGOING}/{{hook_id}}"
        return [
            web.get(OUTGOING, self.list_hooks),
            web.post(OUTGOING, self.add),
            web.patch(one, self.change),
            web.delete(one, self.remove),
            web.post(f"{one}/resume", self.resume),
            web.post(f"{one}/secret", self.rotate_secret),
            web.post(f"{one}/test", self.test),
        ]

    @documented(
        "list_outgoing",
        "The outgoing webhooks of a room, for its moderators and owners; without their secrets.",
        tag="integrations",
        answers={200: Outgoings},
        errors=("forbidden",),
        links=INTO_A_HOOK,
    )
    async def list_hooks(self, request: web.Request) -> web.Response:
        asker = await self._asker_of(request)
        return json_response(Outgoings(list(map(outgoing_of, await self._hooks.of_room(asker.room.id)))))

    @documented(
        "add_outgoing",
        "Have the room's events sent to an address, from the next one on; a room has ten such webhooks at most.",
        tag="integrations",
        body=AddOutgoingBody,
        answers={201: OutgoingMade},
        errors=("forbidden", "archived", "conflict"),
    )
    async def add(self, request: web.Request) -> web.Response:
        asker = await self._asker_of(request)
        refuse_archived(asker.room)
        body = await read_body(request, AddOutgoingBody)
        self._guard.check_url(body.url)
        now = self._now()
        hook = Hook(
            id=new_id(),
            room_id=asker.room.id,
            user_id=asker.user_id,
            url=body.url,
            events=once_each(body.events),
            secret=new_secret(),
            created_at=now,
            seq=asker.room.head,
            due_at=now,
        )
        await self._hooks.add(hook)
        return json_response(OutgoingMade(hook.id, hook.secret), status=201)

    @documented(
        "change_outgoing",
        "Send to another address, or other events; what is left out stays. A paused webhook stays paused.",
        tag="integrations",
        body=ChangeOutgoingBody,
        answers={200: Outgoing},
        errors=("forbidden",),
    )
    async def change(self, request: web.Request) -> web.Response:
        asker, hook = await self._access_hook(request)
        body = await read_body(request, ChangeOutgoingBody)
        if body.url is not None:
            self._guard.check_url(body.url)
        changed = await self._hooks.change(
            hook,
            now=self._now(),
            user_id=asker.user_id,
            url=body.url or hook.url,
            events=hook.events if body.events is None else once_each(body.events),
            failures=0,
            failing_since="",
        )
        return json_response(outgoing_of(changed))

    @documented(
        "remove_outgoing",
        "Send nothing there any more.",
        tag="integrations",
        answers={204: None},
        errors=("forbidden",),
    )
    async def remove(self, request: web.Request) -> web.Response:
        _, hook = await self._access_hook(request)
        await self._hooks.remove(hook)
        return web.Response(status=204)

    @documented(
        "resume_outgoing",
        "Let a paused webhook go on where it stopped, or with `skip` from the next event on; also at once with a try.",
        tag="integrations",
        body=ResumeOutgoingBody,
        is_body_required=False,
        answers={200: Outgoing},
        errors=("forbidden", "archived"),
    )
    async def resume(self, request: web.Request) -> web.Response:
        asker, hook = await self._access_hook(request)
        refuse_archived(asker.room)
        body = await read_body(request, ResumeOutgoingBody)
        # Otherwise it stays where it is, which may be further by now than it was read.
        place = {"seq": asker.room.head} if body.skip else {}
        resumed = await self._hooks.change(hook, now=self._now(), user_id=asker.user_id, **place, **WELL)
        return json_response(outgoing_of(resumed))

    @documented(
        "rotate_outgoing_secret",
        "Sign with a new secret; for a day there is also a signature by the one before.",
        tag="integrations",
        answers={200: OutgoingSecret},
        errors=("forbidden",),
    )
    async def rotate_secret(self, request: web.Request) -> web.Response:
        _, hook = await self._access_hook(request)
        secret, until = new_secret(), write_instant(self._clock() + FORMER_SECRET_SECONDS)
        former = {"former_secret": hook.secret, "former_until": until}
        await self._hooks.change(hook, now=self._now(), secret=secret, **former)
        return json_response(OutgoingSecret(secret))

    @documented(
        "test_outgoing",
        "Send a trial to the address of a webhook, also of a paused one, and tell whether it was taken.",
        tag="integrations",
        answers={200: OutgoingTried},
        errors=("forbidden", "rate_limited"),
    )
    async def test(self, request: web.Request) -> web.Response:
        asker, hook = await self._access_hook(request)
        body = msgspec.json.encode({"type": "webhook.test", "room_id": hook.room_id, "at": self._now()})
        message_id = message_id_of_trial(new_id())
        with self._trials.begun_by(asker.user_id):
            outcome = await self._sender.send(hook, body, message_id=message_id, timeout_seconds=TRIAL_SECONDS)
        return json_response(OutgoingTried(outcome.result == "taken", outcome.error))

    async def _access_hook(self, request: web.Request) -> tuple["Asker", Hook]:
        asker, hook_id = await self._asker_of(request), request.match_info["hook_id"]
        if not UUID.fullmatch(hook_id):
            raise NotFound
        return asker, await self._hooks.access(hook_id, room_id=asker.room.id)

    async def _asker_of(self, request: web.Request) -> "Asker":
        """Return who asks and the room as they see it; raises NotFound or Forbidden if they may have no webhooks."""
        user_id = (await self._tokens.principal_of(request.headers.get("Authorization", ""))).user_id
        room_id = request.match_info["room_id"]
        if not UUID.fullmatch(room_id):
            raise NotFound
        row = (await self._reader.rows([(user_id, room_id)])).get((user_id, room_id))
        if row is None:
            raise NotFound
        if row.room.role not in MAY_HAVE_HOOKS:
            raise Forbidden
        return Asker(user_id, row.room)

    def _now(self) -> str:
        return write_instant(self._clock())


class Asker(NamedTuple):
    """Who asks, and the room as they see it."""

    user_id: str
    room: Room


def refuse_archived(room: Room) -> None:
    if room.archived:
        raise Archived


def once_each(events: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(events))
