"""Every command carries the principal of its sender's token."""

import asyncio

import aiohttp
import pytest

from chatflow.auth.principal import Principal
from chatflow.ids import new_id
from chatflow.protocol.objects import AccountRole
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
    # A worker from before principals reads this.
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


@pytest.mark.parametrize(("before", "after"), [("member", "guest"), ("admin", "member")])
async def test_another_role_counts_within_two_seconds_without_a_new_token(
    gateway: Gateway, alice: str, before: AccountRole, after: AccountRole
) -> None:
    room = gateway.world.room(alice)
    device = gateway.new_device(alice)
    principal = Principal(alice, role=before, session_id=device.session_id)
    token = gateway.token_of(principal)
    await device.client.connect(gateway.url, auth={"token": token}, transports=["websocket"])
    await device.ready()

    async def act() -> set[str]:
        """Return the roles in which a message by the socket and one by REST reach the worker."""
        cids = new_id(), new_id()
        await device.ask("message:send", {"room_id": room.id, "cid": cids[0], "text": "x"})
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": cids[1]}
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{gateway.url}/api/rooms/{room.id}/messages", json={"text": "x"}, headers=headers) as answer,
        ):
            assert answer.status == 201
        return {command.acting_principal.role for command in gateway.worker.received if command.body.cid in cids}

    assert await act() == {before}
    gateway.world.tell("role", user_id=alice, role=after)
    async with asyncio.timeout(2.0):
        while await act() != {after}:
            pass


async def test_who_comes_while_nobody_knows_their_profile_is_told_what_their_token_says(gateway: Gateway) -> None:
    bot = Principal(new_id(), kind="bot", role="admin", session_id=new_id())
    device = gateway.new_device(bot.user_id)

    await device.client.connect(gateway.url, auth={"token": gateway.token_of(bot)}, transports=["websocket"])
    user = (await device.ready())["user"]

    assert (user["id"], user["kind"], user["bot"], user["role"]) == (bot.user_id, "bot", True, "admin")
