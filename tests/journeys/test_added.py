"""Others put a person into rooms at a bounded rate, on however many gateways and workers; and a person can refuse."""

import asyncio
from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.actors import Actor, Device, Refused
from tests.actors.answers import Json
from tests.journeys.conftest import Invite
from tests.journeys.system import System, open_system

PER_HOUR = 5


@pytest.fixture(scope="module")
def bounded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    settings = {"CHATFLOW_GATEWAYS": "2", "CHATFLOW_WORKERS": "2", "CHATFLOW_ADDED_PER_HOUR": str(PER_HOUR)}
    with open_system(tmp_path_factory.mktemp("bounded"), settings=settings) as system:
        yield system


@pytest.fixture
def url(bounded: System) -> str:
    return bounded.url


@pytest.fixture
def keeps_connections() -> bool:
    return False


async def outcome(device: Device, event: str, payload: Json) -> str:
    try:
        await device.request(event, payload)
    except Refused as refused:
        return refused.code
    return "ok"


def founding(*members: str) -> Json:
    return {"cid": str(uuid4()), "kind": "group", "name": "come in", "members": list(members)}


async def rooms_of(person: Actor) -> list[str]:
    return [room["id"] for room in (await person.rest.get("/api/rooms", limit=500))["items"]]


async def test_however_many_rooms_are_made_at_once_a_person_is_put_into_so_many(invite: Invite) -> None:
    mallory, bob = await invite("mallory"), await invite("bob")
    devices = [await mallory.connect(f"device {number}") for number in range(4)]
    assert devices[0].ready["limits"]["added_per_hour"] == PER_HOUR
    outcomes = await asyncio.gather(
        *(outcome(device, "room:create", founding(bob.id)) for device in devices for _ in range(50))
    )
    assert sorted(set(outcomes)) == ["ok", "rate_limited"]
    assert outcomes.count("ok") == len(await rooms_of(bob)) == PER_HOUR
    assert len(await rooms_of(mallory)) == PER_HOUR


async def test_every_way_of_adding_counts_and_nothing_else_does(invite: Invite) -> None:
    alice, bob, carol = await invite("alice"), await invite("bob"), await invite("carol")
    phone, laptop, desk = await alice.connect(), await bob.connect(), await carol.connect()
    first = founding(bob.id)
    assert [await outcome(phone, "room:create", first) for _ in range(3)] == ["ok"] * 3
    # The same people get the same room; opening it again adds nobody.
    assert [await outcome(phone, "room:direct", {"user_ids": [bob.id]}) for _ in range(3)] == ["ok"] * 3
    channels = [await phone.create_room(f"channel {number}") for number in range(5)]
    joining = {"room_id": channels[0], "user_id": bob.id, "cid": "invite"}
    assert [await outcome(phone, "room:invite", joining) for _ in range(3)] == ["ok"] * 3
    # The same room counts once, a refusal not at all.
    await phone.request("room:kick", {"room_id": channels[0], "user_id": bob.id})
    assert await outcome(phone, "room:invite", {"room_id": channels[0], "user_id": bob.id}) == "ok"
    for channel in channels:
        assert await outcome(desk, "room:invite", {"room_id": channel, "user_id": bob.id}) == "not_a_member"
    for channel in channels[1:3]:
        assert await outcome(phone, "room:invite", {"room_id": channel, "user_id": bob.id}) == "ok"

    full = {"room_id": channels[3], "user_id": bob.id}
    with pytest.raises(Refused, match="rate_limited") as refused:
        await phone.request("room:invite", full)
    assert 3000 < float(refused.value.error["retry_after"]) <= 3600
    assert await outcome(desk, "room:create", founding(alice.id, bob.id)) == "rate_limited"
    assert await outcome(desk, "room:direct", {"user_ids": [bob.id]}) == "rate_limited"
    # What was done is still answered so, who is in stays in, and what one does oneself is nobody else's doing.
    assert await outcome(phone, "room:create", first) == "ok"
    assert await outcome(phone, "room:invite", joining) == "ok"
    assert await outcome(laptop, "room:join", {"room_id": channels[3]}) == "ok"
    token = (await alice.rest.post(f"/api/rooms/{channels[4]}/invites", {}))["token"]
    assert await outcome(laptop, "room:join", {"invite": token}) == "ok"
    assert await outcome(laptop, "room:direct", {"user_ids": [carol.id]}) == "ok"
    assert await outcome(desk, "room:create", founding(alice.id)) == "ok"


async def test_who_declines_is_brought_in_by_nobody_until_they_come_themselves(invite: Invite) -> None:
    alice, bob = await invite("alice"), await invite("bob")
    phone, laptop, tv = await alice.connect(), await bob.connect(), await bob.connect("tv")
    room_id = await phone.create_room("group", kind="group", members=[bob.id])
    token = (await alice.rest.post(f"/api/rooms/{room_id}/invites", {}))["token"]
    await laptop.is_told("room:added")
    declining: Json = {"room_id": room_id, "cid": "no"}

    declined = await laptop.request("room:decline", declining)

    for device in (laptop, tv):
        await device.is_told("room:removed", room_id=room_id, reason="left")
    assert await laptop.request("room:decline", declining) == declined | {"duplicate": True}
    assert await outcome(laptop, "room:leave", declining) == "conflict"
    adding = {"room_id": room_id, "user_id": bob.id}
    assert await outcome(phone, "room:invite", adding) == "forbidden"
    assert await rooms_of(bob) == []
    # That it was more than leaving is told to nobody.
    await phone.reaches(room_id, declined["seq"])
    logged = (await alice.rest.get(f"/api/rooms/{room_id}/events", after=declined["seq"] - 1))["items"]
    assert logged == phone.view(room_id).events[-1:]
    assert (logged[0]["type"], "declined" in str(logged)) == ("member.left", False)

    assert await outcome(laptop, "room:join", {"invite": token}) == "ok"
    await laptop.leave(room_id)
    assert await outcome(phone, "room:invite", adding) == "ok"


async def test_a_direct_room_that_is_declined_stays_away_until_one_opens_it(invite: Invite) -> None:
    alice, bob = await invite("alice"), await invite("bob")
    phone, laptop, tv = await alice.connect(), await bob.connect(), await bob.connect("tv")
    room_id = await phone.open_direct(bob.id)
    for device in (laptop, tv):
        await device.is_told("room:added")
    first = await phone.send(room_id, "first")

    declined = await laptop.request("room:decline", {"room_id": room_id})

    assert declined["seq"] == first["seq"]
    for device in (laptop, tv):
        await device.is_told("room:removed", room_id=room_id, reason="hidden")
        device.packets.clear()
    await phone.send(room_id, f"<@{bob.id}> are you there?")
    assert await phone.open_direct(bob.id) == room_id
    other = await phone.create_room("open", members=[bob.id])
    told = await phone.send(other, f"<@{bob.id}> or here?")
    await laptop.is_told("notice", room_id=other, seq=told["seq"])
    notices = [data for name, data in laptop.packets if name == "notice" and data.get("room_id") == room_id]
    assert [notice for notice in notices if notice["seq"] > first["seq"]] == []
    await tv.disconnect()
    assert [room["id"] for room in (await tv.connect())["rooms"]] == await rooms_of(bob) == [other]

    # Leaving it again takes nothing back; opening it does.
    await laptop.request("room:leave", {"room_id": room_id})
    await phone.send(room_id, "still there?")
    assert await rooms_of(bob) == [other]
    tv.packets.clear()
    assert await laptop.open_direct(alice.id) == room_id
    await tv.is_told("room:added")
    await phone.send(room_id, "welcome back")
    for device in (laptop, tv):
        await device.sees(room_id, "welcome back")


async def test_the_last_owner_declines_no_more_than_they_leave(invite: Invite) -> None:
    alice, bob, mallory = await invite("alice"), await invite("bob"), await invite("mallory")
    phone, stranger = await alice.connect(), await mallory.connect()
    room_id = await phone.create_room("group", kind="group", members=[bob.id])
    assert await outcome(phone, "room:decline", {"room_id": room_id}) == "conflict"
    assert await outcome(stranger, "room:decline", {"room_id": room_id}) == "not_found"


async def test_a_direct_room_that_is_opened_again_is_there_on_the_devices_of_every_gateway(invite: Invite) -> None:
    alice, bob = await invite("alice"), await invite("bob")
    phone, devices = await alice.connect(), [await bob.connect("device 0")]
    while len({device.ready["server"]["gateway"] for device in devices}) < 2:
        devices.append(await bob.connect(f"device {len(devices)}"))
    room_id = await phone.open_direct(bob.id)
    for device in devices:
        await device.is_told("room:added")
    await devices[0].request("room:decline", {"room_id": room_id})
    for device in devices:
        await device.is_told("room:removed", room_id=room_id, reason="hidden")
        device.packets.clear()

    assert await devices[0].open_direct(alice.id) == room_id

    for device in devices[1:]:
        await device.is_told("room:added")
    await phone.send(room_id, "welcome back")
    for device in devices:
        await device.sees(room_id, "welcome back")
