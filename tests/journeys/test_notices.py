"""What people are told of, as they are connected."""

from tests.journeys.conftest import Invite


async def test_whoever_is_taken_into_a_room_is_told(invite: Invite) -> None:
    alice, bob = await invite("alice"), await invite("bob")
    phone, bobs_phone = await alice.connect(), await bob.connect()

    founded = await phone.create_room("founders", kind="group", members=[bob.id])
    await bobs_phone.is_told("notice", kind="invitation", room_id=founded, seq=1)

    later = await phone.create_room("later", kind="group")
    invited = await phone.request("room:invite", {"room_id": later, "user_id": bob.id})
    await bobs_phone.is_told("notice", kind="invitation", room_id=later, seq=invited["seq"])
