"""Presence where nobody says goodbye: a gateway that died, and one that is alive and renews."""

from collections.abc import AsyncIterator

import msgspec
import pytest

from chatflow.bus import open_bus
from chatflow.settings import Settings
from chatflow.wire.bus import SIGNALS_CHANNEL, PresenceChanged
from gateway.presence_redis import PresenceStore
from tests.chatflow.conditions import until
from tests.gateway.conftest import Gateway


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.presence.RENEW_SECONDS", 0.05)
    monkeypatch.setattr("gateway.presence_redis.PRESENT_SECONDS", 1.5)


@pytest.fixture
async def another(valkey_url: str) -> AsyncIterator[PresenceStore]:
    """What another gateway writes."""
    store = PresenceStore(valkey_url, gateway_id="g2")
    yield store
    await store.close()


@pytest.mark.usefixtures("quick")
async def test_who_was_on_a_gateway_that_died_is_offline_when_that_expires(
    another: PresenceStore, gateway: Gateway, alice: str, bob: str
) -> None:
    device = await gateway.device(alice)
    await another.renew([bob])
    answer = await device.ask("presence:watch", {"user_ids": [bob]})
    assert answer["presence"][bob] == {"status": "online"}

    await until(lambda: [told["status"] for told in device.all("presence")] == ["offline"])

    assert device.all("presence")[0]["last_seen"]
    assert (await another.read([alice]))[alice].status == "online"


async def test_who_leaves_one_of_two_gateways_is_still_here(valkey_url: str, another: PresenceStore, bob: str) -> None:
    one = PresenceStore(valkey_url, gateway_id="g1")
    for store in (one, another):
        await store.renew([bob])

    await one.leave([bob])
    assert (await one.read([bob]))[bob].status == "online"

    await another.leave([bob])
    assert (await one.read([bob]))[bob].status == "offline"
    await one.close()


async def test_who_comes_back_at_once_has_not_been_away(gateway: Gateway, alice: str, bob: str) -> None:
    watcher, device = await gateway.device(alice), await gateway.device(bob)
    await watcher.ask("presence:watch", {"user_ids": [bob]})
    await device.client.disconnect()
    back = await gateway.device(bob)
    await back.ask("presence:set", {"status": "away"})

    await until(lambda: [told["status"] for told in watcher.all("presence")] == ["away"])


async def test_what_changes_at_another_gateway_is_seen_here_at_once(
    another: PresenceStore, gateway: Gateway, valkey_url: str, alice: str, bob: str
) -> None:
    watcher = await gateway.device(alice)
    await watcher.ask("presence:watch", {"user_ids": [bob]})
    other = open_bus(Settings(redis_url=valkey_url), on_gap=lambda: None)
    await other.start()
    await another.renew([bob])
    for status in ("online", "away", "invisible"):
        await another.choose(bob, status=status, text=None)
        [shown] = (await another.read([bob])).values()
        changed = PresenceChanged(bob, shown.status, shown.text, shown.last_seen)
        other.publish(SIGNALS_CHANNEL, msgspec.msgpack.encode([changed]))
    await until(lambda: [told["status"] for told in watcher.all("presence")] == ["online", "away", "offline"])
    assert watcher.all("presence")[-1]["last_seen"]
    await other.close()


async def test_what_one_device_chooses_holds_for_all_of_them(gateway: Gateway, alice: str, bob: str) -> None:
    watcher, phone, desk = [await gateway.device(person) for person in (alice, bob, bob)]
    await phone.ask("presence:set", {"status": "away"})
    await phone.client.disconnect()
    assert (await watcher.ask("presence:watch", {"user_ids": [bob]}))["presence"][bob] == {"status": "away"}
    await desk.client.disconnect()
    await until(lambda: [told["status"] for told in watcher.all("presence")] == ["offline"])
    assert watcher.all("presence")[0]["last_seen"]
