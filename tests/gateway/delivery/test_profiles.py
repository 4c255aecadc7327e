"""Profiles that changed are told to everybody who is connected, also where the announcement on the bus is lost."""

import msgspec

from chatflow.wire.bus import FACTS_CHANNEL, SIGNALS_CHANNEL, UserChanged
from tests.chatflow.conditions import until
from tests.gateway.conftest import Gateway
from tests.gateway.worker import FakeWorker


async def test_a_changed_profile_is_told_to_all_within_two_seconds_though_nothing_announces_it(
    gateway: Gateway, alice: str, bob: str
) -> None:
    devices = [await gateway.device(alice), await gateway.device(bob)]
    profiles = [{"id": alice, "display_name": name} for name in ("first", "second")]

    gateway.world.tell("profile", user=profiles[0])
    await until(lambda: all(device.all("user") == [{"user": profiles[0]}] for device in devices), within_seconds=2.0)
    gateway.world.tell("profile", user=profiles[1])
    await until(lambda: all(len(device.all("user")) == 2 for device in devices), within_seconds=3.0)

    assert devices[0].all("user")[1] == {"user": profiles[1]}


async def test_whoever_comes_later_is_not_told_of_older_changes(gateway: Gateway, alice: str, bob: str) -> None:
    earlier = await gateway.device(alice)
    gateway.world.tell("profile", user={"id": alice, "display_name": "old"})
    await until(lambda: bool(earlier.all("user")), within_seconds=3.0)
    device = await gateway.device(bob)
    gateway.world.tell("profile", user={"id": bob, "display_name": "new"})

    await until(lambda: bool(device.all("user")), within_seconds=3.0)
    assert device.all("user") == [{"user": {"id": bob, "display_name": "new"}}]


async def test_a_change_that_is_announced_too_is_told_once_and_by_the_feed(
    gateway: Gateway, worker: FakeWorker, alice: str
) -> None:
    device = await gateway.device(alice)
    user = {"id": alice, "display_name": "new"}

    worker.bus.publish(SIGNALS_CHANNEL, msgspec.msgpack.encode([UserChanged(user=user)]))
    gateway.world.tell("profile", user=user)
    worker.bus.publish(FACTS_CHANNEL, b"")
    await until(lambda: bool(device.all("user")))
    gateway.world.tell("profile", user=user | {"display_name": "last"})
    await until(lambda: device.all("user")[-1]["user"]["display_name"] == "last", within_seconds=3.0)

    assert len(device.all("user")) == 2


async def test_of_a_user_service_from_before_account_facts_the_announcement_is_told(
    gateway: Gateway, worker: FakeWorker, alice: str
) -> None:
    device = await gateway.device(alice)
    gateway.services.is_older = True
    # Once it has answered as one from before account facts.
    await until(lambda: gateway.services.calls.get("revocations", 0) > 1, within_seconds=4.0)

    worker.bus.publish(SIGNALS_CHANNEL, msgspec.msgpack.encode([UserChanged(user={"id": alice})]))

    assert await device.told("user") == {"user": {"id": alice}}


async def test_the_status_of_a_user_service_from_before_it_was_an_object_is_read(
    gateway: Gateway, alice: str, bob: str
) -> None:
    gateway.services.statuses |= {alice: "at sea", bob: ""}
    devices = [await gateway.device(alice), await gateway.device(bob)]
    assert [(await device.ready())["user"]["status"] for device in devices] == [{"text": "at sea"}, None]

    gateway.world.tell("profile", user={"id": alice, "display_name": "new", "status": "ashore"})

    told = {"id": alice, "display_name": "new", "status": {"text": "ashore"}}
    await until(lambda: devices[1].all("user") == [{"user": told}], within_seconds=3.0)
