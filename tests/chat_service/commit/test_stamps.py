"""Events are stamped by the log's time, whatever the worker's own clock says, and stamps never fall within a room."""

import time
from contextlib import AsyncExitStack

from chat_service.worker import Worker
from chatflow.ids import PARTITIONS
from chatflow.instants import write_instant
from tests.chat_service.conftest import running_worker
from tests.chat_service.edges import Gateway, MemoryBus, Offers
from tests.chat_service.fake_store import FakeStore
from tests.chat_service.people import ALICE, saying
from tests.chat_service.talk import found_room

DAY = 86_400.0


def stamps(store: FakeStore, room_id: str) -> list[str]:
    return [event["at"] for event in store.rooms[room_id].events]


async def say(gateway: Gateway, room_id: str, text: str) -> None:
    [answer] = await gateway.ask(gateway.command(ALICE, room_id, saying(room_id, text, cid=text)))
    assert answer["ok"], answer


async def test_a_worker_stamps_by_the_logs_time_and_not_by_its_own(
    worker: Worker, gateway: Gateway, store: FakeStore
) -> None:
    store.now = time.time() - 400 * DAY
    room_id = await found_room(gateway)
    await say(gateway, room_id, "hello")

    assert all(write_instant(store.now) <= at < write_instant(store.now + 60) for at in stamps(store, room_id))
    # So is what ids begin with: whoever asks what happened lately asks by them.
    moments = [int(entry.id[:13].replace("-", ""), 16) / 1000 for entry in store.entries[room_id]]
    assert all(store.now - 1 <= moment < store.now + 60 for moment in moments)


async def test_stamps_never_fall_within_a_room_though_the_time_does(
    worker: Worker, gateway: Gateway, store: FakeStore
) -> None:
    store.now = now = time.time()
    room_id = await found_room(gateway)
    await say(gateway, room_id, "on time")
    store.now = now - 40 * DAY
    for number in range(3):
        await say(gateway, room_id, f"in the past {number}")
    other_id = await found_room(gateway)
    found = stamps(store, room_id)

    assert found == sorted(found)
    assert min(found) >= write_instant(now)
    # Other rooms have not heard of that time.
    assert max(stamps(store, other_id)) < write_instant(now - 39 * DAY)


async def test_who_takes_a_room_over_stamps_no_earlier_than_who_had_it(
    bus: MemoryBus, store: FakeStore, offers: Offers, gateway: Gateway
) -> None:
    store.now = now = time.time()
    async with AsyncExitStack() as first:
        await first.enter_async_context(
            running_worker("w1", bus=bus, store=store, offers=offers, has_lease=lambda: True, own=range(PARTITIONS))
        )
        room_id = await found_room(gateway)
    store.now = now - 40 * DAY
    async with running_worker("w2", bus=bus, store=store, offers=offers, has_lease=lambda: True):
        gateway.worker_id = "w2"
        await say(gateway, room_id, "taken over")

    assert stamps(store, room_id)[-1] >= write_instant(now)
