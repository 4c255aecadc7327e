"""Every event and route, by people of every standing in rooms of every kind: refused unless the table lists it."""

from collections.abc import Awaitable
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from chatflow.protocol.objects import AccountRole
from tests.actors import Actor, Refused
from tests.actors.answers import Json
from tests.journeys.conftest import Invite
from tests.security import rights, routes
from tests.security.conftest import GiveRole
from tests.security.rights import IN_A_ROOM, OUTSIDE, Right

KINDS: dict[str, Json] = {
    "open": {"kind": "channel"},
    "private": {"kind": "channel", "private": True},
    "group": {"kind": "group"},
}
# After these the room is another one, in which something else may be possible.
UPSETTING = {
    *("room:join", "room:leave", "room:decline", "room:kick", "room:ban", "room:mute", "room:role", "room:update"),
    *("message:delete", "DELETE /api/rooms/{room_id}/invites/{invite_id}"),
    "DELETE /api/rooms/{room_id}/outgoing/{hook_id}",
}
PLACES = [(kind, standing) for kind, standings in rights.STANDINGS.items() for standing in standings]
# What a role might add shows from outside a room, from within, and to a moderator; who has none is tried everywhere.
PLACES_OF_ROLES = [(kind, standing) for kind, standing in PLACES if standing in ("stranger", "member", "moderator")]
CASES: list[tuple[str, str, AccountRole]] = [(kind, standing, "member") for kind, standing in PLACES] + [
    (kind, standing, role) for role in rights.ROLES if role != "member" for kind, standing in PLACES_OF_ROLES
]


class Stage:
    """Makes rooms of one kind in which one person stands in one way, and has that person try things there."""

    def __init__(
        self, invite: Invite, give_role: GiveRole, *, kind: str, standing: str, role: AccountRole = "member"
    ) -> None:
        self._invite = invite
        self._give_role = give_role
        self._role = role
        self._kind = kind
        self._standing = standing
        self.ids: Json = {}
        self._is_upset = True

    async def open(self) -> "Stage":
        self._alice, self._subject, self._bob, carol = [
            await self._invite(name) for name in ("alice", "subject", "bob", "carol")
        ]
        await self._give_role(self._subject, self._role)
        self._phone, self._device = await self._alice.connect(), await self._subject.connect()
        self._people = {rights.BOB: self._bob.id, rights.CAROL: carol.id}
        return self

    async def set(self) -> None:
        """Make a new room; whoever is not a stranger in it has said something before they came to stand as they do."""
        prepare = self._set_direct if self._kind == "direct" else self._set_room
        room_id = await prepare()
        said = await self._phone.send(room_id, "said")
        self.ids = {"room_id": room_id, rights.SAID: said["id"], rights.OWN: said["id"]} | self._people
        self.ids |= {rights.LINK: str(uuid4()), rights.HOOK: str(uuid4()), rights.NEW_NAME: f"renamed {room_id}"}
        await self._take_part(room_id)
        if self._kind != "direct":
            link = await self._alice.rest.post(f"/api/rooms/{room_id}/invites", {})
            self.ids[rights.LINK] = link["invite_id"]
            wanted = {"url": "https://localhost/", "events": ["room.updated"]}
            self.ids[rights.HOOK] = (await self._alice.rest.post(f"/api/rooms/{room_id}/outgoing", wanted))["id"]

    async def _set_direct(self) -> str:
        # The same people get the same room, so there is somebody new in each.
        guest = (await self._invite("guest")).id
        people = [guest] if self._standing == "stranger" else [guest, self._subject.id]
        return await self._phone.open_direct(*people)

    async def _set_room(self) -> str:
        others = [] if self._standing == "stranger" else [self._subject.id]
        return await self._phone.create_room("room", members=[self._bob.id, *others], **KINDS[self._kind])

    async def _take_part(self, room_id: str) -> None:
        if self._standing == "stranger":
            return
        await self._device.until(lambda: self._device.view(room_id).admitted or None, what=f"room {room_id}")
        self.ids[rights.OWN] = (await self._device.send(room_id, "own"))["id"]
        about = {"room_id": room_id, "user_id": self._subject.id}
        match self._standing:
            case "left":
                await self._device.leave(room_id)
            case "banned":
                await self._phone.request("room:ban", about)
            case "muted":
                await self._phone.request("room:mute", about)
            case "reader" | "moderator" | "owner":
                await self._phone.request("room:role", about | {"role": self._standing})
        if self._standing in OUTSIDE:
            await self._device.is_told("room:removed", room_id=room_id)

    async def try_out(self, right: Right) -> str:
        """Return `ok` or the code of the refusal."""
        if self._is_upset:
            await self.set()
            self._is_upset = False
        verb, _, path = right.what.partition(" ")
        sent = {name: self.ids.get(str(value), value) for name, value in right.sent.items()}
        try:
            code = await (self._call(verb, path, sent) if path else self._ask(right.what, sent))
        except Refused as refused:
            code = refused.code
        # What is refused changes nothing.
        self._is_upset = code == "ok" and right.what in UPSETTING
        return code

    async def _call(self, verb: str, path: str, sent: Json) -> str:
        named = path.format(
            **{"message_id": "", "invite_id": "", "hook_id": ""} | sent | {"room_id": self.ids["room_id"]}
        )
        said = {name: value for name, value in sent.items() if f"{{{name}}}" not in path}
        body, named = (said, named) if verb in ("POST", "PATCH") else (None, f"{named}?{urlencode(said)}")
        await self._subject.access_token()
        await self._subject.rest.call(verb, named, body=body, headers={"Idempotency-Key": str(uuid4())})
        return "ok"

    async def _ask(self, event: str, sent: Json) -> str:
        room_id = self.ids["room_id"]
        if event == "room:sync":
            [part] = (await self._device.request(event, {"rooms": {room_id: 1}}))["rooms"].values()
            return str(part.get("error", {}).get("code", "ok"))
        await self._device.request(event, {"room_id": room_id, **sent})
        return "ok"


def refusals(right: Right, *, kind: str, standing: str) -> set[str]:
    """Return the codes with which somebody may be refused; what one may not see is answered as if it were not there."""
    if right.what in ("room:trim", "invite:create", "invite:revoke"):
        return {"invalid"}
    if standing in OUTSIDE:
        return {"not_found", "not_a_member", "banned"} if kind == "open" else {"not_found"}
    if standing != "muted":
        return {"forbidden"}
    # Whoever is muted hears so, and for certain where a member would have been heard.
    return {"muted"} if "member" in getattr(right, kind) else {"muted", "forbidden"}


@pytest.mark.parametrize(("kind", "standing", "role"), CASES, ids=["-".join(reversed(case)) for case in CASES])
async def test_everything_is_refused_unless_the_table_lists_it(
    invite: Invite, give_role: GiveRole, kind: str, standing: str, role: AccountRole
) -> None:
    stage = await Stage(invite, give_role, kind=kind, standing=standing, role=role).open()
    for right in [right for right in IN_A_ROOM if standing not in getattr(right, kind)]:
        code = await stage.try_out(right)
        assert code in refusals(right, kind=kind, standing=standing), (right.what, right.sent, code)
    for right in [right for right in IN_A_ROOM if standing in getattr(right, kind)]:
        assert await stage.try_out(right) == "ok", (right.what, right.sent)


async def test_what_is_ones_own_is_answered_alike_whatever_ones_role(invite: Invite, give_role: GiveRole) -> None:
    bob = await invite("bob")
    answers = {}
    for role in rights.ROLES:
        alice = await invite("alice")
        await give_role(alice, role)
        answers[role] = await answers_to(alice, other=bob)

    assert all(answered == answers["member"] for answered in answers.values()), answers
    assert answers["member"].keys() == rights.EVENTS_OF_ONES_OWN | rights.ROUTES_OF_ONES_OWN
    assert {answers["member"][event] for event in rights.EVENTS_OF_ONES_OWN} == {"ok"}


async def answers_to(actor: Actor, *, other: Actor) -> dict[str, str]:
    """Return `ok` or the refusal's code of all that is one's own; what ends the session comes last."""
    device = await actor.connect()
    said: Json = {
        "room:create": {"cid": "one", "kind": "group", "name": "own"},
        "room:direct": {"user_ids": [other.id]},
        "focus": {"room_id": None},
        "presence:set": {"status": "away"},
        "presence:watch": {"user_ids": [actor.id]},
        "auth:refresh": {"token": await actor.access_token()},
        "ping:app": {},
    }
    return {event: await code_of(device.request(event, payload)) for event, payload in said.items()} | {
        route: await code_of(call_emptily(actor, route))
        for route in sorted(rights.ROUTES_OF_ONES_OWN, key=lambda route: (route.endswith("logout-all"), route))
    }


def call_emptily(actor: Actor, route: str) -> Awaitable[Json]:
    verb, _, path = route.partition(" ")
    named = path.format_map(dict.fromkeys(("user_id", "session_id", "id"), uuid4()))
    return actor.rest.call(verb, named, body=None if verb == "GET" else {})


async def code_of(asking: Awaitable[Json]) -> str:
    try:
        await asking
    except Refused as refused:
        return refused.code
    return "ok"


def test_the_table_names_every_event_and_every_route() -> None:
    named = {right.what for right in IN_A_ROOM}
    events = {what for what in named if " " not in what}
    assert routes.events() == events | rights.EVENTS_OF_ONES_OWN
    listed = (named - events) | rights.ROUTES_OF_ONES_OWN | rights.ROUTES_OF_ANYBODY
    inner = {route for route in routes.routes() if route.partition(" ")[2].startswith(rights.INNER_PREFIXES)}
    assert routes.routes() - inner == listed
    assert inner


async def test_what_is_ones_own_wants_a_token_and_no_route_within_is_there_from_outside(
    invite: Invite,
) -> None:
    alice = await invite("alice")
    token = alice.rest.token
    in_rooms = {right.what for right in IN_A_ROOM if " " in right.what}
    for route in sorted(rights.ROUTES_OF_ONES_OWN | in_rooms):
        verb, _, path = route.partition(" ")
        alice.rest.token = None
        named = path.format_map(
            dict.fromkeys(("room_id", "message_id", "invite_id", "hook_id", "user_id", "session_id", "id"), uuid4())
        )
        with pytest.raises(Refused) as refused:
            await alice.rest.call(verb, named, body={} if verb != "GET" else None, headers={"Idempotency-Key": "one"})
        assert refused.value.code == "unauthenticated", route
    alice.rest.token = token
    for route in sorted(route for route in routes.routes() if " /internal/" in route):
        with pytest.raises(Refused) as refused:
            await alice.rest.call("POST", route.partition(" ")[2], body={})
        assert refused.value.code in ("not_found", "invalid"), route
