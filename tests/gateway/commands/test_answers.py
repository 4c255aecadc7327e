"""Answers that need no other service come in the order of the questions, before answers that do need one."""

import json
from typing import Any

import aiohttp

from chatflow.ids import new_id
from tests.gateway.conftest import Gateway
from tests.gateway.world import World


async def answers(gateway: Gateway, user_id: str, *, asking: list[tuple[str, dict[str, Any]]]) -> list[tuple[int, str]]:
    """Ask all this in a row, numbered from 1; return the answers as they come."""
    address = f"{gateway.url}/socket.io/?EIO=4&transport=websocket"
    async with aiohttp.ClientSession() as http, http.ws_connect(address) as ws:
        await ws.receive_str()
        await ws.send_str("40" + json.dumps({"token": gateway.token(user_id)}))
        while not (await ws.receive_str(timeout=5)).startswith('42["ready"'):
            pass
        for number, (name, payload) in enumerate(asking, start=1):
            await ws.send_str(f"42{number}{json.dumps([name, payload])}")
        found: list[tuple[int, str]] = []
        while len(found) < len(asking):
            packet = await ws.receive_str(timeout=5)
            number, answer = int(packet[2]), json.loads(packet[3:])[0]
            found.append((number, "ok" if answer["ok"] else answer["error"]["code"]))
        return found


async def test_what_waits_for_nobody_is_answered_in_the_order_of_asking(
    gateway: Gateway, world: World, alice: str
) -> None:
    room = world.room(alice)
    asking: list[tuple[str, dict[str, Any]]] = [
        ("ping:app", {}),
        ("no:such", {}),
        ("typing:start", {"room_id": room.id}),
        ("typing:start", {"room_id": new_id()}),
        ("typing:stop", {"room_id": "nonsense"}),
        ("ping:app", {}),
        ("typing:stop", {"room_id": room.id}),
    ]
    assert await answers(gateway, alice, asking=asking) == [
        (1, "ok"), (2, "invalid"), (3, "ok"), (4, "not_found"), (5, "invalid"), (6, "ok"), (7, "ok"),
    ]  # fmt: skip


async def test_what_waits_for_somebody_holds_nothing_else_up(gateway: Gateway, world: World, alice: str) -> None:
    room = world.room(alice)
    asking: list[tuple[str, dict[str, Any]]] = [
        ("presence:watch", {"user_ids": [alice]}),
        ("focus", {"room_id": room.id}),
        ("ping:app", {}),
    ]
    found = await answers(gateway, alice, asking=asking)
    assert found[0] == (3, "ok")
    assert sorted(found) == [(1, "ok"), (2, "ok"), (3, "ok")]
