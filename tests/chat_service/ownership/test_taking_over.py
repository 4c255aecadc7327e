"""An event that was stored and never published becomes known by the room's head, which the next owner announces."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from chat_service.ownership import taking_over
from chat_service.worker import Worker
from chatflow.errors import Unavailable
from chatflow.ids import partition_of
from tests.chat_service.conftest import HasLease, running_worker
from tests.chat_service.edges import Gateway, MemoryBus, Offers
from tests.chat_service.fake_store import FakeStore, Fault
from tests.chat_service.people import ALICE, saying
from tests.chat_service.talk import found_room
from tests.chatflow.conditions import until


def announced(gateway: Gateway, worker_id: str) -> dict[str, int]:
    return {
        room_id: head for beat in gateway.beats if beat.worker_id == worker_id for room_id, head in beat.heads.items()
    }


@pytest.fixture
async def room_id(worker: Worker, gateway: Gateway, store: FakeStore) -> str:
    """A room with an event that was stored and not published."""
    room_id = await found_room(gateway)
    gateway.events.clear()
    return room_id


@pytest.fixture
def owners_changed() -> asyncio.Event:
    return asyncio.Event()


@pytest.fixture
async def heir(
    bus: MemoryBus,
    store: FakeStore,
    offers: Offers,
    has_lease: HasLease,
    room_id: str,
    owners_changed: asyncio.Event,
) -> AsyncIterator[Worker]:
    """The owner of this room's partition alone."""
    own = [partition_of(room_id)]
    async with running_worker(
        "w2", bus=bus, store=store, offers=offers, has_lease=has_lease, own=own, owners_changed=owners_changed
    ) as worker:
        yield worker


async def test_a_new_owner_announces_the_heads_of_its_rooms(
    worker: Worker, heir: Worker, owners_changed: asyncio.Event, gateway: Gateway, room_id: str
) -> None:
    await found_room(gateway)
    owners_changed.set()

    await until(lambda: bool(announced(gateway, "w2")))
    assert announced(gateway, "w2") == {room_id: 1}


async def test_it_lets_the_gateways_look_for_rooms_that_the_dead_never_signalled(
    worker: Worker, heir: Worker, owners_changed: asyncio.Event, gateway: Gateway, room_id: str
) -> None:
    await found_room(gateway)
    signals = len(gateway.counts)
    owners_changed.set()

    # As if a publication of its own were lost.
    await until(lambda: len({count.sender for count in gateway.signal_beats if count.counter}) == 2)
    assert len(gateway.counts) == signals


async def test_it_announces_them_again_when_the_last_append_of_the_dead_came_late(
    worker: Worker,
    heir: Worker,
    owners_changed: asyncio.Event,
    gateway: Gateway,
    store: FakeStore,
    room_id: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Again and again: how soon the late append comes after the first reading is up to the machine.
    monkeypatch.setattr(taking_over, "PAUSES_SECONDS", (0.0, *[0.2] * 50))
    owners_changed.set()
    await until(lambda: announced(gateway, "w2") == {room_id: 1})
    await gateway.ask(gateway.command(ALICE, room_id, saying(room_id)))

    await until(lambda: announced(gateway, "w2") == {room_id: 2})


async def test_it_asks_until_it_is_told(
    heir: Worker, owners_changed: asyncio.Event, gateway: Gateway, store: FakeStore, room_id: str
) -> None:
    # One more than the client itself tries, and too few for its breaker to open.
    store.faults.extend([Fault.NOT_TOLD] * 4)
    owners_changed.set()

    await until(lambda: announced(gateway, "w2") == {room_id: 1})
    assert not store.faults


async def test_it_asks_ever_less_often(
    heir: Worker, owners_changed: asyncio.Event, store: FakeStore, room_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking_over, "RETRY_SECONDS", 0.05)
    monkeypatch.setattr(heir._taking_over._room_log, "recent_heads", never_told)
    loop = asyncio.get_running_loop()
    with capture_logs() as told:
        owners_changed.set()
        begun = loop.time()
        await until(lambda: loop.time() > begun + 2)

    failures = [line for line in told if "cannot be read" in line["event"]]
    # At 0, 0.05, 0.15, 0.35, 0.75 and 1.55 s, not forty times.
    assert 1 < len(failures) <= 6


async def never_told(*_: object, **__: object) -> dict[str, int]:
    raise Unavailable


async def test_whoever_gives_up_a_run_announces_where_the_room_stands(
    worker: Worker, gateway: Gateway, store: FakeStore, room_id: str
) -> None:
    """The event is in the log, and the worker does not learn of it."""
    store.faults.extend([Fault.ANSWER_LOST] + [Fault.LOST] * 50)
    gateway.beats.clear()
    [answer] = await gateway.ask(gateway.command(ALICE, room_id, saying(room_id), seconds=0.6))
    store.faults.clear()

    assert answer["code"] == "timeout"
    await until(lambda: announced(gateway, "w1").get(room_id) == 2)
    assert gateway.events == []
