"""A stranger gets nothing and learns nothing: the answer to what is forbidden is the same as to what does not exist."""

from uuid import uuid4

import aiohttp
import pytest

from tests.actors import Actor, Device, Refused, SignInRefused
from tests.actors.answers import Json
from tests.journeys.conftest import Invite
from tests.journeys.scales import ONE, TWO

pytestmark = pytest.mark.scales(ONE, TWO)


async def refusal_of(device: Device, event: str, payload: Json) -> Json:
    with pytest.raises(Refused) as refused:
        await device.request(event, payload)
    return refused.value.error


async def rest_refusal_of(actor: Actor, path: str) -> Json:
    with pytest.raises(Refused) as refused:
        await actor.rest.get(path)
    return refused.value.error


@pytest.mark.parametrize(
    ("event", "fields"),
    [
        ("room:join", {}),
        ("room:leave", {}),
        ("message:send", {"cid": "one", "text": "let me in"}),
        ("room:update", {"name": "mine"}),
        ("read:mark", {"seq": 1}),
    ],
)
async def test_a_private_room_answers_a_stranger_like_one_that_does_not_exist(
    invite: Invite, event: str, fields: Json
) -> None:
    alice, mallory = await invite("alice"), await invite("mallory")
    phone, intruder = await alice.connect(), await mallory.connect()
    room_id = await phone.create_room("secret", private=True)
    secret = await refusal_of(intruder, event, {"room_id": room_id, **fields})
    nothing = await refusal_of(intruder, event, {"room_id": str(uuid4()), **fields})
    assert secret == nothing


async def test_a_strangers_sync_learns_nothing(invite: Invite) -> None:
    alice, mallory = await invite("alice"), await invite("mallory")
    phone, intruder = await alice.connect(), await mallory.connect()
    room_id, unknown_id = await phone.create_room("secret", private=True), str(uuid4())
    answer = await intruder.request("room:sync", {"rooms": {room_id: 0, unknown_id: 0}})
    assert answer["rooms"][room_id] == answer["rooms"][unknown_id]
    assert "error" in answer["rooms"][room_id]


@pytest.mark.parametrize("path", ["", "/messages", "/events", "/members"])
async def test_a_private_rooms_pages_answer_a_stranger_like_one_that_does_not_exist(invite: Invite, path: str) -> None:
    alice, mallory = await invite("alice"), await invite("mallory")
    phone = await alice.connect()
    room_id = await phone.create_room("secret", private=True)
    await phone.send(room_id, "nobody else reads this")
    secret = await rest_refusal_of(mallory, f"/api/rooms/{room_id}{path}")
    assert secret == await rest_refusal_of(mallory, f"/api/rooms/{uuid4()}{path}")


async def test_a_stranger_is_handed_nothing(invite: Invite) -> None:
    alice, mallory = await invite("alice"), await invite("mallory")
    phone, intruder = await alice.connect(), await mallory.connect()
    private_id, public_id = await phone.create_room("secret", private=True), await phone.create_room("open")
    for room_id in (private_id, public_id):
        await phone.send(room_id, "not for strangers")
        await phone.sees(room_id, "not for strangers")
    # What comes to the stranger afterwards would have been overtaken by it.
    direct_id = await phone.open_direct(mallory.id)
    await phone.send(direct_id, "hello stranger")
    await intruder.sees(direct_id, "hello stranger")
    assert set(intruder.rooms.views) == {direct_id}
    assert {room["id"] for room in intruder.ready["rooms"]} == set()
    assert private_id not in str(await mallory.rest.get("/api/rooms/public"))


@pytest.mark.parametrize("token", ["", "nonsense", "e30.e30.e30"])
async def test_without_a_token_nobody_is_let_in(url: str, token: str) -> None:
    async with Actor(url, "nobody") as nobody:
        nobody.user = {"id": "nobody"}
        nobody.use_token(token)
        with pytest.raises(SignInRefused) as refused:
            await nobody.connect()
        assert refused.value.code == "unauthenticated"
        with pytest.raises(Refused) as rest_refused:
            await nobody.rest.get("/api/rooms")
        assert rest_refused.value.code == "unauthenticated"


@pytest.mark.parametrize("path", ["/internal/append", "/internal/connect", "/metrics", "/api/messages/internal/append"])
async def test_what_is_internal_is_not_reached_from_outside(url: str, path: str) -> None:
    async with aiohttp.ClientSession() as http, http.post(f"{url}{path}", data=b"\x80") as response:
        assert response.status in (404, 405)


async def test_a_wrong_password_and_an_unknown_name_are_answered_alike(invite: Invite) -> None:
    alice = await invite("alice")
    answers = []
    for login in (alice.username, f"nobody-{uuid4()}"):
        with pytest.raises(Refused) as refused:
            await alice.rest.post("/api/auth/login", {"login": login, "password": "certainly not this one 7"})
        answers.append(refused.value.error)
    assert answers[0] == answers[1]
