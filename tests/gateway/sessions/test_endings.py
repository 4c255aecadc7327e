"""A connection that has ended hears nothing more, whatever was under way for it, even if its session has another."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from chatflow.protocol import events
from gateway.engine.limits import BACKLOG_EVENTS
from gateway.engine.packets import decode_json, encode_json
from gateway.metrics import CONNECTIONS, ROOMS
from tests.chatflow.conditions import until
from tests.gateway.conftest import Gateway
from tests.gateway.raw import SOCKET, Raw, WebSocket
from tests.gateway.worker import FakeWorker
from tests.gateway.world import World


@pytest.fixture
async def raw(gateway: Gateway) -> AsyncIterator[Raw]:
    async with aiohttp.ClientSession() as http:
        yield Raw(gateway.url, http, [])


@asynccontextmanager
async def connected(raw: Raw, gateway: Gateway, user_id: str) -> AsyncIterator[WebSocket]:
    """A session whose client has been let in, and has read nothing behind it."""
    async with raw.opened(SOCKET) as ws:
        await enter(ws, gateway, user_id)
        yield ws


async def enter(ws: WebSocket, gateway: Gateway, user_id: str) -> None:
    await ws.put("40" + encode_json({"token": gateway.token(user_id)}).decode())
    assert (await ws.get()).startswith("40{")


async def told(ws: WebSocket, name: str) -> Any:
    """Return what this event says, which has to be the next one."""
    packet = await ws.get()
    assert packet.startswith(f'42["{name}",'), packet
    return decode_json(packet[2:])[1]


async def next_of(ws: WebSocket, begin: str) -> str:
    """Return the next packet that begins like this, whatever comes before it."""
    while not (packet := await ws.get()).startswith(begin):
        pass
    found: str = packet
    return found


async def test_who_parted_while_their_rooms_were_read_is_let_into_none(
    gateway: Gateway, world: World, worker: FakeWorker, raw: Raw, alice: str, bob: str
) -> None:
    carol = world.person("carol")
    room = world.room(alice, carol)
    readable = asyncio.Event()
    gateway.services.before_answer = readable.wait  # type: ignore[assignment]
    async with connected(raw, gateway, alice) as ws:
        await until(lambda: gateway.services.before_answer is None)
        await ws.put("41")
        await enter(ws, gateway, bob)
        assert (await told(ws, "ready"))["user"]["id"] == bob
        readable.set()
        witness = await gateway.device(carol)
        worker.publish(room.leave(alice, kind=events.MemberBanned, actor=carol))
        worker.publish(room.send(carol, "of whom we are rid"))
        await witness.has(room.id, [2, 3])
        await ws.put('421["ping:app",{}]')
        assert (await ws.get()).startswith('431[{"ok":true')


async def test_who_comes_back_on_the_same_session_is_let_in_once_and_leaves_nothing_behind(
    gateway: Gateway, world: World, worker: FakeWorker, raw: Raw, alice: str
) -> None:
    room = world.room(alice)
    rooms, connections = ROOMS._value.get(), CONNECTIONS._value.get()
    gateway.services.open.clear()
    async with raw.opened(SOCKET) as ws:
        for _ in range(5):
            await enter(ws, gateway, alice)
            await ws.put("41")
        await enter(ws, gateway, alice)
        gateway.services.open.set()
        await told(ws, "ready")
        worker.publish(room.send(alice, "hello"))
        assert (await told(ws, "event"))["seq"] == 2
        await ws.put('421["ping:app",{}]')
        assert (await ws.get()).startswith('431[{"ok":true')
    await until(lambda: CONNECTIONS._value.get() == connections)
    assert ROOMS._value.get() == rooms


async def test_what_was_asked_before_parting_is_not_answered_after_it(
    gateway: Gateway, world: World, worker: FakeWorker, raw: Raw, alice: str
) -> None:
    room = world.room(alice)
    async with connected(raw, gateway, alice) as ws:
        await told(ws, "ready")
        held = asyncio.Event()
        gateway.services.before_answer = held.wait  # type: ignore[assignment]
        await ws.put(f'421["read:mark",{{"room_id":"{room.id}","seq":1}}]')
        await until(lambda: gateway.services.before_answer is None)
        await ws.put("41")
        await enter(ws, gateway, alice)
        await told(ws, "ready")
        held.set()
        await until(lambda: room.read == {alice: 1})
        await ws.put(f'422["read:mark",{{"room_id":"{room.id}","seq":1}}]')
        assert await next_of(ws, "43") == '432[{"ok":true,"seq":1}]', "and not the first one's answer"


async def test_commands_of_two_connections_on_one_session_are_numbered_apart(
    gateway: Gateway, world: World, worker: FakeWorker, raw: Raw, alice: str
) -> None:
    room = world.room(alice)
    async with connected(raw, gateway, alice) as ws:
        await told(ws, "ready")
        await ws.put(f'42["message:send",{{"room_id":"{room.id}","cid":"c1","text":"x"}}]')
        await until(lambda: len(worker.received) == 1)
        await ws.put("41", "40" + encode_json({"token": gateway.token(alice)}).decode())
        await next_of(ws, "40")
        await ws.put(f'42["message:send",{{"room_id":"{room.id}","cid":"c2","text":"x"}}]')
        await until(lambda: len(worker.received) == 2)
        assert [command.number for command in worker.received] == [1, 1]
        assert len({command.lane for command in worker.received}) == 2


async def test_a_session_whose_first_connection_left_too_much_unanswered_goes_on(
    gateway: Gateway, world: World, worker: FakeWorker, raw: Raw, alice: str
) -> None:
    room = world.room(alice)
    worker.is_deaf = True
    session = await raw.open_polling(SOCKET)
    token = encode_json({"token": gateway.token(alice)}).decode()
    await session.post(f"40{token}")
    await session.poll()
    sends = [f'42["message:send",{{"room_id":"{room.id}","cid":"{n}","text":"x"}}]' for n in range(BACKLOG_EVENTS + 1)]
    assert await session.post("\x1e".join([*sends, "41", f"40{token}"])) == (200, "ok")
