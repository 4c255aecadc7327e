"""Every command carries the principal of its sender's token."""

import aiohttp

from chatflow.auth.principal import Principal
from chatflow.ids import new_id
from tests.gateway.conftest import Gateway


async def test_a_command_carries_the_principal_of_its_socket_also_after_a_refresh(gateway: Gateway, alice: str) -> None:
    room = gateway.world.room(alice)
    device = await gateway.device(alice)
    admin = Principal(alice, role="admin", session_id=device.session_id)

    await device.ask("message:send", {"room_id": room.id, "cid": "one", "text": "x"})
    assert (await device.ask("auth:refresh", {"token": gateway.token_of(admin)}))["ok"]
    await device.ask("message:send", {"room_id": room.id, "cid": "two", "text": "x"})

    assert [command.principal for command in gateway.worker.received] == [
        Principal(alice, role="member", session_id=device.session_id),
        admin,
    ]
    # The version before reads this.
    assert [command.actor for command in gateway.worker.received] == [alice, alice]


async def test_a_command_by_rest_carries_the_principal_of_its_token(gateway: Gateway, alice: str) -> None:
    room = gateway.world.room(alice)
    bot = Principal(alice, kind="bot", role="guest", session_id=new_id())
    headers = {"Authorization": f"Bearer {gateway.token_of(bot)}", "Idempotency-Key": "one"}

    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{gateway.url}/api/rooms/{room.id}/messages", json={"text": "x"}, headers=headers) as response,
    ):
        assert response.status == 201

    assert [command.principal for command in gateway.worker.received] == [bot]


async def test_who_comes_while_nobody_knows_their_profile_is_told_what_their_token_says(gateway: Gateway) -> None:
    bot = Principal(new_id(), kind="bot", role="admin", session_id=new_id())
    device = gateway.new_device(bot.user_id)

    await device.client.connect(gateway.url, auth={"token": gateway.token_of(bot)}, transports=["websocket"])
    user = (await device.ready())["user"]

    assert (user["id"], user["kind"], user["bot"], user["role"]) == (bot.user_id, "bot", True, "admin")
