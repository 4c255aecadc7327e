"""An answer, or a value in Redis, that cannot be read costs the question that it was for, and not the gateway."""

import msgspec
import pytest
import redis.asyncio

from chatflow.bus import open_bus
from chatflow.settings import Settings
from chatflow.wire.bus import SIGNALS_CHANNEL, ToPerson
from tests.chatflow.conditions import until
from tests.gateway.conftest import Gateway

ASKED_MEANWHILE = {"/internal/revocations", "/internal/events", "/internal/read"}


@pytest.mark.parametrize("garbage", [b"<html>Welcome</html>", b"", b"\xff", b"\xa1\xff", b"[]", b"\x91" * 5000])
async def test_a_gateway_outlives_answers_that_are_none(gateway: Gateway, alice: str, bob: str, garbage: bytes) -> None:
    room = gateway.world.room(alice, bob)
    device = await gateway.device(alice)
    gateway.services.garbage = garbage
    gateway.worker.spoil = lambda publication: []
    gateway.worker.publish(room.send(bob, "lost on the bus"))
    gateway.worker.spoil = lambda publication: [publication]
    answer = await device.ask("read:mark", {"room_id": room.id, "seq": 1})
    await until(lambda: gateway.services.calls.keys() >= ASKED_MEANWHILE, within_seconds=10)
    gateway.services.garbage = None

    assert answer["error"]["code"] == "timeout"
    await device.has(room.id, [2])
    await gateway.device(bob)


@pytest.mark.parametrize("value", [b"\xff", b"<html>", b"[1]", b'{"status": "\xff"}', b'{"status": 7}'])
async def test_a_gateway_outlives_a_choice_of_presence_that_is_none(
    valkey_url: str, gateway: Gateway, alice: str, bob: str, value: bytes
) -> None:
    async with redis.asyncio.Redis.from_url(valkey_url) as server:
        await server.set(f"status:{bob}", value)
    bobs = await gateway.device(bob)
    device = await gateway.device(alice)
    watched = await device.ask("presence:watch", {"user_ids": [bob]})
    await bobs.ask("presence:set", {"status": "away"})
    await until(lambda: [told["status"] for told in device.all("presence")] == ["away"])

    assert watched["presence"][bob]["status"] == "online"


async def test_a_signal_of_another_version_keeps_none_beside_it_from_being_told(
    valkey_url: str, gateway: Gateway, alice: str
) -> None:
    device = await gateway.device(alice)
    known = msgspec.to_builtins(ToPerson(alice, "notice", {"kind": "mention"}))
    bus = open_bus(Settings(redis_url=valkey_url), on_gap=lambda: None)
    await bus.start()
    bus.publish(SIGNALS_CHANNEL, msgspec.msgpack.encode([{"type": "thread_moved"}, 7, known | {"later": True}]))

    assert await device.told("notice") == {"kind": "mention"}
    await bus.close()
