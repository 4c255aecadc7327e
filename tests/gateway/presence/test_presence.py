"""Presence after failures: a gateway that died, one that came back, and a Redis that lost everything."""

import asyncio
from collections.abc import AsyncIterator

import msgspec
import pytest
import redis.asyncio

from chatflow.bus.opening import open_bus
from chatflow.leases.port import LeaseKeeper, new_lease
from chatflow.presence.keys_redis import people_key
from chatflow.process.settings import Settings
from chatflow.wire.bus import SIGNALS_CHANNEL, PresenceChanged, Signal, ToPerson
from gateway.presence.store_redis import PresenceStore
from tests.chatflow.conditions import until
from tests.gateway.conftest import Device, Gateway

OTHER = "g2-0a1b2c"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.cluster.siblings.GONE_SECONDS", 0.2)
    monkeypatch.setattr("chatflow.leases.port.LEASE_SECONDS", 1.5)


@pytest.fixture
def restless(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.presence.presence.RENEW_SECONDS", 0.05)
    monkeypatch.setattr("gateway.presence.presence.GRACE_SECONDS", 0.0)


@pytest.fixture
async def another(valkey_url: str) -> AsyncIterator[PresenceStore]:
    """What another gateway writes."""
    store = PresenceStore(valkey_url, gateway_id=OTHER)
    yield store
    await store.close()


@pytest.fixture
async def lease(valkey_url: str) -> AsyncIterator[LeaseKeeper]:
    """The other gateway's lease; `release` makes that gateway count as dead."""
    keeper = LeaseKeeper(valkey_url, kind="gateway", lease=new_lease(OTHER))
    await keeper.start()
    yield keeper
    await keeper.release()


@pytest.mark.usefixtures("quick")
async def test_who_was_on_a_gateway_that_died_is_offline_when_its_lease_has_ended(
    another: PresenceStore, lease: LeaseKeeper, gateway: Gateway, valkey_url: str, alice: str, bob: str
) -> None:
    device = await gateway.device(alice)
    await another.write(here=[bob])
    assert await device.sees(bob, "online") == {"status": "online"}

    await lease.release()
    await until(lambda: [told["status"] for told in device.all("presence")] == ["offline"])

    assert device.all("presence")[0]["last_seen"]
    assert (await device.sees(alice, "online"))["status"] == "online"
    async with redis.asyncio.Redis.from_url(valkey_url) as server:
        assert not await server.exists(people_key(OTHER))


@pytest.mark.usefixtures("quick")
async def test_a_gateway_that_was_taken_for_dead_says_who_is_there_when_it_is_back(
    monkeypatch: pytest.MonkeyPatch, another: PresenceStore, gateway: Gateway, alice: str, bob: str
) -> None:
    monkeypatch.setattr("gateway.presence.presence.RENEW_SECONDS", 0.05)
    watcher, _ = await gateway.device(alice), await gateway.device(bob)
    own = await watcher.ready()
    await watcher.ask("presence:watch", {"user_ids": [bob]})
    assert await another.bury(own["server"]["gateway"])
    await watcher.sees(bob, "online")


async def test_who_leaves_one_of_two_gateways_is_still_here(valkey_url: str, another: PresenceStore, bob: str) -> None:
    one = PresenceStore(valkey_url, gateway_id="g1", gateways=lambda: ["g1", OTHER])
    for store in (one, another):
        await store.write(here=[bob])

    assert (await one.write(gone=[bob]))[bob].status == "online"
    assert (await one.read([bob]))[bob].status == "online"

    await another.write(gone=[bob])
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
    await another.write(here=[bob])
    for status, seen in (("online", "online"), ("away", "away"), ("invisible", "offline")):
        await another.choose(bob, status=status)
        [shown] = (await another.read([bob])).values()
        changed = PresenceChanged(bob, shown.status, last_seen=shown.last_seen)
        other.publish(SIGNALS_CHANNEL, msgspec.msgpack.encode([changed]))
        await until(lambda seen=seen: shown_last(watcher, bob) == seen)  # type: ignore[misc]
    assert [told["status"] for told in watcher.all("presence")] == ["online", "away", "offline"]
    assert watcher.all("presence")[-1]["last_seen"]
    await other.close()


async def test_who_is_connected_is_online_for_whoever_looks_next(gateway: Gateway) -> None:
    people = [gateway.world.person(f"person {number}") for number in range(3)]
    device = [await gateway.device(person) for person in people][-1]
    shown = (await device.ask("presence:watch", {"user_ids": people}))["presence"]
    assert shown == {person: {"status": "online"} for person in people}


async def test_many_who_come_at_once_are_written_and_told_of_together(gateway: Gateway, valkey_url: str) -> None:
    people = [gateway.world.person(f"person {number}") for number in range(200)]
    watcher = await gateway.device(gateway.world.person("watcher"))
    await watcher.ask("presence:watch", {"user_ids": people})
    publications: list[bytes] = []
    other = open_bus(Settings(redis_url=valkey_url), on_gap=lambda: None)
    await other.start()
    await other.subscribe(SIGNALS_CHANNEL, publications.append)
    async with redis.asyncio.Redis.from_url(valkey_url) as server:
        before = (await server.info("stats"))["total_reads_processed"]
        devices = await asyncio.gather(*map(gateway.device, people))
        await until(lambda: len(watcher.all("presence")) == len(people))
        reads = (await server.info("stats"))["total_reads_processed"] - before

    told = [msgspec.msgpack.decode(publication, type=list[Signal]) for publication in publications]
    assert sorted(signal.user_id for signals in told for signal in signals if isinstance(signal, PresenceChanged)) == (
        sorted(people)
    )
    assert len(publications) < 30
    # The leases' are among them, and those of everything else that is under way.
    assert reads < 100
    await asyncio.gather(*(device.client.disconnect() for device in devices))
    await until(lambda: len(watcher.all("presence")) == 2 * len(people))
    assert {told["status"] for told in watcher.all("presence")[len(people) :]} == {"offline"}
    await other.close()


async def test_who_comes_to_a_second_gateway_too_is_not_told_of_again(
    gateway: Gateway, second: Gateway, alice: str, bob: str
) -> None:
    watcher, device = await gateway.device(alice), await gateway.device(bob)
    await watcher.ask("presence:watch", {"user_ids": [bob]})
    there = await second.device(bob)
    await device.client.disconnect()
    await until(lambda: not device.client.connected)
    await there.ask("presence:set", {"status": "away"})
    await there.client.disconnect()

    await until(lambda: len(watcher.all("presence")) >= 2)
    assert [told["status"] for told in watcher.all("presence")] == ["away", "offline"]


async def test_however_often_somebody_comes_and_goes_the_last_word_is_true(
    monkeypatch: pytest.MonkeyPatch, gateway: Gateway, alice: str, bob: str
) -> None:
    monkeypatch.setattr("gateway.presence.presence.GRACE_SECONDS", 0.0)
    watcher = await gateway.device(alice)
    await watcher.ask("presence:watch", {"user_ids": [bob]})
    for _ in range(10):
        device = await gateway.device(bob)
        await device.client.disconnect()
    await gateway.device(bob)
    await until(lambda: [told["status"] for told in watcher.all("presence")][-1:] == ["online"])
    statuses = [told["status"] for told in watcher.all("presence")]
    # What came and went in between is left out, never out of order.
    assert statuses == [("online", "offline")[place % 2] for place in range(len(statuses))]
    assert statuses[-1] == "online"


async def test_who_is_here_is_so_again_at_once_when_redis_has_lost_everything(
    gateway: Gateway, second: Gateway, valkey_url: str, alice: str, bob: str
) -> None:
    watcher = await gateway.device(alice)
    await second.device(bob)
    await watcher.sees(bob, "online")
    async with redis.asyncio.Redis.from_url(valkey_url) as server:
        await server.flushall()

    async with asyncio.timeout(3.0):
        await watcher.sees(bob, "online")


@pytest.mark.usefixtures("restless")
async def test_who_left_while_redis_refused_to_write_it_is_offline_as_soon_as_it_does_not(
    gateway: Gateway, second: Gateway, valkey_url: str, alice: str, bob: str
) -> None:
    watcher, device = await gateway.device(alice), await second.device(bob)
    await watcher.ask("presence:watch", {"user_ids": [alice, bob]})
    async with redis.asyncio.Redis.from_url(valkey_url) as server:
        await server.config_resetstat()
        await server.acl_setuser("default", enabled=True, commands=["-srem"])
        await device.client.disconnect()
        async with asyncio.timeout(5.0):
            while "cmdstat_srem" not in await server.info("commandstats"):
                continue
        await server.acl_setuser("default", enabled=True, commands=["+srem"])
    await until(lambda: shown_last(watcher, bob) == "offline")
    assert {told["user_id"] for told in watcher.all("presence")} == {bob}


async def test_a_change_of_which_nothing_came_here_is_seen_when_the_loss_is(
    another: PresenceStore, lease: LeaseKeeper, gateway: Gateway, alice: str, bob: str
) -> None:
    watcher = await gateway.device(alice)
    await another.write(here=[bob])
    await watcher.sees(bob, "online")
    await another.choose(bob, status="dnd")
    gateway.worker.signal_counter.pass_over()
    await until(lambda: shown_last(watcher, bob) == "dnd")


async def test_of_whom_somebody_watches_redis_is_not_asked_again(
    gateway: Gateway, valkey_url: str, alice: str, bob: str
) -> None:
    people = [gateway.world.person(f"person {number}") for number in range(500)]
    device, *others = [await gateway.device(person) for person in (alice, bob, *people[:8])]
    shown = await device.ask("presence:watch", {"user_ids": people})
    async with redis.asyncio.Redis.from_url(valkey_url) as server:
        await server.config_resetstat()
        for other in others:
            assert await other.ask("presence:watch", {"user_ids": people}) == shown
        assert "cmdstat_smismember" not in await server.info("commandstats")


@pytest.mark.usefixtures("lease")
@pytest.mark.parametrize("last", ["away", "dnd"])
async def test_whoever_asks_between_a_change_and_its_telling_knows_in_the_end_what_is_true(
    another: PresenceStore, gateway: Gateway, alice: str, bob: str, last: str
) -> None:
    watched = gateway.world.person("watched")
    watcher, late = await gateway.device(alice), await gateway.device(bob)

    async def appear(status: str) -> None:
        await another.choose(watched, status=status)
        gateway.worker.signal(PresenceChanged(watched, status))

    await another.write(here=[watched])
    await watcher.sees(watched, "online")
    await appear("away")
    await until(lambda: shown_last(watcher, watched) == "away")
    # It is told after a second; that it has come here another signal shows.
    await appear("dnd")
    gateway.worker.signal(ToPerson(alice, "notice", {}))
    await watcher.told("notice")
    answer = await late.ask("presence:watch", {"user_ids": [watched]})
    await appear(last)
    await until(lambda: (shown_last(late, watched) or answer["presence"][watched]["status"]) == last)


def shown_last(watcher: Device, user_id: str) -> str:
    told = [told["status"] for told in watcher.all("presence") if told["user_id"] == user_id]
    return told[-1] if told else ""
