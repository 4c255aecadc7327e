"""A worker on a fake store, a bus in memory, and a gateway to talk to it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from chat_service.deciding.rules.context import Blocks
from chat_service.room_log import RoomLog
from chat_service.worker import Worker
from chatflow.auth.account_facts.replica import AccountFacts
from chatflow.http.service_client import ServiceClient
from chatflow.ids import PARTITIONS
from chatflow.leases.port import new_lease
from chatflow.wire.outbox import CONSUMERS
from tests.chat_service.edges import Gateway, MemoryBus, Offers
from tests.chat_service.fake_store import FakeStore


@pytest.fixture
async def store() -> AsyncIterator[FakeStore]:
    async with FakeStore().serving() as store:
        yield store


@pytest.fixture
def bus() -> MemoryBus:
    return MemoryBus()


@pytest.fixture
def offers() -> Offers:
    return Offers()


@pytest.fixture
async def gateway(bus: MemoryBus) -> Gateway:
    gateway = Gateway(bus)
    await gateway.listen("w1", "w2")
    return gateway


class HasLease:
    """Whether a worker believes that its lease is valid."""

    def __init__(self) -> None:
        self.value = True

    def __call__(self) -> bool:
        return self.value


@pytest.fixture
def has_lease() -> HasLease:
    return HasLease()


@asynccontextmanager
async def running_worker(
    worker_id: str,
    *,
    bus: MemoryBus,
    store: FakeStore,
    offers: Offers,
    has_lease: Callable[[], bool],
    own: Sequence[int] = range(PARTITIONS),
    owners_changed: asyncio.Event | None = None,
    facts: Blocks | None = None,
) -> AsyncIterator[Worker]:
    client = ServiceClient("message_service", store.url, "s" * 32)
    worker = Worker(
        bus=bus,
        jobs=dict.fromkeys(CONSUMERS, offers),
        room_log=RoomLog(client),
        lease=new_lease(worker_id),
        has_lease=has_lease,
        own_partitions=lambda: list(own),
        owners_changed=owners_changed or asyncio.Event(),
        blocked=facts or AccountFacts(),
        edit_window_seconds=3600,
    )
    await worker.listen()
    running = asyncio.create_task(worker.run())
    async with AsyncExitStack() as stack:
        stack.push_async_callback(client.close)
        yield worker
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@pytest.fixture
def facts() -> AccountFacts:
    """What the workers know of accounts."""
    return AccountFacts("block")


@pytest.fixture
async def worker(
    bus: MemoryBus, store: FakeStore, offers: Offers, has_lease: HasLease, facts: AccountFacts
) -> AsyncIterator[Worker]:
    async with running_worker("w1", bus=bus, store=store, offers=offers, has_lease=has_lease, facts=facts) as worker:
        yield worker


@pytest.fixture
async def other_worker(
    bus: MemoryBus, store: FakeStore, offers: Offers, has_lease: HasLease, facts: AccountFacts
) -> AsyncIterator[Worker]:
    """A second worker that believes that it owns the same rooms."""
    async with running_worker("w2", bus=bus, store=store, offers=offers, has_lease=has_lease, facts=facts) as worker:
        yield worker
