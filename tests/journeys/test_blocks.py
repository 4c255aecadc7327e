"""What a block and another role change, within two seconds, for whoever is connected."""

import asyncio
from collections.abc import Awaitable

import pytest

from chatflow.process.settings import Settings
from chatflow.supervisor.reached_services import settings_of_running
from chatflow.supervisor.user_roles import change_role
from tests.actors import Actor, Device, Refused
from tests.actors.answers import Json
from tests.journeys.conftest import Invite
from tests.journeys.scales import ONE, TWO
from tests.journeys.system import System

pytestmark = pytest.mark.scales(ONE, TWO)

WITHIN_SECONDS = 2.0


async def code_of(asking: Awaitable[Json]) -> str:
    try:
        await asking
    except Refused as refused:
        return refused.code
    return "ok"


async def sends(device: Device, room_id: str) -> str:
    return await code_of(device.send(room_id, "hello"))


async def test_a_block_holds_in_the_direct_room_and_nowhere_else_until_it_ends(invite: Invite) -> None:
    alice, bob, carol = [await invite(name) for name in ("alice", "bob", "carol")]
    phone, bobs_phone = await alice.connect(), await bob.connect()
    direct = await phone.open_direct(bob.id)
    group = await phone.create_room("group", kind="group", members=[bob.id, carol.id])
    for room_id in (direct, group):
        await is_in(bobs_phone, room_id)
    own = await bobs_phone.send(direct, "before")

    await blocks(alice, bob)
    async with asyncio.timeout(WITHIN_SECONDS):
        while await sends(bobs_phone, direct) == "ok":
            pass
    assert await sends(phone, direct) == "forbidden"
    assert await sends(bobs_phone, group) == "ok"
    assert (await bobs_phone.request("message:delete", {"room_id": direct, "id": own["id"]}))["ok"]
    mine = await bobs_phone.create_room("mine", kind="group")
    assert await code_of(bobs_phone.request("room:invite", {"room_id": mine, "user_id": alice.id})) == "forbidden"
    # What bob says elsewhere is seen, and alerts nobody whom it would annoy.
    named = await bobs_phone.send(group, f"<@{alice.id}> <@{carol.id}>")
    await phone.sees(group, f"<@{alice.id}> <@{carol.id}>")
    await reads_suppressed(alice, room_id=group, seq=named["seq"])

    await alice.rest.call("DELETE", f"/api/users/me/blocks/{bob.id}")
    async with asyncio.timeout(WITHIN_SECONDS):
        while await sends(bobs_phone, direct) != "ok":
            pass
    assert await sends(phone, direct) == "ok"
    assert (await alice.rest.get("/api/users/me/blocks"))["items"] == []


async def test_no_direct_room_begins_with_somebody_who_blocks_one(invite: Invite) -> None:
    alice, bob, carol = [await invite(name) for name in ("alice", "bob", "carol")]
    bobs_phone, carols_phone = await bob.connect(), await carol.connect()
    await blocks(alice, bob)
    told = (await alice.rest.get("/api/users/me/blocks"))["items"]

    # In a room of their own, so that what is tried before the block is known does not make the one in question.
    probe = await carols_phone.create_room("probe", kind="group")
    await carols_phone.request("room:invite", {"room_id": probe, "user_id": bob.id, "role": "moderator"})
    await is_in(bobs_phone, probe)
    async with asyncio.timeout(WITHIN_SECONDS):
        while await code_of(bobs_phone.request("room:invite", {"room_id": probe, "user_id": alice.id})) == "ok":
            await bobs_phone.request("room:kick", {"room_id": probe, "user_id": alice.id})

    assert [user["id"] for user in told] == [bob.id]
    assert await code_of(bobs_phone.request("room:direct", {"user_ids": [alice.id]})) == "forbidden"
    assert await code_of(carols_phone.request("room:direct", {"user_ids": [alice.id]})) == "ok"


async def test_another_role_is_told_to_whoever_is_connected(invite: Invite, system: System) -> None:
    # In this order, because whoever comes first of all is the owner, and the last owner stays one.
    bob, alice = await invite("bob"), await invite("alice")
    bobs_phone = await bob.connect()
    settings = settings_of_running(Settings(data_dir=system.data), service="user_service")

    await change_role(settings, username=alice.username, role="guest")

    def shown() -> list[str]:
        return [
            data["user"]["role"]
            for name, data in bobs_phone.packets
            if name == "user" and data["user"]["id"] == alice.id
        ]

    await bobs_phone.until(lambda: "guest" in shown() or None, what="the role", within_seconds=WITHIN_SECONDS)


async def is_in(device: Device, room_id: str) -> None:
    await device.until(lambda: device.view(room_id).admitted or None, what=f"room {room_id}")


async def blocks(actor: Actor, other: Actor) -> None:
    await actor.rest.call("PUT", f"/api/users/me/blocks/{other.id}")


async def reads_suppressed(actor: Actor, *, room_id: str, seq: int) -> None:
    """Wait until the inbox says that a mention was kept from it, and why."""
    reasons: list[str] = []
    async with asyncio.timeout(10.0):
        while not reasons:
            items = (await actor.rest.get("/api/notifications", suppressed="true"))["items"]
            reasons = [item["suppressed"] for item in items if (item["room_id"], item["seq"]) == (room_id, seq)]
    assert reasons == ["blocked"]
