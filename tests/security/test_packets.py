"""Packets that no client sends: each costs its sender the answer or the socket, and nobody else anything."""

import asyncio
import json
from collections.abc import AsyncIterator
from uuid import uuid4

import aiohttp
import pytest

from tests.journeys.conftest import Invite
from tests.journeys.system import System
from tests.security.stranger import RawSocket, Stranger

PAYLOAD_BYTES = 256 * 1024
GROWTH_BYTES_AT_MOST = 24 * 1024 * 1024

WRONG_PAYLOADS: list[tuple[str, object]] = [
    ("ping", {}),
    ("__proto__", {}),
    ("connect", {}),
    ("disconnect", {}),
    ("invite:create", {"room_id": str(uuid4()), "secret_hash": "x"}),
    ("invite:revoke", {"room_id": str(uuid4()), "invite_id": str(uuid4())}),
    ("message:send", None),
    ("message:send", "text"),
    ("message:send", {"room_id": "x" * 36, "cid": "x", "text": "x"}),
    ("message:send", {"room_id": {"$ne": None}, "cid": "x", "text": "x"}),
    ("message:send", {"room_id": str(uuid4()).upper(), "cid": "x", "text": "x"}),
    ("message:send", {"room_id": str(uuid4()), "cid": "x" * 65, "text": "x"}),
    ("message:send", {"room_id": str(uuid4()), "cid": "x", "text": "x" * 8001}),
    ("room:sync", {"rooms": {str(uuid4()): 10**30}}),
    ("room:sync", {"rooms": {str(uuid4()): 2**53}}),
    ("room:sync", {"rooms": {str(uuid4()): -1}}),
    ("room:sync", {"rooms": {"../x": 0}}),
    ("read:mark", {"room_id": str(uuid4()), "seq": 10**30}),
    ("read:mark", {"room_id": str(uuid4()), "seq": 2**63}),
    ("room:direct", {"user_ids": [str(uuid4())] * 16}),
    ("presence:watch", {"user_ids": [{}]}),
    ("presence:set", {"status": "god"}),
    ("focus", {"room_id": []}),
]
ODD_TEXTS = ["\ud800", "a\x00b", "\u202e evil", "\x1b[31m", "<script>alert(1)</script>"]


@pytest.fixture
async def signed_in(invite: Invite, system: System) -> AsyncIterator[RawSocket]:
    alice = await invite("alice")
    async with RawSocket(system.url) as socket:
        await socket.sign_in(await alice.access_token())
        await socket.read_until('42["ready"')
        yield socket


@pytest.mark.parametrize(
    "packet",
    [
        '42["ping:app",{}]',
        '420["room:create",{"cid":"x","kind":"channel","name":"x"}]',
        '4251-["x",{"_placeholder":true,"num":0}]',
        "451-[]",
        "430[{}]",
        "41",
        "bAAAA",
        "4",
        "9",
        "nonsense",
        "",
    ],
)
async def test_whoever_speaks_before_signing_in_is_hung_up_on(url: str, packet: str) -> None:
    async with RawSocket(url) as socket:
        await socket.say(packet)
        assert (await socket.read()).startswith("closed")


async def test_binary_before_signing_in_is_hung_up_on(url: str) -> None:
    async with RawSocket(url) as socket:
        await socket.websocket.send_bytes(b"\x00" * 100)
        assert (await socket.read()).startswith("closed")


@pytest.mark.parametrize(
    "packet",
    [
        "427[]",
        '427{"a":1}',
        "427[" + "[" * 100_000,
        "42" + "9" * 400 + '["ping:app",{}]',
        "4511-" + "[]",
        "45999999999-[]",
        '451-["x",{"_placeholder":true,"num":99}]',
        "40/admin,",
        '40{"token":"x"}',
        "44{}",
        "46",
        "4",
        "7",
    ],
)
async def test_a_malformed_packet_harms_nobody_but_its_socket(
    signed_in: RawSocket, system: System, packet: str
) -> None:
    gateways = system.running("gateway")
    await signed_in.say(packet)
    await signed_in.websocket.send_str('428["ping:app",{}]')
    await signed_in.read_until("438[")
    async with RawSocket(system.url) as other:
        assert (await other.sign_in("nonsense")).startswith("44")
    assert system.running("gateway") == gateways
    assert "could not be handled" not in system.log_of("gateway")


async def test_a_wrong_payload_is_answered_and_the_socket_lives(signed_in: RawSocket) -> None:
    for ack_id, (event, payload) in enumerate(WRONG_PAYLOADS, start=10):
        answer = await signed_in.ask(event, payload, ack_id=ack_id)
        assert not answer["ok"], (event, payload)
        assert answer["error"]["code"] in ("invalid", "not_found", "too_large"), (event, payload)
    assert (await signed_in.ask("ping:app", {}))["ok"]


async def test_odd_text_is_stored_as_it_is_or_refused(signed_in: RawSocket) -> None:
    room = await signed_in.ask("room:create", {"cid": str(uuid4()), "kind": "channel", "name": "odd"})
    for ack_id, text in enumerate(ODD_TEXTS, start=10):
        payload = {"room_id": room["room"]["id"], "cid": str(ack_id), "text": text}
        answer = await signed_in.ask("message:send", payload, ack_id=ack_id)
        assert answer.get("error", {}).get("code", "invalid") == "invalid", ascii(text)
    assert (await signed_in.ask("ping:app", {}))["ok"]


async def test_a_websocket_message_of_one_byte_too_many_closes_the_socket(signed_in: RawSocket) -> None:
    frame = '427["x",""]'
    await signed_in.say(frame[:-2] + "x" * (PAYLOAD_BYTES - len(frame)) + '"]')
    assert "invalid" in await signed_in.read_until("437[")
    await signed_in.say("4" + "x" * PAYLOAD_BYTES)
    assert (await signed_in.read_until("closed")).startswith("closed")


async def test_floods_of_large_packets_leave_the_memory_flat(invite: Invite, system: System) -> None:
    alice = await invite("alice")
    token, gateways = await alice.access_token(), system.running("gateway")
    before = [gateway.memory_info().rss for gateway in gateways]
    deep = "[" * 200_000
    wide = json.dumps(["x", dict.fromkeys(map(str, range(15_000)), 0)])

    async def flood(packet: str, *, times: int) -> None:
        async with RawSocket(system.url) as socket:
            await socket.sign_in(token)
            try:
                for _ in range(times):
                    await socket.say(packet)
                await socket.say('428["ping:app",{}]')
                await socket.read_until("438[")
            except (aiohttp.ClientError, ConnectionError):
                return  # hung up on, which is an answer too

    packets = [f"427{deep}", f"427{wide}", "x" * 600_000, "4510-[]", '427["ping:app",{}]']
    await asyncio.gather(*(flood(packet, times=20) for packet in packets for _ in range(4)))
    assert all(gateway.is_running() for gateway in gateways)
    growth = [gateway.memory_info().rss - rss for gateway, rss in zip(gateways, before, strict=True)]
    assert max(growth) < GROWTH_BYTES_AT_MOST


async def test_a_body_without_an_end_or_of_any_size_is_cut_off(stranger: Stranger, url: str) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(400):
            yield b"x" * 4096

    async with aiohttp.ClientSession() as http:
        for path in ("/api/users", "/api/auth/login", f"/api/rooms/{uuid4()}/messages", "/socket.io/?EIO=4"):
            try:
                async with http.post(f"{url}{path}", data=endless()) as response:
                    # 504 where a service has hung up and its answer was lost between two processes.
                    assert response.status in (400, 401, 413, 415, 504), path
            except aiohttp.ClientConnectionError:
                continue  # cut off while it was still talking
    assert (await stranger.ask("/health")).status == 200
